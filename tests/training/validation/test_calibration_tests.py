import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from training.validation.calibration_tests import (
    binomial,
    hosmer_lemeshow,
    jeffreys,
    spiegelhalter,
)
from training.validation.errors import EvidenceError

ROWS = np.array([382, 515, 103, 1000])
DEFAULTS = np.array([33, 81, 21, 18])
PD = np.array([0.10, 0.15, 0.20, 0.01])

Counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
Rates = st.floats(0.0005, 0.9995)


def test_jeffreys_gives_the_published_figures() -> None:
    assert jeffreys(PD, ROWS, DEFAULTS).round(6).tolist() == [
        0.811207,
        0.317745,
        0.451071,
        0.009832,
    ]


def test_binomial_gives_the_published_figures() -> None:
    assert binomial(PD, ROWS, DEFAULTS).round(6).tolist() == [
        0.834358,
        0.339775,
        0.499924,
        0.013833,
    ]


def test_spiegelhalter_gives_the_published_figures() -> None:
    found = spiegelhalter([0.05, 0.1, 0.2, 0.3, 0.4], [0, 0, 1, 0, 1])
    assert (round(float(found.z), 6), round(float(found.p), 6)) == (0.800079, 0.423665)


@settings(deadline=None)
@given(Counts, Rates)
def test_jeffreys_is_the_integral_of_its_posterior(counts: tuple[int, int], pd: float) -> None:
    rows, defaults = counts
    rows = min(rows, 40)
    defaults = min(defaults, rows)

    def posterior(angle: float) -> float:
        """Of the angle whose squared sine is the rate: without the prior's poles."""
        return float(np.sin(angle) ** (2 * defaults) * np.cos(angle) ** (2 * (rows - defaults)))

    cut = np.arcsin(np.sqrt(pd))
    below = integrate.quad(posterior, 0, cut, limit=200)[0]
    above = integrate.quad(posterior, cut, np.pi / 2, limit=200)[0]
    assert jeffreys(pd, rows, defaults) == pytest.approx(below / (below + above), abs=1e-6)


@settings(deadline=None)
@given(Counts, Rates, Rates)
def test_a_higher_pd_never_makes_p_smaller(
    counts: tuple[int, int], one: float, other: float
) -> None:
    low, high = min(one, other), max(one, other)
    for test in (jeffreys, binomial):
        assert test(low, *counts) <= test(high, *counts) + 1e-12


@settings(deadline=None)
@given(Counts, Rates)
def test_more_defaults_never_make_p_larger(counts: tuple[int, int], pd: float) -> None:
    rows = counts[0]
    for test in (jeffreys, binomial):
        p = test(pd, rows, np.arange(rows + 1))
        assert (np.diff(p) <= 1e-12).all()
        assert ((p >= 0) & (p <= 1)).all()


@settings(deadline=None)
@given(Counts, Rates)
def test_binomial_agrees_with_scipy(counts: tuple[int, int], pd: float) -> None:
    rows, defaults = counts
    expected = stats.binomtest(defaults, rows, pd, alternative="greater").pvalue
    assert binomial(pd, rows, defaults) == pytest.approx(expected, abs=1e-12)


def test_a_grade_without_rows_has_no_p() -> None:
    for test in (jeffreys, binomial):
        p = test([0.1, 0.2], [0, 10], [0, 1])
        assert np.isnan(p[0])
        assert 0 < p[1] < 1


@settings(deadline=None)
@given(st.lists(st.tuples(Counts, Rates), min_size=2, max_size=8))
def test_hosmer_lemeshow_is_pearsons_chi_square(
    grades: list[tuple[tuple[int, int], float]],
) -> None:
    rows, defaults = np.array([counts for counts, _ in grades], dtype=float).T
    pd = np.array([rate for _, rate in grades])
    cells = [defaults, rows - defaults]
    expected = [rows * pd, rows * (1 - pd)]
    statistic = sum((((c - e) ** 2) / e).sum() for c, e in zip(cells, expected, strict=True))
    found = hosmer_lemeshow(pd, rows, defaults)
    assert found.freedom == len(grades)
    assert found.statistic == pytest.approx(statistic, rel=1e-9, abs=1e-9)
    assert found.p == pytest.approx(stats.chi2.sf(statistic, len(grades)), abs=1e-9)


def test_hosmer_lemeshow_skips_empty_grades_and_counts_what_was_fitted() -> None:
    full = hosmer_lemeshow([0.1, 0.2, 0.3], [50, 60, 70], [4, 15, 20], fitted=2)
    empty = hosmer_lemeshow([0.1, 0.5, 0.2, 0.3], [50, 0, 60, 70], [4, 0, 15, 20], fitted=2)
    assert full.freedom == empty.freedom == 1
    assert full.p == empty.p
    many = hosmer_lemeshow([0.1, 0.2, 0.3], [50, 60, 70], [[4, 15, 20], [5, 12, 21]])
    assert many.statistic.shape == (2,)
    assert many.statistic[0] == full.statistic
    with pytest.raises(EvidenceError, match="more than 2 grades"):
        hosmer_lemeshow([0.1, 0.2], [50, 60], [4, 15], fitted=2)
    with pytest.raises(EvidenceError, match="apply the floor"):
        hosmer_lemeshow([0.0, 0.2], [50, 60], [4, 15])


@settings(deadline=None)
@given(st.lists(st.tuples(Rates, st.booleans()), min_size=1, max_size=12))
def test_spiegelhalter_is_the_brier_score_in_its_standard_errors(
    rows: list[tuple[float, bool]],
) -> None:
    p, y = np.array([rate for rate, _ in rows]), np.array([bad for _, bad in rows], dtype=float)
    assume(((p - 0.5) ** 2).max() > 1e-4)
    all_outcomes = np.indices((2,) * len(p)).reshape(len(p), -1).T
    chance = np.where(all_outcomes == 1, p, 1 - p).prod(axis=1)
    brier = ((all_outcomes - p) ** 2).mean(axis=1)
    mean = (chance * brier).sum()
    spread = np.sqrt((chance * (brier - mean) ** 2).sum())
    expected = (((y - p) ** 2).mean() - mean) / spread
    assert spiegelhalter(p, y).z == pytest.approx(expected, rel=1e-6, abs=1e-6)
    mirrored = spiegelhalter(1 - p, 1 - y)
    assert mirrored.p == pytest.approx(spiegelhalter(p, y).p, abs=1e-9)


def test_spiegelhalter_says_nothing_of_pds_that_say_nothing() -> None:
    found = spiegelhalter([0.5, 0.5], [0, 1])
    assert (found.z, found.p) == (0, 1)


@pytest.mark.parametrize("bad", [(1.1, 10, 1), (0.1, 10, 11), (0.1, 10, -1), (np.nan, 10, 1)])
def test_impossible_counts_are_refused(bad: tuple[float, int, int]) -> None:
    for test in (jeffreys, binomial):
        with pytest.raises(EvidenceError, match="check how they were counted"):
            test(*bad)
    with pytest.raises(EvidenceError, match="from 0 to 1"):
        spiegelhalter([-0.1], [0])
