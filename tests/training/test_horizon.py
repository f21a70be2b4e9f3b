from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import month_end, month_ends
from training.horizon import month_name, months_after

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_month_end_leads_to_the_month_end_a_year_later() -> None:
    assert months_after(month_ends("2019-12", "2020-03"), 12).tolist() == (
        month_ends("2020-12", "2021-03").tolist()
    )


def test_going_forth_and_back_over_month_ends_changes_nothing() -> None:
    ends = month_ends("2019-01", "2022-12")
    assert months_after(months_after(ends, 13), -13).tolist() == ends.tolist()


def test_the_last_day_stands_in_where_the_later_month_is_shorter() -> None:
    last_of_january = datetime(2023, 1, 31, 9, 30, tzinfo=SHANGHAI)
    at = int(last_of_january.timestamp()) * 1_000_000
    found = months_after(np.array([at]), 1)[0]
    assert datetime.fromtimestamp(found / 1e6, tz=SHANGHAI) == datetime(
        2023, 2, 28, 9, 30, tzinfo=SHANGHAI
    )


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001
    st.integers(0, 48),
)
def test_day_and_time_are_kept_or_the_month_was_too_short(local: datetime, months: int) -> None:
    local = local.replace(tzinfo=SHANGHAI)
    at = (local.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    found = int(months_after(np.array([at]), months)[0])
    later = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=found)).astimezone(SHANGHAI)
    assert (later.year * 12 + later.month) - (local.year * 12 + local.month) == months
    assert later.time() == local.time()
    assert later.day == local.day or (
        later.day < local.day and (later + timedelta(days=1)).day == 1
    )


def test_an_as_of_is_named_after_the_month_that_ends_with_it() -> None:
    assert month_name(month_end("2019-12")) == "2019-12"
