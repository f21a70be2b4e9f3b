"""Fitting the calibration: Platt's map of log-odds, or its offset alone where rows are few.

References
----------
J. Platt, *Probabilistic outputs for support vector machines*, 1999; H.-T. Lin, C.-J. Lin and
R. Weng, *A note on Platt's probabilistic outputs*, Machine Learning 68 (2007); K.-Y. Liang and
S. Zeger, *Longitudinal data analysis using generalized linear models*, Biometrika 73 (1986).
"""

from dataclasses import replace

import numpy as np

from training.errors import TrainingError
from training.model.calibration import Calibration
from training.model.scale import Floats
from training.sample import Labels, Names

_STEPS = 100
_ENOUGH = 1e-10
"""Mean gradient at which the maximum is found."""
_PARTED = 1e-6
"""Mean loss below which the classes are parted completely."""


def fit_calibration(
    margin: Floats, target: Labels, *, with_slope: bool, weight: Floats | None = None
) -> Calibration:
    """Fit the map from margins to log-odds by maximum likelihood.

    Parameters
    ----------
    margin : float64 [n]
        By boosters that had not seen the rows.
    target : int8 [n]
    with_slope : bool
        Fit the slope, too. If not, or where the fitted one is not above 0, it stays 1: below
        some 5,000 independent rows an offset alone loses less out of sample.
    weight : float64 [n], optional
        How much each row counts; None: all alike.

    Raises
    ------
    TrainingError
        If there is one class only: no offset would be finite.
    """
    counts = np.ones(len(target)) if weight is None else weight
    defaults = counts[target == 1].sum()
    if not 0 < defaults < counts.sum():
        raise TrainingError(
            "expected rows with and without a default to calibrate on, found "
            f"{defaults:.6g} defaults in {counts.sum():.6g} rows; raise the calibration share or "
            "take more enterprises"
        )
    if with_slope:
        line = np.column_stack([margin, np.ones_like(margin)])
        slope, intercept = logistic(line, target, weight=weight)
        if slope > 0:
            return Calibration(float(slope), float(intercept))
    (offset,) = logistic(np.ones((len(margin), 1)), target, offset=margin, weight=weight)
    return Calibration(1.0, float(offset))


def with_covariance(
    calibration: Calibration,
    margin: Floats,
    target: Labels,
    group: Names,
    weight: Floats | None = None,
) -> Calibration:
    """The calibration, with how far its rows let its slope and intercept be known.

    The sandwich of Liang and Zeger: rows of one group (an enterprise month after month) count as
    one piece of news. A slope that was held at 1 is no better known for that: its variance counts
    as well, and so does what the rows would have put in its place.

    Parameters
    ----------
    calibration : Calibration
        Fitted to the rows.
    margin, target, weight
        See :func:`fit_calibration`.
    group : str [n]
        At least two, or nothing is known and the calibration stays as it is.
    """
    groups, place = np.unique(group, return_inverse=True)
    if len(groups) < 2:
        return calibration
    counts = np.ones(len(target)) if weight is None else weight
    design = np.column_stack([margin, np.ones_like(margin)])
    pd = calibration.pd(margin)
    bread = np.linalg.pinv((design * (counts * pd * (1.0 - pd))[:, None]).T @ design)
    each = design * (counts * (target - pd))[:, None]
    of_groups = np.zeros((len(groups), 2))
    np.add.at(of_groups, place, each)
    found = bread @ (of_groups.T @ of_groups) @ bread * (len(groups) / (len(groups) - 1))
    if calibration.slope == 1.0:
        found = found + _held(calibration, design, target, counts)
    return replace(
        calibration, covariance=(float(found[0, 0]), float(found[0, 1]), float(found[1, 1]))
    )


def _held(calibration: Calibration, design: Floats, target: Labels, counts: Floats) -> Floats:
    """What holding the slope at 1 may cost: the square of how far a free one lies from it.

    Turned round the rows' mean margin, at which an offset alone fits the level.
    """
    try:
        slope, _ = logistic(design, target, weight=counts)
    except TrainingError:  # the classes are parted: nothing is known of the slope
        return np.zeros((2, 2))
    pd = calibration.pd(design[:, 0])
    centre = np.average(design[:, 0], weights=counts * pd * (1.0 - pd))
    turn = (slope - 1.0) * np.array([1.0, -centre])
    return np.asarray(np.outer(turn, turn))


def logistic(
    design: Floats,
    target: Labels | Floats,
    offset: Floats | None = None,
    weight: Floats | None = None,
) -> Floats:
    """Coefficients of a logistic regression, by Newton steps with halving.

    Parameters
    ----------
    design : float64 [n, k]
    target : int8 or float64 [n]
        A share from 0 to 1 makes it a fractional logit.
    offset : float64 [n], optional
        Added to the linear predictor as it is.
    weight : float64 [n], optional
        How much each row counts; None: all alike.

    Raises
    ------
    TrainingError
        If no finite maximum is found, as when the margin parts the classes completely.
    """
    known = np.zeros(len(target)) if offset is None else offset
    counts = np.ones(len(target)) if weight is None else weight
    total = counts.sum()
    weights = np.zeros(design.shape[1])
    loss = _loss(design @ weights + known, target, counts)
    for _ in range(_STEPS):
        linear = design @ weights + known
        probability = np.exp(-np.logaddexp(0.0, -linear))
        gradient = design.T @ (counts * (probability - target))
        if loss < _PARTED * total:
            break
        if float(np.abs(gradient).max()) < _ENOUGH * total:
            return weights
        curvature = (design * (counts * (probability * (1.0 - probability)))[:, None]).T @ design
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            break
        scale = 1.0
        while (
            _loss(design @ (weights - scale * step) + known, target, counts) > loss and scale > 1e-6
        ):
            scale /= 2.0
        weights = weights - scale * step
        loss = _loss(design @ weights + known, target, counts)
    raise TrainingError(
        "the calibration has no finite best fit: do the scores part good from bad completely? "
        "Look for a leak (PD002), or calibrate on more rows"
    )


def _loss(linear: Floats, target: Labels | Floats, counts: Floats) -> float:
    return float(np.sum(counts * (np.logaddexp(0.0, linear) - target * linear)))
