from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from training.validation.concentration import coefficient_of_variation, concentration, herfindahl
from training.validation.errors import EvidenceError

INITIAL, CURRENT = [100, 200, 400, 200, 100], [50, 150, 600, 150, 50]
Counts = st.lists(st.integers(0, 1000), min_size=2, max_size=12).filter(any)


def test_concentration_gives_the_published_figures() -> None:
    found = concentration(INITIAL, CURRENT)
    assert round(float(found.initial_cv), 6) == 0.547723
    assert round(float(found.current_cv), 6) == 1.024695
    assert round(float(found.initial_index), 6) == 0.163016
    assert round(float(found.current_index), 6) == 0.446019
    assert round(float(found.statistic), 6) == 0.747761
    assert round(float(found.p), 6) == 0.227302


@settings(deadline=None)
@given(Counts)
def test_cv_and_index_are_those_of_the_shares(counts: list[int]) -> None:
    assert coefficient_of_variation(counts) == pytest.approx(stats.variation(counts), abs=1e-9)
    shares = np.array(counts) / sum(counts)
    rest = 1 + np.log((shares**2).sum()) / np.log(len(counts))
    assert herfindahl(counts) == pytest.approx(rest, abs=1e-9)
    assert -1e-12 <= herfindahl(counts) <= 1 + 1e-12


@settings(deadline=None)
@given(Counts, st.randoms())
def test_neither_the_order_of_grades_nor_the_scale_matters(
    counts: list[int], chance: Random
) -> None:
    mixed = [3 * count for count in counts]
    chance.shuffle(mixed)
    assert coefficient_of_variation(mixed) == pytest.approx(coefficient_of_variation(counts))


def test_bounds_are_reached() -> None:
    assert herfindahl([5, 5, 5]) == pytest.approx(0, abs=1e-12)
    assert herfindahl([0, 9, 0]) == pytest.approx(1, abs=1e-12)
    unchanged = concentration(INITIAL, INITIAL)
    assert (unchanged.statistic, unchanged.p) == (0, 0.5)
    assert concentration(INITIAL, [5, 5, 5, 5, 5]).p == 1
    assert concentration(INITIAL, [[50, 150, 600, 150, 50], INITIAL]).p.shape == (2,)


def test_scales_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(EvidenceError, match="found 5 and 4"):
        concentration(INITIAL, [1, 2, 3, 4])
    with pytest.raises(EvidenceError, match="not applicable"):
        concentration([5], [6])
    with pytest.raises(EvidenceError, match="not applicable"):
        concentration(INITIAL, [0, 0, 0, 0, 0])
