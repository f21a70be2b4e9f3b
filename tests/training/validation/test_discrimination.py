from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from training.model.scale import Floats
from training.sample import Labels
from training.validation.discrimination import (
    Area,
    against_development,
    area,
    compare_areas,
    placements,
)
from training.validation.errors import EvidenceError

Rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12)


@pytest.fixture(scope="module")
def asah() -> Floats:
    """Columns outcome, wfns, s100b, ndka of 113 patients; the source stands in the file."""
    return np.loadtxt(Path(__file__).with_name("asah.csv"), delimiter=",", skiprows=7)


def sample(
    bad: list[tuple[int, int]], good: list[tuple[int, int]]
) -> tuple[Labels, Floats, Floats]:
    target = np.array([1] * len(bad) + [0] * len(good), dtype=np.int8)
    left, right = np.array(bad + good, dtype=np.float64).T
    order = np.random.default_rng(0).permutation(len(target))
    return target[order], left[order], right[order]


def kernel(target: Labels, rank: Floats) -> Floats:
    """1, 1/2 or 0 for each pair of a bad and a good row."""
    gap = rank[target == 1][:, None] - rank[target == 0][None, :]
    return (np.sign(gap) + 1) / 2


def covariance(target: Labels, left: Floats, right: Floats) -> float:
    """DeLong's covariance from the matrix of all pairs."""
    one, other = kernel(target, left), kernel(target, right)
    bad, good = one.shape
    by_bad = np.cov(one.mean(axis=1), other.mean(axis=1))[0, 1]
    by_good = np.cov(one.mean(axis=0), other.mean(axis=0))[0, 1]
    return float(by_bad / bad + by_good / good)


def test_delong_gives_the_published_figures(asah: Floats) -> None:
    target = asah[:, 0].astype(np.int8)
    assert (target.sum(), len(target)) == (41, 113)
    found = compare_areas(target, asah[:, 1], asah[:, 3])
    assert round(found.left.auc, 9) == 0.823678862
    assert round(found.right.auc, 9) == 0.611957995
    assert round(found.z, 9) == 2.797775919
    assert round(found.p, 9) == 0.005145580


def test_the_interval_of_s100b_is_the_published_one(asah: Floats) -> None:
    found = area(asah[:, 0].astype(np.int8), asah[:, 2])
    assert round(found.auc, 7) == 0.7313686
    assert [round(end, 4) for end in found.interval()] == [0.6301, 0.8326]
    assert round(found.variance, 8) == 0.00266868


def test_auc_against_development_gives_the_published_figures(asah: Floats) -> None:
    given_figures = Area(0.7313686, 0.00266868, 41, 72)
    for current in (given_figures, area(asah[:, 0].astype(np.int8), asah[:, 2])):
        found = against_development(current, 0.80)
        assert (round(found.s, 4), round(found.p, 4)) == (1.3285, 0.0920)


@settings(deadline=None)
@given(Rows, Rows)
def test_areas_and_variances_agree_with_all_pairs(
    bad: list[tuple[int, int]], good: list[tuple[int, int]]
) -> None:
    target, left, right = sample(bad, good)
    found = compare_areas(target, left, right)
    assert found.left.auc == pytest.approx(roc_auc_score(target, left), abs=1e-12)
    assert found.left.variance == pytest.approx(covariance(target, left, left), abs=1e-12)
    assert found.variance == pytest.approx(
        covariance(target, left, left)
        + covariance(target, right, right)
        - 2 * covariance(target, left, right),
        abs=1e-12,
    )
    low, high = found.left.interval()
    assert 0 <= low <= found.left.auc + 1e-12
    assert found.left.auc - 1e-12 <= high <= 1


@settings(deadline=None)
@given(Rows, Rows)
def test_only_the_order_of_ranks_matters(
    bad: list[tuple[int, int]], good: list[tuple[int, int]]
) -> None:
    target, left, right = sample(bad, good)
    plain, bent = compare_areas(target, left, right), compare_areas(target, np.exp(left), right**3)
    assert bent == plain
    assert compare_areas(target, left, 7 * left + 1).p == 1


