"""The level under weights: Platt's line, or its offset alone, where rows count unequally."""

import numpy as np

from training.errors import TrainingError
from training.model.calibration import Calibration
from training.model.scale import Floats
from training.sample import Labels

_STEPS = 60
_ENOUGH = 1e-10
"""Mean gradient at which the maximum is found."""
_PARTED = 1e-6
"""Mean loss below which the classes are parted completely."""


def weighted_calibration(
    margin: Floats, target: Labels, weight: Floats, *, with_slope: bool
) -> Calibration:
    """Fit the map from margins to log-odds by weighted maximum likelihood.

    With equal weights it is :func:`training.calibration.fit_calibration`.

    Parameters
    ----------
    margin : float64 [n]
        By boosters that had not seen the rows.
    target : int8 [n]
    weight : float64 [n]
    with_slope : bool
        Fit the slope, too; where the fitted one is not above 0, it stays 1.

    Raises
    ------
    TrainingError
        If no finite best fit is found.
    """
    if with_slope:
        slope, intercept = weighted_line(margin, target, weight)
        if slope > 0:
            return Calibration(slope, intercept)
    _, offset = _newton(margin, target, weight, free=np.array([False, True]))
    return Calibration(1.0, offset)


def weighted_line(margin: Floats, target: Labels, weight: Floats) -> tuple[float, float]:
    """Slope and intercept of the outcome's log-odds on a margin, rows counting by their weight.

    Raises
    ------
    TrainingError
        If no finite best fit is found.
    """
    return _newton(margin, target, weight, free=np.array([True, True]))


def _newton(
    margin: Floats,
    target: Labels,
    weight: Floats,
    *,
    free: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> tuple[float, float]:
    """Newton steps with halving from slope 1 and intercept 0; what is not free stays."""
    design = np.column_stack([margin, np.ones_like(margin)])
    line = np.array([1.0, 0.0])
    loss = _loss(design @ line, target, weight)
    for _ in range(_STEPS):
        chance = np.exp(-np.logaddexp(0.0, -(design @ line)))
        gradient = design.T @ (weight * (chance - target))
        if loss < _PARTED * weight.sum():
            break
        if float(np.abs(gradient[free]).max()) < _ENOUGH * weight.sum():
            return float(line[0]), float(line[1])
        curvature = (design * (weight * chance * (1.0 - chance))[:, None]).T @ design
        step = np.zeros(2)
        try:
            step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        except np.linalg.LinAlgError:
            break
        scale = 1.0
        while _loss(design @ (line - scale * step), target, weight) > loss and scale > 1e-9:
            scale /= 2.0
        line = line - scale * step
        loss = _loss(design @ line, target, weight)
        if not np.isfinite(line).all():
            break
    raise TrainingError(
        "the weighted calibration has no finite best fit: expected rows with and without a "
        f"default that their margins do not part completely, found weights of {weight.sum():.6g} "
        f"in all, {weight[target == 1].sum():.6g} of them defaults; take more rows"
    )


def _loss(linear: Floats, target: Labels, weight: Floats) -> float:
    return float(np.sum(weight * (np.logaddexp(0.0, linear) - target * linear)))
