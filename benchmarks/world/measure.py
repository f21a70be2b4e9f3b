"""One measured figure with its interval."""

from dataclasses import dataclass

import numpy as np

from training.labels import Flags
from training.metrics import auc, auc_interval
from training.model.scale import Floats
from training.sample import Labels, Names

LEAST_BAD = 10
"""Below so many defaulted enterprises an AUC is not told: it would be noise."""


@dataclass(frozen=True)
class Measure:
    """A figure of one world.

    Attributes
    ----------
    value : float
        NaN where it could not be measured.
    low, high : float
        Its interval; NaN where there is none.
    note : str
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")
    note: str = ""


Measures = dict[str, Measure]


@dataclass(frozen=True)
class Ranking:
    """Measures AUC over some rows, with an interval over resamples of enterprises.

    Attributes
    ----------
    enterprise : str [n]
    resamples : int
        0 gives no interval.
    """

    enterprise: Names
    resamples: int

    def auc(self, target: Labels, rank: Floats, rows: Flags, note: str = "") -> Measure:
        """AUC of a rank over some of the rows."""
        bad = rows & (target == 1)
        count = len(np.unique(self.enterprise[bad]))
        said = f"{int(rows.sum()):,} rows, {int(bad.sum()):,} bad of {count:,} enterprises"
        said = f"{note}; {said}" if note else said
        if count < LEAST_BAD or not (rows & (target == 0)).any():
            return Measure(float("nan"), note=f"too few defaults: {said}")
        area = auc(target[rows], rank[rows])
        if not self.resamples:
            return Measure(area, note=said)
        kept = self.enterprise[rows]
        low, high = auc_interval(target[rows], rank[rows], kept, self.resamples, seed=0)
        return Measure(area, low, high, said)
