from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import (
    DAY,
    PORT_TIME,
    calendar_day,
    micros,
    midnight,
    midnights,
    month_end,
    month_ends,
    parse_time,
    show_time,
)
from supervision.errors import UsageError

TIMES = st.integers(946_684_800_000_000, 4_102_444_800_000_000)


def test_a_month_ends_at_the_ports_midnight() -> None:
    assert month_end("2019-12") == micros(datetime(2019, 12, 31, 16, tzinfo=UTC))


def test_month_ends_hold_both_ends_and_grow() -> None:
    ends = month_ends("2019-12", "2022-12")
    assert len(ends) == 37
    assert ends[0] == month_end("2019-12")
    assert ends[-1] == month_end("2022-12")
    assert (np.diff(ends) >= 28 * DAY).all()


@pytest.mark.parametrize("text", ["2019", "2019-13", "2019-00", "19-01", "1999-12", "2019-1"])
def test_what_is_no_month_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="expected a month"):
        month_end(text)


def test_months_that_run_backwards_are_told() -> None:
    with pytest.raises(UsageError, match="or later"):
        month_ends("2020-02", "2020-01")


@given(TIMES)
def test_midnight_is_the_last_one_not_after(at: int) -> None:
    found = midnight(at)
    assert found <= at < found + DAY
    local = datetime.fromtimestamp(found // 1_000_000, tz=PORT_TIME)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert midnights(np.array([at]))[0] == found


@given(TIMES.map(lambda at: at // 1_000_000 * 1_000_000))
def test_a_shown_time_reads_back(at: int) -> None:
    assert parse_time(show_time(at)) == at


@given(st.integers(-(10**16), 10**17))
def test_a_calendar_day_is_what_a_clock_at_the_port_shows(at: int) -> None:
    shown = datetime.fromtimestamp(at // 1_000_000, UTC) + timedelta(hours=8)
    assert calendar_day(at) == int(shown.strftime("%Y%m%d"))


def test_a_date_is_its_midnight_at_the_port() -> None:
    assert parse_time("2023-01-01") == month_end("2022-12")


@pytest.mark.parametrize("text", ["yesterday", "2023-02-30", "2023-01-01T00:00:00"])
def test_what_is_no_time_or_has_no_zone_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="expected a"):
        parse_time(text)
