import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.report.evidence import Evidence
from training.report.master_scale import MasterScale
from training.report.settings import Grade

SCALE = MasterScale.of([Grade(name="A", pd_up_to=0.01), Grade(name="B", pd_up_to=1.0)])


@given(st.floats(0, 1))
def test_a_pd_is_in_the_first_grade_that_takes_it(pd: float) -> None:
    place = int(SCALE.place(np.array([pd]))[0])
    assert place == (0 if pd <= 0.01 else 1)


def test_counts_name_empty_grades_too() -> None:
    assert SCALE.count(np.array([1, 1])).tolist() == [0, 2]


def test_each_enterprise_counts_once_at_its_first_month(evidence: Evidence) -> None:
    now = evidence.now
    first: dict[str, int] = {}
    for name, at in zip(now.enterprise, now.as_of, strict=True):
        first[str(name)] = min(first.get(str(name), int(at)), int(at))
    expected = [first[str(name)] == at for name, at in zip(now.enterprise, now.as_of, strict=True)]
    assert now.once.tolist() == expected
    assert now.once.sum() == now.firms


def test_grades_follow_the_pd_they_are_given_by(evidence: Evidence) -> None:
    now, ends = evidence.now, evidence.scale.ends
    for grade, pd in zip(now.grade[:200], now.graded_by[:200], strict=True):
        assert pd <= ends[grade]
        assert grade == 0 or pd > ends[grade - 1]
