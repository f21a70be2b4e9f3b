import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as oracle_log_loss

from training.calibration import fit_calibration
from training.calibration_rivals import (
    LEAST,
    OURS,
    Margins,
    Quality,
    Rivalry,
    beta,
    isotonic,
    rivals,
    spline,
)
from training.model.calibration import Calibration
from training.resampling import resampled

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
GRID = np.linspace(-9, 4, 400)


def world(rows: int, seed: int, slope: float = 1.0, bend: float = 0.0) -> Margins:
    """Outcomes whose log-odds are a line of the margin, or a parabola."""
    chance = np.random.default_rng(seed)
    margin = chance.normal(-2.5, 1.3, rows)
    odds = slope * margin + bend * (margin + 2.5) ** 2
    target = (chance.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    return Margins(margin, target)


def measured(line: Calibration, fitted: Margins, tested: Margins) -> Rivalry:
    each_for_itself = np.arange(len(tested.target)).astype(np.str_)
    return rivals(line, fitted, tested, resampled(each_for_itself, 400, 1))


def ours(fitted: Margins) -> Calibration:
    return fit_calibration(fitted.margin, fitted.target, with_slope=True, weight=fitted.weight)


def test_the_figures_are_those_of_another_library() -> None:
    tested = world(3_000, 2)
    found = measured(Calibration(0.9, 0.1), world(4_000, 1), tested).quality
    assert list(found) == [OURS, "isotonic", "beta", "spline"]
    pd = np.clip(1 / (1 + np.exp(-(0.9 * tested.margin + 0.1))), LEAST, 1 - LEAST)
    assert found[OURS].log_loss == pytest.approx(oracle_log_loss(tested.target, pd))
    assert found[OURS].brier == pytest.approx(brier_score_loss(tested.target, pd))
    assert found[OURS].mean_pd == pytest.approx(pd.mean())


def test_steps_give_few_pds_and_all_others_as_many_as_margins() -> None:
    fitted, tested = world(3_000, 3), world(2_000, 4)
    found = measured(ours(fitted), fitted, tested).quality
    assert found["isotonic"].distinct < 200
    assert min(found[name].distinct for name in (OURS, "beta", "spline")) > 1_900


def test_where_the_truth_is_a_line_no_rival_gains_much() -> None:
    fitted, tested = world(20_000, 5, slope=0.8), world(50_000, 6, slope=0.8)
    found = measured(ours(fitted), fitted, tested)
    assert abs(found.price["log_loss"]) < 5e-4


def test_where_the_truth_is_bent_the_price_is_seen() -> None:
    fitted, tested = world(20_000, 7, bend=0.35), world(50_000, 8, bend=0.35)
    found = measured(ours(fitted), fitted, tested)
    quality, gap = found.quality, found.gaps["spline"]
    assert quality["spline"].log_loss < quality[OURS].log_loss - 5e-3
    best = min(one.log_loss for name, one in quality.items() if name != OURS)
    assert found.price["log_loss"] == pytest.approx(quality[OURS].log_loss - best)
    assert gap.value == pytest.approx(quality[OURS].log_loss - quality["spline"].log_loss)
    assert 0 < gap.low < gap.value < gap.high


def test_an_interval_is_as_wide_as_the_normal_one_where_each_row_is_an_enterprise() -> None:
    fitted, tested = world(3_000, 16), world(4_000, 17)
    gap = measured(Calibration(1.3, 0.2), fitted, tested).gaps["beta"]
    pds = [Calibration(1.3, 0.2).pd(tested.margin), beta(fitted)(tested.margin)]
    kept = [np.clip(pd, LEAST, 1 - LEAST) for pd in pds]
    losses = [-np.where(tested.target == 1, np.log(pd), np.log1p(-pd)) for pd in kept]
    spread = np.std(losses[0] - losses[1]) / np.sqrt(4_000)
    assert gap.high - gap.low == pytest.approx(2 * 1.96 * spread, rel=0.2)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_isotonic_and_beta_never_turn_the_order(seed: int) -> None:
    fitted = world(400, seed, slope=0.6)
    for fit in (isotonic, beta):
        pd = fit(fitted)(GRID)
        assert (np.diff(pd) >= -1e-15).all()
        assert ((pd >= 0) & (pd <= 1)).all()


def test_beta_is_the_likeliest_of_its_family() -> None:
    fitted = world(3_000, 9, slope=0.7)
    p = 1 / (1 + np.exp(-fitted.margin))

    def odds(weights: Floats) -> Floats:
        return np.asarray(weights[0] * np.log(p) - weights[1] * np.log1p(-p) + weights[2])

    def loss(weights: Floats) -> float:
        line = odds(weights)
        return float(np.mean(np.logaddexp(0, line) - fitted.target * line))

    free = [(0, None), (0, None), (None, None)]
    best = minimize(loss, np.array([1.0, 1.0, 0.0]), bounds=free, method="L-BFGS-B", tol=1e-14)
    expected = 1 / (1 + np.exp(-odds(best.x)))
    assert np.abs(beta(fitted)(fitted.margin) - expected).max() < 1e-4


def test_beta_of_a_margin_that_ranks_the_wrong_way_is_the_default_rate() -> None:
    fitted = world(3_000, 10, slope=-1.0)
    pd = beta(fitted)(fitted.margin)
    assert pd == pytest.approx(fitted.target.mean(), rel=1e-6)


def test_the_spline_is_natural_cubic_between_five_knots_and_straight_beyond() -> None:
    fitted = world(5_000, 11, bend=0.3)
    fit = spline(fitted)
    knots = np.quantile(fitted.margin, [0.05, 0.275, 0.5, 0.725, 0.95])

    def odds(at: Floats) -> Floats:
        pd = fit(at)
        return np.asarray(np.log(pd) - np.log1p(-pd))

    oracle = CubicSpline(knots, odds(knots), bc_type="natural")
    inside = np.linspace(knots[0], knots[-1], 100)
    assert np.abs(odds(inside) - oracle(inside)).max() < 1e-8
    for beyond in (np.linspace(knots[0] - 3, knots[0], 20), np.linspace(knots[-1], 4, 20)):
        assert np.abs(np.diff(odds(beyond), 2)).max() < 1e-8


def test_the_mean_pd_of_every_map_is_the_default_rate_of_what_it_was_fitted_on() -> None:
    fitted = world(4_000, 12)
    for fit in (isotonic, beta, spline):
        assert fit(fitted)(fitted.margin).mean() == pytest.approx(fitted.target.mean(), rel=1e-6)


def test_a_row_that_counts_twice_is_two_rows() -> None:
    once = world(800, 13)
    twice = np.random.default_rng(14).integers(1, 3, 800)
    weighted = Margins(once.margin, once.target, twice.astype(np.float64))
    repeated = Margins(np.repeat(once.margin, twice), np.repeat(once.target, twice))
    for fit in (isotonic, beta):
        assert np.abs(fit(weighted)(GRID) - fit(repeated)(GRID)).max() < 1e-7


def test_a_rival_without_a_finite_best_fit_is_left_out() -> None:
    margin = np.linspace(-4, -1, 200)
    parted = Margins(margin, (margin > -2).astype(np.int8))
    found = measured(Calibration(), parted, world(500, 15))
    assert list(found.quality) == [OURS, "isotonic"]
    assert list(found.gaps) == ["isotonic"]


def test_a_gain_is_a_price_below_nothing() -> None:
    found = {OURS: Quality(0.1, 0.02, 0.01, 0.03, 9), "beta": Quality(0.2, 0.03, 0.005, 0.03, 9)}
    assert Rivalry(found, {}).price == pytest.approx(
        {"log_loss": -0.1, "brier": -0.01, "ece": 0.005}
    )
