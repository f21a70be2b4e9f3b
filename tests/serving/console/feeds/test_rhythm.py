"""A feed's rhythm: late and silent against its own past, whoever else reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.console.feeds.rhythm import FEWEST, LOOKED_BACK, SHOWN, Rhythm, State, rhythm
from supervision.arrivals.tally import Day

TODAY = 19_358
HOUR = 3_600


def came(day: int, messages: int = 10, hours: float = 5.0) -> Day:
    return Day("custody", 1, day, messages, 0, int(messages * hours * HOUR), 0, 0, 0)


def told(days: list[Day]) -> Rhythm:
    last = max(one.day for one in days)
    return rhythm(sorted(days, key=lambda one: one.day), 0, last, TODAY)


def every(gap: int, silent: int, count: int = 40) -> list[Day]:
    """News every so many days, the last so many days ago."""
    return [came(TODAY - silent - gap * n) for n in range(count)]


@pytest.mark.parametrize(
    ("gap", "silent", "state"),
    [
        (1, 0, State.SPEAKS),
        (1, 1, State.SPEAKS),
        (1, 2, State.LATE),
        (1, 3, State.SILENT),
        (3, 3, State.SPEAKS),
        (3, 4, State.LATE),
        (3, 6, State.LATE),
        (3, 7, State.SILENT),
        (8, 16, State.LATE),
        (8, 17, State.SILENT),
    ],
)
def test_silence_is_measured_by_the_feeds_own_gaps(gap: int, silent: int, state: State) -> None:
    found = told(every(gap, silent))
    assert (found.state, found.silent_days, found.usual_days) == (state, silent, gap)


def test_one_long_gap_among_many_is_not_the_rhythm() -> None:
    days = [came(TODAY - n) for n in range(60)] + [came(TODAY - 90)]
    assert told(days).usual_days == 1


def test_weekends_are_part_of_the_rhythm() -> None:
    weekdays = [came(TODAY - n) for n in range(2, 200) if (TODAY - n) % 7 not in (1, 2)]
    assert told(weekdays).usual_days == 3


def test_too_few_days_make_no_rhythm() -> None:
    assert told(every(5, 20, FEWEST - 1)).state is State.IRREGULAR
    assert told(every(5, 20, FEWEST)).state is State.SILENT


def test_a_feed_does_not_lose_its_rhythm_by_its_silence() -> None:
    for silent in (62, 200, LOOKED_BACK):
        found = told(every(30, silent, FEWEST))
        assert (found.state, found.usual_days) == (State.SILENT, 30)


def test_after_a_year_a_feed_has_ended() -> None:
    assert rhythm([], 0, TODAY - LOOKED_BACK, TODAY).state is State.IRREGULAR
    found = rhythm([], 0, TODAY - LOOKED_BACK - 1, TODAY)
    assert found.state is State.ENDED
    assert not found.is_thin


def test_a_month_is_compared_with_the_year_before_it() -> None:
    before = [came(TODAY - n, 100, 5) for n in range(30, 130)]
    usual = [came(TODAY - n, 100, 5) for n in range(30)]
    assert told(before + usual).usual_month == 3_000
    assert (told(before + usual).is_thin, told(before + usual).is_slow) == (False, False)
    thin = [came(TODAY - n, 49, 5) for n in range(30)]
    assert told(before + thin).is_thin
    slow = [came(TODAY - n, 100, 11.5) for n in range(30)]
    found = told(before + slow)
    assert found.is_slow
    assert (found.delay_hours, found.usual_delay_hours) == (11.5, 5.0)
    assert not told(before + [came(TODAY - n, 100, 10.9) for n in range(30)]).is_slow


def test_the_picture_has_a_place_for_each_day() -> None:
    found = told([came(TODAY, 7), came(TODAY - 2, 5), came(TODAY - SHOWN, 9)])
    assert len(found.daily) == SHOWN
    assert found.daily[-3:] == (5, 0, 7)
    assert sum(found.daily) == 12


@given(
    st.sets(st.integers(TODAY - 400, TODAY), min_size=1, max_size=80),
    st.integers(1, 5),
)
def test_longer_silence_is_never_a_better_state(days: set[int], more: int) -> None:
    order = [State.SPEAKS, State.LATE, State.SILENT, State.IRREGULAR, State.ENDED]
    news = sorted(days)
    usual = [came(day) for day in news]
    now = rhythm(usual, 0, news[-1], TODAY)
    later = rhythm(usual, 0, news[-1], TODAY + more)
    assert order.index(later.state) >= order.index(now.state)
    assert later.usual_days == now.usual_days
