import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from supervision.arrays import Integers
from training.validation.errors import EvidenceError
from training.validation.migration import (
    bandwidth,
    migration_matrix,
    neighbour_tests,
    neighbour_z,
)

COUNTS = [[80, 15, 5], [10, 80, 10], [0, 20, 80]]
Matrices = st.integers(2, 7).flatmap(
    lambda k: arrays.arrays(np.int64, (k, k), elements=st.integers(0, 50))
)


def test_bandwidth_gives_the_published_figures() -> None:
    found = bandwidth(COUNTS)
    assert (round(found.upper, 12), round(found.lower, 12)) == (0.70, 0.60)


def test_bandwidth_gives_the_figures_of_another_program() -> None:
    """Example of matrixWeightedBandwidth, MathWorks Risk Management Toolbox, R2026a."""
    counts = [
        [10, 8, 15, 9, 10],
        [11, 9, 13, 9, 8],
        [0, 10, 10, 11, 10],
        [0, 0, 9, 11, 11],
        [0, 0, 0, 11, 10],
    ]
    found = bandwidth(counts)
    assert (round(found.lower, 4), round(found.upper, 4)) == (0.3306, 0.6066)


def test_z_gives_the_published_figure() -> None:
    assert round(float(neighbour_z(0.05, 0.10, 200)), 4) == -1.8411


@settings(deadline=None)
@given(Matrices)
def test_bandwidth_is_a_share_and_mirrors_with_the_scale(counts: Integers) -> None:
    found, mirrored = bandwidth(counts), bandwidth(counts[::-1, ::-1])
    assert 0 <= found.lower <= 1
    assert 0 <= found.upper <= 1
    assert mirrored.upper == pytest.approx(found.lower, abs=1e-12)
    assert mirrored.lower == pytest.approx(found.upper, abs=1e-12)


def test_the_widest_and_the_narrowest_band() -> None:
    assert bandwidth([[0, 0, 9], [0, 5, 0], [7, 0, 0]]).upper == 1
    assert bandwidth([[0, 0, 9], [0, 5, 0], [7, 0, 0]]).lower == 1
    still = bandwidth(np.diag([3, 4, 5]))
    assert (still.upper, still.lower) == (0, 0)


@settings(deadline=None)
@given(Matrices)
def test_each_cell_is_tested_against_the_one_toward_the_diagonal(counts: Integers) -> None:
    found = neighbour_tests(counts)
    for i, row in enumerate(counts):
        for j in range(len(row)):
            if i == j or not row.sum():
                assert np.isnan(found.z[i, j])
                assert np.isnan(found.p[i, j])
                continue
            near, far = row[j - 1 if j > i else j + 1] / row.sum(), row[j] / row.sum()
            spread = (near + far - (near - far) ** 2) / row.sum()  # the same variance, rearranged
            expected = 0.0 if near == far else np.divide(near - far, np.sqrt(spread or np.nan))
            if spread > 1e-12:
                assert found.z[i, j] == pytest.approx(expected, rel=1e-6, abs=1e-9)
            assert (found.p[i, j] < 0.5) == (far > near)


def test_customers_are_counted_by_grade_before_and_after() -> None:
    before, after = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 0, 0])
    assert migration_matrix(before, after, 3).tolist() == [[1, 1, 0], [0, 1, 0], [2, 0, 0]]
    with pytest.raises(EvidenceError, match="from 0 to 2, found 0 to 3"):
        migration_matrix(before, np.array([0, 3, 1, 0, 0]), 3)


@pytest.mark.parametrize("counts", [[[1, 2]], [[5]], [[1, -1], [0, 2]]])
def test_what_is_no_matrix_of_counts_is_refused(counts: list[list[int]]) -> None:
    for test in (bandwidth, neighbour_tests):
        with pytest.raises(EvidenceError, match="migration_matrix"):
            test(counts)
