"""By when an objection must be answered, counted on a calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from serving.objections.objection import due_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = 1_000_000


def day_of(micros: int) -> date:
    return datetime.fromtimestamp(micros // SECOND, tz=UTC).astimezone(SHANGHAI).date()


@given(st.integers(1_577_808_000 * SECOND, 2_208_960_000 * SECOND))
def test_the_twentieth_day_after_receipt_counts_to_its_end(lodged_at: int) -> None:
    due = due_at(lodged_at)
    assert day_of(due - SECOND) == day_of(lodged_at) + timedelta(days=20)
    assert day_of(due) == day_of(lodged_at) + timedelta(days=21)
    assert timedelta(days=20) < timedelta(microseconds=due - lodged_at) <= timedelta(days=21)
