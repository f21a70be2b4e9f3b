"""Metrics: how well a PD ranks and how true it is.

References
----------
B. Engelmann, R. Rauhmeier (eds.), *The Basel II Risk Parameters*, 2nd ed., Springer 2011.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.calibration import logistic
from training.errors import TrainingError
from training.model.scale import Floats
from training.resampling import intervals, percentiles, resampled
from training.sample import Labels, Names

FIGURES = (
    "auc",
    "gini",
    "ks",
    "brier",
    "log_loss",
    "calibration_slope",
    "calibration_intercept",
)
"""Figures that have an interval."""

_BINS = 10
_LEAST = 1e-15

Interval = tuple[float, float]


@dataclass(frozen=True)
class Performance:
    """Figures of one model on one set of rows.

    Attributes
    ----------
    rows, defaults : int
    auc, gini : float
        Gini = 2 AUC - 1.
    auc_low, auc_high : float
        95 % bootstrap interval of AUC over enterprises (percentiles).
    intervals : mapping of str to (float, float)
        The same of each of :data:`FIGURES`; NaN where no resample has the figure.
    ks : float
        Largest distance of the two distribution functions.
    brier, log_loss : float
    mean_pd, default_rate : float
    calibration_slope, calibration_intercept : float
        Of the log-odds of the outcome on the log-odds of the PD: 1 and 0 are ideal; NaN where
        it cannot be fitted.
    ece : float
        Expected calibration error over ten bins of equal size.
    """

    rows: int
    defaults: int
    auc: float
    auc_low: float
    auc_high: float
    gini: float
    ks: float
    brier: float
    log_loss: float
    mean_pd: float
    default_rate: float
    calibration_slope: float
    calibration_intercept: float
    ece: float
    intervals: Mapping[str, Interval]


def performance(
    target: Labels,
    pd: Floats,
    enterprise: Names,
    *,
    rank: Floats | None = None,
    bootstrap: int = 300,
    seed: int = 0,
) -> Performance:
    """Measure PDs against outcomes.

    Parameters
    ----------
    target : int8 [n]
        With both classes.
    pd : float64 [n]
    enterprise : str [n]
        Resampled as wholes for the interval.
    rank : float64 [n], optional
        What AUC and KS rank by (larger is riskier), where it is not the PD.
    bootstrap : int
        Number of resamples.
    seed : int
    """
    order = pd if rank is None else rank
    once = np.ones(len(target))
    whole = dict(zip(FIGURES, _figures(target, pd, order, once).tolist(), strict=True))
    found = intervals(lambda times: _figures(target, pd, order, times), enterprise, bootstrap, seed)
    spans = {name: (float(found[0, k]), float(found[1, k])) for k, name in enumerate(FIGURES)}
    return Performance(
        rows=len(target),
        defaults=int(target.sum()),
        **whole,
        auc_low=spans["auc"][0],
        auc_high=spans["auc"][1],
        mean_pd=float(pd.mean()),
        default_rate=float(target.mean()),
        ece=ece(target, pd),
        intervals=spans,
    )


def auc(target: Labels, rank: Floats, weight: Floats | None = None) -> float:
    """Area under the ROC curve: how often a bad row ranks above a good one; ties count half.

    NaN if one class has no weight.
    """
    bad, good = _tie_counts(target, rank, weight)
    pairs = bad.sum() * good.sum()
    if pairs == 0:
        return float("nan")
    below = np.cumsum(good) - good
    return float((bad * (below + good / 2.0)).sum() / pairs)


def auc_interval(
    target: Labels, rank: Floats, enterprise: Names, resamples: int, seed: int
) -> tuple[float, float]:
    """95 % percentile interval of AUC over resamples of enterprises with their rows."""
    order = np.argsort(rank, kind="stable")
    target, rank = target[order], rank[order]
    drawn = [auc(target, rank, times) for times in resampled(enterprise[order], resamples, seed)]
    low, high = percentiles(np.array(drawn).reshape(-1, 1))[:, 0]
    return float(low), float(high)


def ks(target: Labels, rank: Floats, weight: Floats | None = None) -> float:
    """Kolmogorov-Smirnov distance between the ranks of bad and good rows.

    NaN if one class has no weight.
    """
    bad, good = _tie_counts(target, rank, weight)
    if bad.sum() * good.sum() == 0:
        return float("nan")
    gap = np.cumsum(bad) / bad.sum() - np.cumsum(good) / good.sum()
    return float(np.abs(gap).max())


def log_loss(target: Labels, pd: Floats, weight: Floats | None = None) -> float:
    """Mean negative log-likelihood; PDs are kept off 0 and 1 by 1e-15."""
    kept = np.clip(pd, _LEAST, 1.0 - _LEAST)
    loss = -np.where(target == 1, np.log(kept), np.log1p(-kept))
    return float(np.average(loss, weights=weight))


def calibration_line(
    target: Labels, pd: Floats, weight: Floats | None = None
) -> tuple[float, float]:
    """Slope and intercept of the outcome's log-odds on the PD's; NaN where there is no fit."""
    some = np.ones(len(target), np.bool_) if weight is None else weight > 0
    kept = np.clip(pd[some], _LEAST, 1.0 - _LEAST)
    odds = np.log(kept) - np.log1p(-kept)
    if np.ptp(odds) == 0.0:
        return float("nan"), float("nan")
    line = np.column_stack([odds, np.ones_like(odds)])
    try:
        slope, intercept = logistic(
            line, target[some], weight=None if weight is None else weight[some]
        )
    except TrainingError:
        return float("nan"), float("nan")
    return float(slope), float(intercept)


def calibration_bins(target: Labels, pd: Floats, bins: int = _BINS) -> Floats:
    """Mean PD, default rate and rows of bins of (nearly) equal size, float64 [bins, 3]."""
    parts = np.array_split(np.argsort(pd, kind="stable"), min(bins, len(pd)))
    return np.array([[pd[part].mean(), target[part].mean(), len(part)] for part in parts])


def ece(target: Labels, pd: Floats) -> float:
    """Expected calibration error: mean distance of PD and default rate over ten bins."""
    found = calibration_bins(target, pd)
    return float(np.average(np.abs(found[:, 0] - found[:, 1]), weights=found[:, 2]))


def roc(target: Labels, rank: Floats) -> tuple[Floats, Floats]:
    """False and true positive rates from (0, 0) to (1, 1), riskiest rows first."""
    bad, good = _tie_counts(target, rank, None)
    true = np.concatenate([[0.0], np.cumsum(bad[::-1]) / bad.sum()])
    false = np.concatenate([[0.0], np.cumsum(good[::-1]) / good.sum()])
    return false, true


def _tie_counts(target: Labels, rank: Floats, weight: Floats | None) -> tuple[Floats, Floats]:
    """Weight of bad and good rows at each distinct rank, lowest first."""
    _, place = np.unique(rank, return_inverse=True)
    weight = np.ones(len(rank)) if weight is None else weight
    bad = np.bincount(place, weights=weight * (target == 1))
    good = np.bincount(place, weights=weight * (target == 0))
    return np.asarray(bad, dtype=np.float64), np.asarray(good, dtype=np.float64)


def _figures(target: Labels, pd: Floats, rank: Floats, weight: Floats) -> Floats:
    """:data:`FIGURES` of rows that count so often."""
    area = auc(target, rank, weight)
    slope, intercept = calibration_line(target, pd, weight)
    return np.array(
        [
            area,
            2.0 * area - 1.0,
            ks(target, rank, weight),
            float(np.average((pd - target) ** 2, weights=weight)),
            log_loss(target, pd, weight),
            slope,
            intercept,
        ]
    )