@settings(deadline=None)
@given(Rows, Rows)
def test_swapping_classes_or_signs_mirrors_the_area(
    bad: list[tuple[int, int]], good: list[tuple[int, int]]
) -> None:
    target, left, right = sample(bad, good)
    plain, swapped = area(target, left), area((1 - target).astype(np.int8), left)
    assert swapped.auc == pytest.approx(1 - plain.auc, abs=1e-12)
    assert swapped.variance == pytest.approx(plain.variance, abs=1e-12)
    assert (swapped.bad, swapped.good) == (plain.good, plain.bad)
    assert area(target, -left).auc == pytest.approx(1 - plain.auc, abs=1e-12)
    there, back = compare_areas(target, left, right), compare_areas(target, right, left)
    assert back.z == pytest.approx(-there.z, rel=1e-6, abs=1e-6)
    assert back.p == pytest.approx(there.p, abs=1e-6)


@settings(deadline=None)
@given(Rows, Rows)
def test_enterprises_of_one_row_change_nothing(
    bad: list[tuple[int, int]], good: list[tuple[int, int]]
) -> None:
    target, left, right = sample(bad, good)
    each = np.arange(len(target)).astype(str)
    by_firm = compare_areas(target, left, right, each)
    assert by_firm.variance == pytest.approx(compare_areas(target, left, right).variance, abs=1e-12)


def test_rows_repeated_within_enterprises_are_no_new_evidence() -> None:
    chance = np.random.default_rng(5)
    target = (np.arange(400) < 60).astype(np.int8)
    rank = chance.normal(size=400) + target
    firm = np.arange(400).astype(str)
    once = area(target, rank, firm)
    thrice = area(np.repeat(target, 3), np.repeat(rank, 3), np.repeat(firm, 3))
    assert thrice.auc == pytest.approx(once.auc, abs=1e-12)
    assert thrice.variance == pytest.approx(once.variance, rel=1e-9)
    assert area(np.repeat(target, 3), np.repeat(rank, 3)).variance < once.variance / 2


def test_the_variance_by_enterprise_is_that_of_resampled_enterprises() -> None:
    """Enterprises have bad and good rows, and a risk of their own that all their rows share."""
    chance = np.random.default_rng(6)
    areas, variances = [], []
    for _ in range(400):
        risk = np.repeat(chance.normal(size=60), 6)
        target = (chance.random(360) < 1 / (1 + np.exp(1 - risk))).astype(np.int8)
        rank = 0.7 * risk + chance.normal(size=360) * 0.5
        found = area(target, rank, np.repeat(np.arange(60), 6).astype(str))
        areas.append(found.auc)
        variances.append(found.variance)
    assert np.mean(variances) == pytest.approx(np.var(areas), rel=0.2)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_many_rankings_at_once_are_each_placed_as_by_itself(bad: int, good: int, seed: int) -> None:
    ranks = np.random.default_rng(seed).integers(0, 5, (3, 2, bad + good)).astype(np.float64)
    target = (np.arange(bad + good) < bad).astype(np.int8)
    together = placements(target, ranks)
    for place in np.ndindex(3, 2):
        alone = placements(target, ranks[place])
        assert (together.auc[place], together.variance[place]) == (alone.auc, alone.variance)


def test_auc_is_mann_whitneys_u() -> None:
    chance = np.random.default_rng(8)
    target = (chance.random(300) < 0.2).astype(np.int8)
    rank = chance.normal(size=300).round(1) + target
    u = stats.mannwhitneyu(rank[target == 1], rank[target == 0]).statistic
    pairs = target.sum() * (1 - target).sum()
    assert area(target, rank).auc == pytest.approx(u / pairs, abs=1e-12)


def test_certain_areas_are_judged_too() -> None:
    target = np.array([0, 0, 1, 1], dtype=np.int8)
    perfect = np.array([1.0, 2.0, 3.0, 4.0])
    found = compare_areas(target, perfect, -perfect)
    assert (found.z, found.p) == (np.inf, 0)
    assert against_development(found.left, 0.9).p == 1
    assert against_development(found.right, 0.9).p == 0
    assert against_development(found.left, 1.0).p == 0.5


def test_too_few_rows_or_enterprises_are_refused() -> None:
    target = np.array([0, 0, 0, 1], dtype=np.int8)
    with pytest.raises(EvidenceError, match="found 1 and 3"):
        area(target, np.arange(4.0))
    with pytest.raises(EvidenceError, match="1 missing"):
        area(np.array([0, 0, 1, 1], dtype=np.int8), np.array([1, 2, 3, np.nan]))
    with pytest.raises(EvidenceError, match="found 1 and 2"):
        area(np.array([0, 0, 1, 1], dtype=np.int8), np.arange(4.0), np.array(["a", "b", "b", "b"]))
