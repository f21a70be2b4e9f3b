"""What came of scores, by scores and defaults made by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import DAY, parse_time
from serving.console.models.outcomes import defaults_of
from serving.console.models.realised import Cohort, cohorts, realised, wilson
from serving.console.models.scored import Answered, Scored
from serving.console.models.window import Window, months_after
from supervision.record import Record
from tests.serving.conftest import AS_OF, DEFAULTED, NOW, STRONG, World, code

WINDOW = Window(12, 1)
TODAY = parse_time("2023-02-01")
SCALE = (("A", "BB", "C"), TODAY)


def answer(number: int, as_of: str) -> Answered:
    return Answered(code(number), parse_time(as_of), f"{number}@{as_of}")


def scored(one: Answered, grade: str, pd: float, defaulted: bool = False) -> Scored:
    return Scored(one, 600, grade, pd * 1.5, pd, defaulted, {})


def test_a_window_ends_a_year_later_and_settles_when_all_is_reported() -> None:
    as_of = parse_time("2022-01-01")
    assert WINDOW.ends(as_of) == parse_time("2023-01-01")
    assert WINDOW.settles(as_of) == parse_time("2023-02-01")
    assert WINDOW.elapsed(as_of, as_of - 1) == 0
    assert WINDOW.elapsed(as_of, as_of + 73 * DAY) == pytest.approx(0.2)
    assert WINDOW.elapsed(as_of, TODAY) == 1
    assert months_after(parse_time("2024-01-31"), 1) == parse_time("2024-02-29")
    assert Window.of({}) == Window(12, 1)
    assert Window.of({"window_months": 6, "reporting_lag_months": 0}) == Window(6, 0)


def test_each_enterprise_counts_once_on_either_side() -> None:
    days = ("2021-06-01", "2022-01-01", "2022-01-02", "2022-12-01")
    answers = [answer(number, day) for number in (1, 2) for day in days]
    settled, running = cohorts(answers, WINDOW, TODAY)
    assert (settled.is_settled, running.is_settled) == (True, False)
    assert {one.score_id for one in settled.answers} == {"1@2022-01-01", "2@2022-01-01"}
    assert {one.score_id for one in running.answers} == {"1@2022-01-02", "2@2022-01-02"}


def test_settled_scores_are_held_against_the_whole_pd_by_grade() -> None:
    answers = [answer(number, "2022-01-01") for number in range(30)]
    scores = {
        one.score_id: scored(one, "A" if n < 20 else "BB", 0.01 if n < 20 else 0.2)
        for n, one in enumerate(answers)
    }
    start, end = answers[0].as_of, WINDOW.ends(answers[0].as_of)
    defaults = {
        code(0): (start,),  # at the as-of itself: known before, not foretold
        code(1): (end + 1,),  # after the year
        code(2): (end, end + DAY),
        code(25): (start + 1,),
    }
    found = realised(Cohort(True, tuple(answers)), scores, defaults, WINDOW, SCALE)
    assert found is not None
    good, fair = found.grades
    assert (good.grade, good.scores, good.defaults) == ("A", 20, 1)
    assert (fair.grade, fair.scores, fair.defaults) == ("BB", 10, 1)
    assert good.expected == pytest.approx(0.2)
    assert fair.expected == pytest.approx(2)
    assert (found.total.scores, found.total.defaults) == (30, 2)
    assert found.point_in_time == pytest.approx((20 * 0.015 + 10 * 0.3) / 30)
    assert fair.standing == "too few"
    assert good.standing == "within"


@pytest.mark.parametrize(
    ("pd", "hits", "standing"), [(0.001, 8, "too low"), (0.4, 0, "prudent"), (0.05, 2, "within")]
)
def test_the_pd_is_judged_by_where_it_lies_to_the_interval(
    pd: float, hits: int, standing: str
) -> None:
    answers = [answer(number, "2022-01-01") for number in range(40)]
    scores = {one.score_id: scored(one, "A", pd) for one in answers}
    defaults = {code(number): (answers[0].as_of + DAY,) for number in range(hits)}
    found = realised(Cohort(True, tuple(answers)), scores, defaults, WINDOW, SCALE)
    assert found is not None
    assert found.total.standing == standing


def test_running_scores_are_held_against_what_the_pd_gives_by_now() -> None:
    as_of = TODAY - 73 * DAY
    one = Answered(code(1), as_of, "x")
    scores = {"x": scored(one, "C", 0.3)}
    found = realised(Cohort(False, (one,)), scores, {}, WINDOW, SCALE)
    assert found is not None
    assert found.total.expected == pytest.approx(1 - 0.7**0.2)
    assert found.total.pd == pytest.approx(0.3)


def test_scores_in_default_are_left_out() -> None:
    one = answer(1, "2022-01-01")
    scores = {one.score_id: scored(one, "D", 1, defaulted=True)}
    assert realised(Cohort(True, (one,)), scores, {}, WINDOW, SCALE) is None


@given(tries=st.integers(1, 10_000), share=st.floats(0, 1))
def test_wilsons_interval_holds_the_rate_and_solves_its_equation(tries: int, share: float) -> None:
    hits = round(share * tries)
    low, high = wilson(hits, tries)
    rate = hits / tries
    assert 0 <= low <= rate + 1e-12
    assert rate - 1e-12 <= high <= 1
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:  # at 0 and 1 both sides vanish
            distance = abs(rate - end) / math.sqrt(end * (1 - end) / tries)
            assert distance == pytest.approx(1.959964, rel=1e-6)


def test_defaults_are_those_that_were_known_at_the_time(world: World) -> None:
    record = Record.open(world.database)
    try:
        occurred = AS_OF - 20 * DAY
        enterprises = [DEFAULTED, STRONG, "nobody"]
        assert defaults_of(record, enterprises, NOW) == {DEFAULTED: (occurred,)}
        assert defaults_of(record, enterprises, occurred + 1) == {}
        assert defaults_of(record, [], NOW) == {}
    finally:
        record.close()
