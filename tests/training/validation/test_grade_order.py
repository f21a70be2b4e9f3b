from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from training.validation.errors import EvidenceError
from training.validation.grade_order import grade_order

Grade = st.integers(0, 80).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@settings(deadline=None)
@given(st.lists(Grade, min_size=2, max_size=8).filter(lambda g: sum(n > 0 for n, _ in g) > 1))
def test_neighbours_are_tested_as_scipy_would(grades: list[tuple[int, int]]) -> None:
    rows, defaults = np.array(grades).T
    found = grade_order(rows, defaults)
    kept = [(n, d) for n, d in grades if n]
    assert [grades[place] for place in found.grades] == kept
    expected = [
        stats.fisher_exact([[d, n - d], [e, m - e]], alternative="greater").pvalue
        for (n, d), (m, e) in pairwise(kept)
    ]
    assert found.neighbour_p == pytest.approx(expected, rel=1e-9)
    assert found.p == pytest.approx(min(1, min(expected) * len(expected)), rel=1e-9)
    assert found.inversions == sum(d * m > e * n for (n, d), (m, e) in pairwise(kept))


def test_an_inversion_by_chance_is_told_from_a_real_one() -> None:
    by_chance = grade_order([100, 100, 100], [2, 1, 9])
    real = grade_order([1000, 1000, 1000], [60, 20, 90])
    assert by_chance.inversions == real.inversions == 1
    assert by_chance.p > 0.5
    assert real.p < 0.001
    assert real.neighbour_p.argmin() == 0


def test_many_samples_at_once() -> None:
    found = grade_order([50, 0, 60], [[1, 0, 4], [9, 0, 3]])
    assert found.inversions.tolist() == [0, 1]
    assert found.p[1] == grade_order([50, 0, 60], [9, 0, 3]).p


def test_one_grade_has_no_order() -> None:
    with pytest.raises(EvidenceError, match="at least two grades"):
        grade_order([50, 0], [3, 0])
    with pytest.raises(EvidenceError, match="from none to all"):
        grade_order([50, 10], [3, 11])
