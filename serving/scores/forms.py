"""Answers in an older form, so that one that was given in it can be compared byte for byte.

A newer form only adds fields to an older one, so the older is what is left without them.
"""

from typing import Any

import orjson

from serving.scores.document import VERSION

_FORM_2 = frozenset(
    """
    alert amount_fen answered_at as_of assumed_en assumed_zh base_micro_points base_points binding
    binding_text_en binding_text_zh catalogue_hash causes chapter client_reference close_out code
    collateral_fen components consent_id controlled_share cost_of_sale count_age_fen cure_en
    cure_zh currency cycle_days data_depth days_on_record default_in_force drawn_fen ead_fen
    eligible_fen enterprise_id existing_loans_fen expected_loss expected_loss_fen exposure_fen
    fall family feature features features_missing gap_fen goods_fen grade graded_by haircut hash
    headroom_fen hs_code ineligible known_at lender_cap_fen lending_value_fen lgd lgd_estimate
    lgd_from limit lines liquid_share lots ltv ltv_cap ltv_from message_id messages micro_points
    missing missing_fen model model_pd name needed_fen newest_message occurred_at
    other_funding_fen other_funding_from own_funds_fen own_funds_from payable_days
    payable_days_from pd pd_through_the_cycle pledged_fen points policy position price price_from
    provider_id quality reason reasons receivable_days recent_streams record_position recorded_at
    sales_fen score score_id score_micro_points secured_by_fen secured_share selling_days
    share_of_sales stable standing status stock stock_days stream streams text_en text_zh title_en
    title_zh unit unpaid_tax unpaid_tax_fen value value_fen version waived withheld
    working_capital working_capital_fen
    """.split()  # noqa: SIM905, a list of so many words says no more
)
"""Names of all fields of version 2."""
_DEPTH_2 = _FORM_2 - {"grade"}
"""The same in ``data_depth``: a grade was of the whole answer alone."""
_SINCE_4 = frozenset(("pd_interval",))
"""Fields of the answer itself that version 4 added."""
_WITHOUT_INTERVAL = 3
_FREE = "streams"
"""A field whose own names are data."""


def in_form(document: bytes, version: int) -> bytes:
    """Write an answer in the form of a version; of those before 2 none is known any more.

    Parameters
    ----------
    document : bytes
        Canonical JSON in the newest form.
    version : int
    """
    if version == VERSION:
        return document
    told = orjson.loads(document)
    if version == _WITHOUT_INTERVAL:
        told = {name: part for name, part in told.items() if name not in _SINCE_4}
    else:
        told = _kept(told, _FORM_2)
    return orjson.dumps({**told, "version": version}, option=orjson.OPT_SORT_KEYS)


def _kept(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_kept(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: part if name == _FREE else _kept(part, _DEPTH_2 if name == "data_depth" else names)
        for name, part in value.items()
        if name in names
    }
