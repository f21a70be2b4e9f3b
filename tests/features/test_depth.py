"""When a stream is late, judged by hand and by counting gaps one by one."""

import math
from itertools import pairwise
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import DAY, parse_time
from features.depth import FEWEST_DAYS, LOOKED_BACK, PATIENCE, RHYTHMIC, YEAR, Late, data_depth
from features.depth import lateness as lateness_of
from features.facts import Facts, stream_of
from features.own_rows import OwnRows
from features.prices import NO_PRICES
from supervision.arrays import NEVER

AS_OF = parse_time("2023-01-01")


def spoke(*days_ago: float) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([AS_OF - round(days * DAY) for days in days_ago], np.int64)


def lateness(
    table: str, known_at: "np.ndarray[tuple[int], np.dtype[np.int64]]", as_of: int
) -> Late | None:
    return lateness_of(table, known_at, int(known_at.max()), as_of)


def weekly(silent: int, weeks: int = 40) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return spoke(*(silent + 7 * week for week in range(weeks)))


def test_a_weekly_stream_is_late_after_a_fortnight() -> None:
    assert lateness("custody", weekly(14), AS_OF) is None
    found = lateness("custody", weekly(15), AS_OF)
    assert found is not None
    assert (found.stream, found.silent_days, found.expected_days) == ("custody", 15, 14)


def test_a_daily_stream_is_let_be_over_a_holiday() -> None:
    daily = [PATIENCE + day for day in range(100)]
    assert lateness("custody", spoke(*daily), AS_OF) is None
    assert lateness("custody", spoke(*(day + 1 for day in daily)), AS_OF) is not None


def test_one_long_gap_among_many_is_not_the_rhythm() -> None:
    steady = [20 + 5 * n for n in range(60)]
    found = lateness("title", spoke(*steady, 400, 402), AS_OF)
    assert found is not None
    assert found.expected_days == 10


def test_without_a_rhythm_nothing_is_late() -> None:
    few = [100 + 30 * n for n in range(FEWEST_DAYS - 1)]
    assert lateness("title", spoke(*few), AS_OF) is None
    # a hundred messages of one day are news of one day
    assert lateness("title", spoke(*[100 + n / 200 for n in range(100)]), AS_OF) is None


def test_what_is_silent_for_more_than_a_year_has_ended() -> None:
    assert lateness("document", weekly(YEAR), AS_OF) is not None
    assert lateness("document", weekly(YEAR + 1), AS_OF) is None


def test_an_appraisal_is_of_the_valuation_stream() -> None:
    found = lateness("appraisal", weekly(60), AS_OF)
    assert found is not None
    assert (found.table, found.stream) == ("appraisal", "valuation")


@given(st.lists(st.integers(0, 900), min_size=1, max_size=80), st.randoms())
def test_it_is_late_as_counted_one_by_one(days: list[int], shuffled: Random) -> None:
    given_days = list(days)
    shuffled.shuffle(given_days)
    found = lateness("custody", spoke(*given_days), AS_OF)
    distinct = sorted({day for day in days if day <= LOOKED_BACK})
    gaps = sorted(later - sooner for sooner, later in pairwise(distinct))
    silent = min(days)
    if len(distinct) < FEWEST_DAYS or not PATIENCE < silent <= YEAR:
        assert found is None
        return
    usual = gaps[math.ceil(0.95 * len(gaps)) - 1]
    assert sum(gap <= usual for gap in gaps) >= 0.95 * len(gaps)
    assert (found is not None) is (silent > max(PATIENCE, 2 * usual))


NAMES = ("declaration", "custody", "financing", "outcome", "purchase", "appraisal")
ROWS = st.lists(
    st.tuples(
        st.sampled_from([7, 7, 7, 8]),  # of whom
        st.integers(-3, 800),  # days ago that it occurred,
        st.integers(-3, 800),  # that it was known,
        st.sampled_from([None, None, -2, 0, 3]),  # and that it was reversed
    ),
    max_size=30,
)
COLUMNS = ("position", "enterprise_id", "occurred_at", "known_at", "reversed_at")


@given(st.tuples(*(ROWS for _ in NAMES)))
def test_depth_is_what_counting_message_by_message_gives(drawn: tuple[list[tuple], ...]) -> None:
    stated = {
        name: [
            (
                who,
                AS_OF - occurred * DAY,
                AS_OF - known * DAY,
                NEVER if taken is None else AS_OF - taken * DAY,
            )
            for who, occurred, known, taken in rows
        ]
        for name, rows in zip(NAMES, drawn, strict=True)
    }
    tables = {
        name: dict(
            zip(
                COLUMNS,
                np.array([(n, *row) for n, row in enumerate(rows)], np.int64).reshape(-1, 5).T,
                strict=True,
            )
        )
        for name, rows in stated.items()
    }
    found = data_depth(OwnRows(Facts(tables, NO_PRICES, {}), 7, AS_OF))
    known = {
        name: [row for row in rows if row[0] == 7 and row[2] <= AS_OF]
        for name, rows in stated.items()
    }
    stands = {name: [row for row in rows if row[3] > AS_OF] for name, rows in known.items()}
    recent = {name for name, rows in stands.items() if any(r[1] > AS_OF - YEAR * DAY for r in rows)}
    streams = [name for name in NAMES if stream_of(name) == name]
    times = [row[2] for name in streams for row in known[name]]
    assert found.messages == {name: len(stands[name]) for name in streams}
    assert found.newest_known_at == (max(times) if times else None)
    assert found.days_on_record == ((AS_OF - min(times)) // DAY if times else 0)
    assert found.recent == tuple(name for name in streams if name in recent)
    assert found.appraised == ("appraisal" in recent)
    late = [
        lateness(name, np.array([row[2] for row in known[name]]), AS_OF)
        for name in NAMES
        if name in RHYTHMIC and known[name]
    ]
    assert found.late == tuple(one for one in late if one is not None)
