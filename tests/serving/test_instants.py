from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import AsOfOutOfRange, MalformedAsOf
from serving.instants import checked_as_of, micros_of, text_of, texts_of
from supervision.contract.fields import EARLIEST, LATEST


@given(st.integers(EARLIEST, LATEST))
def test_a_time_written_and_read_again_is_the_same(micros: int) -> None:
    assert micros_of(text_of(micros)) == micros


@given(st.lists(st.integers(EARLIEST, LATEST) | st.integers(0, 2**31).map(lambda s: s * 10**6)))
def test_many_times_are_written_as_each_is(micros: list[int]) -> None:
    assert texts_of(micros) == [text_of(one) for one in micros]


@given(st.integers(EARLIEST, LATEST), st.integers(-14, 14))
def test_the_zone_of_a_text_does_not_change_its_instant(micros: int, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    moment = datetime.fromtimestamp(micros // 1_000_000, tz=zone)
    assert micros_of(moment.isoformat()) == micros // 1_000_000 * 1_000_000


def test_digits_beyond_the_microsecond_are_dropped_and_never_rounded_up() -> None:
    assert micros_of("2020-01-01T00:00:00.999999999Z") == micros_of("2020-01-01T00:00:00.999999Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020-01-01",
        "2020-01-01T00:00:00",
        "2020-01-01 00:00:00Z",
        "2020-01-01T00:00Z",
        "2020-02-30T00:00:00Z",
        "2020-01-01T24:30:00Z",
        "2020-01-01T00:00:00+25:00",
        "20200101T000000Z",
        "1577836800",
        "２０２０-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z\n",
        "tomorrow",
    ],
)
def test_a_text_that_names_no_instant_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(MalformedAsOf, match="RFC 3339") as refusal:
        micros_of(text)
    assert repr(text)[1:-1][:40] in refusal.value.found


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_a_time_outside_the_calendar_in_utc_is_out_of_range(text: str) -> None:
    with pytest.raises(AsOfOutOfRange, match="not before 2000-01-01T00:00:00Z") as refusal:
        micros_of(text)
    assert text in refusal.value.found


def test_an_as_of_may_lie_a_minute_ahead_of_the_clock_and_no_more() -> None:
    now = micros_of("2023-01-01T00:00:00Z")
    assert checked_as_of(now + 60_000_000, now) == now + 60_000_000
    with pytest.raises(AsOfOutOfRange, match="leave as_of out"):
        checked_as_of(now + 60_000_001, now)


def test_an_as_of_before_the_year_2000_is_refused() -> None:
    assert checked_as_of(EARLIEST, EARLIEST) == EARLIEST
    with pytest.raises(AsOfOutOfRange, match="not before 2000-01-01T00:00:00Z"):
        checked_as_of(EARLIEST - 1, EARLIEST)
