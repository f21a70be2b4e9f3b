import numpy as np
import pytest

from training.calibration import fit_calibration, logistic
from training.errors import TrainingError
from training.metrics import calibration_line


def weighted_line(margin: np.ndarray, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return logistic(np.column_stack([margin, np.ones_like(margin)]), target, weight=weight)


def margins(rows: int = 800) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(2)
    margin = chance.normal(-2.0, 1.0, rows)
    target = (chance.uniform(size=rows) < 1 / (1 + np.exp(-0.7 * margin - 0.4))).astype(np.int8)
    return margin, target, chance.integers(1, 5, rows).astype(np.float64)


@pytest.mark.parametrize("with_slope", [True, False])
def test_equal_weights_are_no_weights(with_slope: bool) -> None:
    margin, target, _ = margins()
    plain = fit_calibration(margin, target, with_slope=with_slope)
    found = fit_calibration(margin, target, with_slope=with_slope, weight=np.full(800, 0.3))
    assert found.slope == pytest.approx(plain.slope, abs=1e-6)
    assert found.intercept == pytest.approx(plain.intercept, abs=1e-6)


@pytest.mark.parametrize("with_slope", [True, False])
def test_a_whole_weight_is_as_many_rows(with_slope: bool) -> None:
    margin, target, weight = margins()
    times = weight.astype(np.int64)
    repeated = fit_calibration(
        np.repeat(margin, times), np.repeat(target, times), with_slope=with_slope
    )
    found = fit_calibration(margin, target, with_slope=with_slope, weight=weight)
    assert found.slope == pytest.approx(repeated.slope, abs=1e-6)
    assert found.intercept == pytest.approx(repeated.intercept, abs=1e-6)


def test_the_line_is_that_of_the_metrics() -> None:
    margin, target, _ = margins()
    pd = 1 / (1 + np.exp(-margin))
    assert tuple(weighted_line(margin, target, np.ones(800))) == pytest.approx(
        calibration_line(target, pd), abs=1e-6
    )


def test_a_falling_slope_is_not_taken() -> None:
    margin, target, weight = margins()
    assert fit_calibration(-margin, target, with_slope=True, weight=weight).slope == 1.0


def test_margins_that_part_the_classes_are_told() -> None:
    margin = np.array([-2.0, -1.0, 1.0, 2.0])
    target = np.array([0, 0, 1, 1], np.int8)
    with pytest.raises(TrainingError, match="no finite best fit"):
        weighted_line(margin, target, np.ones(4))


def test_defaults_without_weight_are_told() -> None:
    margin, target, weight = margins()
    with pytest.raises(TrainingError, match=r"found 0 defaults"):
        fit_calibration(margin, target, with_slope=False, weight=weight * (target == 0))
