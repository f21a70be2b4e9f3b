import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from training.calibration import fit_calibration, with_covariance
from training.errors import TrainingError


def world(rows: int, slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(5)
    margin = chance.normal(-1, 1.5, rows)
    pd = 1 / (1 + np.exp(-(slope * margin + intercept)))
    return margin, (chance.uniform(size=rows) < pd).astype(np.int8)


def test_slope_and_intercept_are_those_of_a_logistic_regression() -> None:
    margin, target = world(6000, 0.7, -1.0)
    found = fit_calibration(margin, target, with_slope=True)
    expected = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(margin[:, None], target)
    assert found.slope == pytest.approx(expected.coef_[0, 0], rel=1e-4)
    assert found.intercept == pytest.approx(expected.intercept_[0], rel=1e-3)


def test_without_a_slope_the_mean_pd_is_the_default_rate() -> None:
    margin, target = world(800, 0.7, -1.0)
    found = fit_calibration(margin, target, with_slope=False)
    assert found.slope == 1.0
    pd = 1 / (1 + np.exp(-(margin + found.intercept)))
    assert pd.mean() == pytest.approx(target.mean(), rel=1e-9)


def test_a_margin_that_ranks_the_wrong_way_gets_no_slope() -> None:
    margin, target = world(6000, -1.0, -1.0)
    assert fit_calibration(margin, target, with_slope=True).slope == 1.0


def test_one_class_cannot_be_calibrated_on() -> None:
    with pytest.raises(TrainingError, match="0 defaults in 10 rows"):
        fit_calibration(np.zeros(10), np.zeros(10, dtype=np.int8), with_slope=False)


def test_a_margin_that_parts_the_classes_has_no_best_slope() -> None:
    margin = np.linspace(-1, 1, 100)
    with pytest.raises(TrainingError, match="PD002"):
        fit_calibration(margin, (margin > 0).astype(np.int8), with_slope=True)


def clustered(
    firms: int, months: int, seed: int = 9, slope: float = 0.8
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Firms that are alike month after month, and default for months or not at all."""
    chance = np.random.default_rng(seed)
    margin = np.repeat(chance.normal(-1, 1.2, firms), months)
    pd = 1 / (1 + np.exp(-(slope * margin - 0.3)))
    target = (np.repeat(chance.uniform(size=firms), months) < pd).astype(np.int8)
    return margin, target, np.repeat(np.arange(firms).astype(np.str_), months)


def test_the_covariance_is_that_of_fits_to_resampled_firms() -> None:
    margin, target, firm = clustered(400, 6)
    fitted = fit_calibration(margin, target, with_slope=True)
    found = with_covariance(fitted, margin, target, firm).covariance
    assert found is not None
    chance, drawn = np.random.default_rng(1), []
    for _ in range(400):
        times = np.bincount(chance.integers(0, 400, 400), minlength=400)[np.repeat(range(400), 6)]
        refit = fit_calibration(margin, target, with_slope=True, weight=times.astype(np.float64))
        drawn.append((refit.slope, refit.intercept))
    expected = np.cov(np.array(drawn).T)
    assert found[0] == pytest.approx(expected[0, 0], rel=0.2)
    assert found[1] == pytest.approx(expected[0, 1], rel=0.3)
    assert found[2] == pytest.approx(expected[1, 1], rel=0.2)


def coverage(slope: float, *, with_slope: bool) -> np.ndarray:
    """How often intervals at three margins hold the truth, over 300 worlds."""
    held, at = np.zeros(3), np.array([-3.0, -1.0, 1.0])
    truth = slope * at - 0.3
    for seed in range(300):
        margin, target, firm = clustered(500, 4, seed, slope)
        known = with_covariance(
            fit_calibration(margin, target, with_slope=with_slope), margin, target, firm
        )
        odds = known.slope * at + known.intercept
        errors = known.errors(odds)
        assert errors is not None
        held += np.abs(odds - truth) < 1.96 * errors
    return held / 300


def test_the_interval_holds_the_truth_in_95_of_100_worlds() -> None:
    assert 0.92 < coverage(0.8, with_slope=True).mean() < 0.975


@pytest.mark.parametrize("slope", [0.6, 0.8, 1.0])
def test_a_slope_that_is_held_makes_it_wider_not_wrong(slope: float) -> None:
    assert coverage(slope, with_slope=False).min() > 0.94


def test_more_months_of_the_same_firms_tell_no_more() -> None:
    margin, target, firm = clustered(300, 1)
    fitted = fit_calibration(margin, target, with_slope=True)
    once = with_covariance(fitted, margin, target, firm)
    often = with_covariance(fitted, np.repeat(margin, 12), np.repeat(target, 12), firm.repeat(12))
    assert often.covariance == pytest.approx(once.covariance, rel=1e-6)


def test_weights_count_like_rows_of_the_firm() -> None:
    margin, target, firm = clustered(300, 2)
    times = np.random.default_rng(3).integers(1, 4, 600)
    fitted = fit_calibration(margin, target, with_slope=True)
    weighted = with_covariance(fitted, margin, target, firm, times.astype(np.float64))
    repeated = with_covariance(
        fitted, margin.repeat(times), target.repeat(times), firm.repeat(times)
    )
    assert weighted.covariance == pytest.approx(repeated.covariance, rel=1e-9)


def test_a_slope_that_is_held_counts_as_unknown() -> None:
    margin, target, firm = clustered(300, 2)
    held = with_covariance(fit_calibration(margin, target, with_slope=False), margin, target, firm)
    assert held.slope == 1.0
    assert held.covariance is not None
    assert held.covariance[0] > 0


def test_of_one_firm_nothing_is_known() -> None:
    margin, target, _ = clustered(300, 1)
    fitted = fit_calibration(margin, target, with_slope=True)
    same = np.full(300, "one")
    assert with_covariance(fitted, margin, target, same).covariance is None
