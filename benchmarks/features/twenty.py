"""The twenty features that are restated in pandas and in SQL written for speed."""

from pathlib import Path

from features.calendar import DAY

NAMES = (
    "declared_value_sum_90d",
    "declared_value_sum_365d",
    "declared_value_pace_90d_365d",
    "declared_value_max_share_365d",
    "days_since_declaration",
    "outbound_value_sum_365d",
    "outbound_pace_90d_365d",
    "days_since_sale",
    "counterparty_top_share_365d",
    "payment_lateness_mean_365d",
    "custody_exception_rate_90d",
    "custody_exception_rate_365d",
    "quantity_short_share_365d",
    "days_since_count",
    "stock_value_now",
    "stock_value_change_90d",
    "pledged_amount_now",
    "days_past_due_now",
    "utilisation_now",
    "customs_credit_grade_now",
)
"""Windowed sums, rates and greatest values, last messages, stock at its price, open amounts."""

_ENVELOPE = ("enterprise_id", "known_at", "reversed_at", "occurred_at", "position", "kind")
_SALE = ("cargo_code", "number", "buyer", "quantity", "price", "due_at", "in_storage")

READ = {
    "declaration": (*_ENVELOPE, "declared_value"),
    "custody": (*_ENVELOPE, "cargo_code", "exception", "quantity", "short_quantity"),
    "title": (*_ENVELOPE, *_SALE),
    "purchase": (*_ENVELOPE, "cargo_code", "quantity", "in_storage"),
    "appraisal": (*_ENVELOPE, "cargo_code", "unit_price"),
    "pledge": (*_ENVELOPE, "receipt", "amount"),
    "financing": (*_ENVELOPE, "facility", "amount", "days_past_due"),
    "enterprise": (*_ENVELOPE, "customs_credit_grade"),
}
"""Columns of the mirror's tables that they rest on; every contestant reads these and no more."""

QUARTER, YEAR, REPORTED = 90 * DAY, 365 * DAY, 62 * DAY
"""Windows in microseconds; a lender's report of days past due is good for 62 days."""

SQL = Path(__file__).with_name("twenty.sql")


def sql_at(enterprise: int, as_of: int) -> str:
    """The SQL of one enterprise at one point, which stand in it as numbers."""
    spine = f"FROM (VALUES ({enterprise:d}, {as_of:d})) AS spine (enterprise, as_of)"
    return SQL.read_text(encoding="utf-8").replace("FROM spine", spine)
