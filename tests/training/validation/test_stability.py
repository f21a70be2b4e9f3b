import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from training.validation.errors import EvidenceError
from training.validation.stability import characteristic_stability, score_counts, stability

Bins = st.integers(2, 10).flatmap(
    lambda b: st.tuples(*[st.lists(st.integers(1, 500), min_size=b, max_size=b)] * 2)
)


def test_psi_gives_the_published_figure() -> None:
    assert round(stability([0.2, 0.3, 0.5], [0.25, 0.35, 0.40], (100, 100)).psi, 7) == 0.0411791


@settings(deadline=None)
@given(Bins)
def test_psi_is_symmetric_and_its_bound_is_chi_square(sides: tuple[list[int], list[int]]) -> None:
    there, back = stability(*sides), stability(*sides[::-1])
    assert there.psi == pytest.approx(back.psi, abs=1e-12)
    assert there.bound == back.bound
    p, q = (np.array(side) / sum(side) for side in sides)
    assert there.psi == pytest.approx(((q - p) * np.log(q / p)).sum(), abs=1e-12)
    chance = 1 / sum(sides[0]) + 1 / sum(sides[1])
    assert there.bound == pytest.approx(stats.chi2.ppf(0.95, len(p) - 1) * chance)
    assert there.p == pytest.approx(stats.chi2.sf(there.psi / chance, len(p) - 1), abs=1e-9)
    assert there.beyond_chance == (there.p < 0.05)


@settings(deadline=None)
@given(Bins)
def test_nothing_has_changed_between_equal_sides(sides: tuple[list[int], list[int]]) -> None:
    found = stability(sides[0], sides[0])
    assert (found.psi, found.p, found.rule, found.beyond_chance) == (0, 1, "stable", False)


def test_the_two_judgements_part_with_the_number_of_rows() -> None:
    few = stability([2, 3, 5], [4, 4, 2])
    assert (few.rule, few.beyond_chance) == ("changed", False)
    many = stability([20_000, 30_000, 50_000], [21_000, 31_000, 48_000])
    assert (many.rule, many.beyond_chance) == ("stable", True)
    of_enterprises = stability([20_000, 30_000, 50_000], [21_000, 31_000, 48_000], (500, 500))
    assert (of_enterprises.psi, of_enterprises.beyond_chance) == (many.psi, False)


def test_bins_empty_on_both_sides_lose_their_degree_of_freedom() -> None:
    assert stability([5, 0, 7], [6, 0, 9]) == stability([5, 7], [6, 9])
    only = stability([5, 0], [6, 0])
    assert (only.psi, only.p, only.bins, only.beyond_chance) == (0, 1, 1, False)


def test_characteristics_are_binned_as_at_development() -> None:
    chance = np.random.default_rng(2)
    then = chance.normal(size=(5000, 3))
    now = chance.normal([0.0, 0.5, 0.0], size=(4000, 3))
    now[:400, 2] = np.nan
    found = characteristic_stability(("same", "moved", "unreported"), then, now)
    assert list(found) == ["same", "moved", "unreported"]
    assert not found["same"].beyond_chance or found["same"].p > 0.001
    assert (found["moved"].rule, found["moved"].beyond_chance) == ("watch", True)
    assert found["unreported"].beyond_chance
    edges = np.quantile(then[:, 1], np.arange(1, 10) / 10, method="inverted_cdf")
    counts = [np.bincount(np.searchsorted(edges, side[:, 1]), minlength=10) for side in (then, now)]
    assert found["moved"].psi == pytest.approx(stability(*counts).psi)
    scores = score_counts(then[:, 1], now[:, 1])
    assert stability(*scores) == found["moved"]


def test_bins_that_do_not_match_are_refused() -> None:
    with pytest.raises(EvidenceError, match="same edges"):
        stability([1, 2], [1, 2, 3])
    with pytest.raises(EvidenceError, match="same edges"):
        stability([0, 0], [1, 2])
    with pytest.raises(EvidenceError, match="give sizes"):
        stability([0.4, 0.5], [0.4, 0.6])
