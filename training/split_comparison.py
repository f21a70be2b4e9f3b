"""Both kinds of split: what cross-validation by row would claim, beside that by enterprise.

An enterprise looks the same from month to month, and so does its outcome. Dealt out by row it
stands on both sides, is recognised rather than judged, and the AUC is flattered: on real data by
some seven points. Only the figure by enterprise tells of enterprises that are new.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.cross_validation import make_folds
from training.errors import TrainingError
from training.estimator import Fold, Recipe, fit_rounds, raw_margin
from training.metrics import auc
from training.model.scale import Floats
from training.resampling import intervals
from training.sample import Labels, Names

FOLDS = 4


@dataclass(frozen=True)
class SplitComparison:
    """Cross-validated AUC on the training months by either kind of split.

    Attributes
    ----------
    rows, enterprises, defaults, rounds : int
        Rows, enterprises and defaults of the training months, and trees of each fit.
    by_row, by_enterprise : float
        Mean AUC over the folds.
    flattered : float
        By how much the split by row is higher.
    low, high : float
        95 % bootstrap interval of that over enterprises; the fits stay as they are.
    """

    rows: int
    enterprises: int
    defaults: int
    rounds: int
    by_row: float
    by_enterprise: float
    flattered: float
    low: float
    high: float

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def compare_splits(
    values: Floats,
    target: Labels,
    enterprise: Names,
    recipe: Recipe,
    rounds: int,
    resamples: int = 100,
) -> SplitComparison | None:
    """Cross-validate by row and by enterprise, with the same trees and number of folds.

    Parameters
    ----------
    values : float64 [n, f]
        Rows of the training months.
    target : int8 [n]
    enterprise : str [n]
    recipe : Recipe
    rounds : int
        Trees of each fit; fixed, so that only the split differs.
    resamples : int

    Returns
    -------
    SplitComparison or None
        None where the defaults are too few for a fold to have both outcomes.
    """
    try:
        by_row = make_folds(target, None, None, FOLDS, recipe.seed)
        by_firm = make_folds(target, None, enterprise, FOLDS, recipe.seed)
    except TrainingError:
        return None
    row_margin = _out_of_fold(values, target, by_row, recipe, rounds)
    firm_margin = _out_of_fold(values, target, by_firm, recipe, rounds)

    def figures(times: Floats) -> Floats:
        row = _mean_auc(target, row_margin, by_row, times)
        firm = _mean_auc(target, firm_margin, by_firm, times)
        return np.array([row, firm, row - firm])

    row, firm, gap = figures(np.ones(len(target))).tolist()
    low, high = intervals(figures, enterprise, resamples, recipe.seed)[:, 2].tolist()
    firms, defaults = len(np.unique(enterprise)), int(target.sum())
    return SplitComparison(len(target), firms, defaults, rounds, row, firm, gap, low, high)


def _out_of_fold(
    values: Floats, target: Labels, folds: Sequence[Fold], recipe: Recipe, rounds: int
) -> Floats:
    margin = np.full(len(target), np.nan)
    for learn, test in folds:
        margin[test] = raw_margin(
            fit_rounds(values[learn], target[learn], recipe, rounds), values[test]
        )
    return margin


def _mean_auc(target: Labels, margin: Floats, folds: Sequence[Fold], times: Floats) -> float:
    return float(np.mean([auc(target[test], margin[test], times[test]) for _, test in folds]))
