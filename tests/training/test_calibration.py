import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from training.calibration import fit_calibration
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
