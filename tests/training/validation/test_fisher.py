import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from training.validation.errors import EvidenceError
from training.validation.fisher import one_sided, two_sided

Side = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None)
@given(st.lists(st.tuples(Side, Side), min_size=1, max_size=6))
def test_p_agrees_with_scipy(tables: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    (hits, rows), (others, other_rows) = np.array(tables).transpose(1, 2, 0)
    both, one = (test(hits, rows, others, other_rows) for test in (two_sided, one_sided))
    for place, ((a, n), (b, m)) in enumerate(tables):
        square = [[a, n - a], [b, m - b]]
        assert both[place] == pytest.approx(stats.fisher_exact(square).pvalue, rel=1e-6)
        greater = stats.fisher_exact(square, alternative="greater").pvalue
        assert one[place] == pytest.approx(greater, rel=1e-9, abs=1e-300)


@settings(deadline=None)
@given(Side, Side)
def test_exchanging_the_sides_changes_nothing(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert two_sided(*one, *other) == pytest.approx(two_sided(*other, *one), rel=1e-9)


def test_large_samples_keep_their_precision() -> None:
    square = [[5100, 194_900], [4900, 195_100]]
    expected = stats.fisher_exact(square).pvalue
    assert two_sided(5100, 200_000, 4900, 200_000) == pytest.approx(expected, rel=1e-5)


def test_shapes_broadcast_and_impossible_tables_are_refused() -> None:
    assert two_sided([[1], [2]], 5, [1, 2, 3], 7).shape == (2, 3)
    assert two_sided(1, 5, 1, 5).shape == ()
    assert two_sided(0, 0, 1, 5) == 1
    with pytest.raises(EvidenceError, match="count them anew"):
        one_sided(6, 5, 1, 5)
