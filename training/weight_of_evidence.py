"""Weight of evidence: a characteristic cut into bins, each with the log-odds that it adds.

Where to cut is an integer programme: the bins of the greatest information value whose default
rates move with the characteristic's direction. optbinning solves it; what is missing is a bin of
its own, after the others.

References
----------
G. Navas-Palencia, *Optimal binning: mathematical programming formulation*, arXiv 2001.08025
(2020).

N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley 2017, chapter 10.
"""

import logging
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from training.errors import TrainingError
from training.model.scale import Floats
from training.sample import Labels

MOST_BINS = 6
_PREBINS = 20
_LEAST_SHARE = 0.05
"""Least share of the rows in a bin of known values."""
_PRIOR_ROWS = 1.0
"""Rows of the average default rate that are added to each bin, so that no rate is 0 or 1."""
_TRENDS = {1: "ascending", -1: "descending", 0: "auto"}
"""Of the default rate, by direction."""


@dataclass(frozen=True, eq=False)
class Binning:
    """Bins of one characteristic.

    Attributes
    ----------
    splits : float64 [b - 1]
        Ascending; a bin holds what is at least its lower split and below its upper one.
    evidence : float64 [b + 1]
        Log-odds of default in each bin less those of all rows; the last is of missing values.
        0 for a bin that no row was in.
    information : float
        Information value.
    """

    splits: Floats
    evidence: Floats
    information: float

    def at(self, values: Floats) -> Floats:
        """Evidence of each value."""
        return np.asarray(self.evidence[_places(self.splits, values)], np.float64)


def installed() -> bool:
    """Whether optbinning is there: its solver has no wheel for the newest Python."""
    return find_spec("optbinning") is not None


def bin_by_evidence(values: Floats, target: Labels, direction: int) -> Binning:
    """Cut a characteristic into bins.

    Parameters
    ----------
    values : float64 [n]
        NaN is missing.
    target : int8 [n]
        With both classes.
    direction : {-1, 0, 1}
        Which way the default rate has to move with the value; 0: any.

    Raises
    ------
    TrainingError
        If optbinning is not installed.
    """
    splits = _splits(values, target, direction)
    place = _places(splits, values)
    rows = np.bincount(place, minlength=len(splits) + 2).astype(np.float64)
    bad = np.bincount(place, weights=target, minlength=len(splits) + 2)
    overall = bad.sum() / rows.sum()
    rate = (bad + _PRIOR_ROWS * overall) / (rows + _PRIOR_ROWS)
    evidence = np.log(rate / (1.0 - rate)) - np.log(overall / (1.0 - overall))
    if direction:  # the added row may turn the order of two bins of nearly the same rate
        evidence[:-1] = direction * np.maximum.accumulate(direction * evidence[:-1])
    gap = bad / bad.sum() - (rows - bad) / (rows - bad).sum()
    return Binning(splits, evidence, float((gap * evidence).sum()))


def _places(splits: Floats, values: Floats) -> npt.NDArray[np.intp]:
    place = np.searchsorted(splits, values, side="right")
    place[np.isnan(values)] = len(splits) + 1
    return place


def _splits(values: Floats, target: Labels, direction: int) -> Floats:
    known = ~np.isnan(values)
    if len(np.unique(values[known])) < 2 or not 0 < target[known].sum() < known.sum():
        return np.empty(0)
    made = _optimal_binning()(
        dtype="numerical",
        solver="cp",
        monotonic_trend=_TRENDS[direction],
        max_n_prebins=_PREBINS,
        min_prebin_size=_LEAST_SHARE,
        max_n_bins=MOST_BINS,
    )
    made.fit(values[known], target[known].astype(np.int64))
    return np.asarray(made.splits, np.float64)


def _optimal_binning() -> Any:
    """Class that solves it; cvxpy, which comes along, shall not tell of solvers nobody needs."""
    if not installed():
        raise TrainingError(
            "expected optbinning for weight of evidence, it is not installed; install the extra "
            "`training` on a Python below 3.14, or leave the scorecard out"
        )
    log = logging.getLogger("__cvxpy__")
    log.addFilter(_nothing)
    try:
        return import_module("optbinning.binning.binning").OptimalBinning
    finally:
        log.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False
