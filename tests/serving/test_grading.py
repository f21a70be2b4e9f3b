from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.online import FactsReader
from serving.instants import text_of
from serving.ledger import Ledger
from serving.policy import Policy
from serving.scores.document import ScoredAnswer
from serving.scores.grading import graded
from serving.scores.request import ScoreRequest
from serving.scores.scoring import Scorer
from serving.stopwatch import Stopwatch
from supervision.record import Record
from tests.serving.conftest import AS_OF, CYCLE, NOW, POLICY, WEAK, World
from training.model.bundle import Bundle, Scores
from training.model.scale import MICRO, Scale
from training.model.shelf import Shelf

LONG_RUN = Policy.load(POLICY)
NOW_ALONE = LONG_RUN.model_copy(update={"grade_by": "point_in_time"})
ORDER = [grade.name for grade in LONG_RUN.grades]


def scores(*points: float, knows_the_long_run: bool = True) -> Scores:
    micro = np.array([round(each * MICRO) for each in points], np.int64)
    long_run = CYCLE.pd_at(Scale().log_odds(micro)) if knows_the_long_run else None
    return Scores(micro[:, None] * 0, 0, micro, Scale().pd(micro), long_run)


def sound(rows: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.zeros(rows, np.bool_)


def test_the_default_policy_grades_by_the_pd_through_the_cycle() -> None:
    # 640 points are odds of 40:1, a PD of 1/41 = 2.44 %; with half the odds of default it is
    # 1.2 %: grade BB, where point in time is B.
    found = graded(scores(640), sound(1), LONG_RUN)
    assert (found.by, found.grade) == ("through_the_cycle", ("BB",))
    assert found.pd.tolist() == pytest.approx([1 / 41])
    other = graded(scores(640), sound(1), NOW_ALONE)
    assert (other.by, other.grade) == ("point_in_time", ("B",))
    assert other.row(0)["pd_through_the_cycle"] == found.row(0)["pd_through_the_cycle"]


def test_a_model_that_knows_no_long_run_is_graded_point_in_time() -> None:
    found = graded(scores(640, 500, knows_the_long_run=False), sound(2), LONG_RUN)
    assert found.by == "point_in_time"
    assert found.grade == graded(scores(640, 500), sound(2), NOW_ALONE).grade
    assert found.row(1)["pd_through_the_cycle"] is None


def test_the_interval_is_that_of_the_pd_but_for_grade_d() -> None:
    ends = np.array([[0.01, 0.02], [0.05, 0.06]])
    told = replace(scores(640, 640), pd_interval=ends)
    found = graded(told, np.array([False, True]), LONG_RUN)
    interval = found.row(0)["pd_interval"]
    assert (interval.low, interval.high, interval.level) == (0.01, 0.05, 0.95)
    assert found.row(1)["pd_interval"] is None
    assert graded(scores(640), sound(1), LONG_RUN).row(0)["pd_interval"] is None


def test_a_default_in_force_is_d_and_one_whichever_pd_grades() -> None:
    for policy in (LONG_RUN, NOW_ALONE):
        found = graded(scores(700, 700), np.array([True, False]), policy)
        assert found.grade[0] == "D"
        assert found.lend == (False, True)
        assert found.pd_through_the_cycle is not None
        assert (found.pd[0], found.pd_through_the_cycle[0]) == (1.0, 1.0)
        assert found.model_pd[0] == found.model_pd[1] == found.pd[1] < 0.01


@given(st.lists(st.floats(300, 1_000), min_size=1, max_size=20), st.booleans())
def test_more_points_are_never_a_worse_grade(points: list[float], long_run: bool) -> None:
    best_first = sorted(points, reverse=True)
    found = graded(scores(*best_first), sound(len(points)), LONG_RUN if long_run else NOW_ALONE)
    places = [ORDER.index(name) for name in found.grade]
    assert places == sorted(places)
    lent = [LONG_RUN.grades[place].lend for place in places]
    assert list(found.lend) == lent


def answered(world: World, folder: Path, policy: Policy, bundle: Bundle) -> ScoredAnswer:
    record = Record.open(world.database)
    with Ledger.open(f"sqlite:///{folder}/ledger.db") as ledger:
        scorer = Scorer(FactsReader(record), bundle, policy, ledger)
        request = ScoreRequest(enterprise_id=WEAK, as_of=text_of(AS_OF))
        found = scorer.answer(request, NOW, None, Stopwatch()).answer
    record.close()
    assert isinstance(found, ScoredAnswer)
    return found


def test_what_the_policy_grades_by_changes_grade_and_lending_alone(
    world: World, tmp_path: Path
) -> None:
    champion = Shelf(world.models).champion()
    by_long_run = answered(world, tmp_path, LONG_RUN, champion)
    by_now = answered(world, tmp_path, NOW_ALONE, champion)
    without = answered(world, tmp_path, LONG_RUN, replace(champion, cycle=None))
    assert by_long_run.graded_by == "through_the_cycle"
    assert (by_now.graded_by, without.graded_by) == ("point_in_time", "point_in_time")
    assert by_now.grade == without.grade == LONG_RUN.grade(by_now.pd).name
    assert by_now.pd_through_the_cycle == by_long_run.pd_through_the_cycle
    assert without.pd_through_the_cycle is None
    for one in (by_now, without):
        assert one.points == by_long_run.points
        assert (one.score, one.pd) == (by_long_run.score, by_long_run.pd)
        assert one.limit.components == by_long_run.limit.components
