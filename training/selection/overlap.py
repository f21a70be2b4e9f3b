"""Overlap: whether those whom banks refused resemble anybody whom they financed.

Weights can only make the financed stand for those they resemble. Where the chance of having been
financed is near 0, nobody stands for a row, and its PD is told by the shape of the trees alone.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.model.scale import Floats
from training.selection.financed import Financed
from training.selection.weights import Weights

RARE = 0.05
"""Chance below which a row counts as one that nobody stands for."""


@dataclass(frozen=True)
class Overlap:
    """What tells whether weighting can work.

    Attributes
    ----------
    financed, others : int
        Rows.
    auc : float
        Of the model of having been financed.
    chance_financed, chance_others : tuple of float
        Percentiles 1, 5, 50, 95, 99 of the chance.
    out_of_reach : float
        Share of the others whose chance is below that of 99 in 100 of the financed.
    rare : float
        Share of the others whose chance is below :data:`RARE`.
    effective_size : float
        Of the weights.
    truncated : int
        Financed rows whose weight was cut.
    greatest_weight : float
        After scaling.
    worst_before, worst_after : float
        Greatest absolute standardised difference of a feature's mean between the financed and
        everybody, unweighted and weighted: below 0.1 is usually called balanced.
    worst_feature : str
        The feature of ``worst_after``.
    """

    financed: int
    others: int
    auc: float
    chance_financed: tuple[float, ...]
    chance_others: tuple[float, ...]
    out_of_reach: float
    rare: float
    effective_size: float
    truncated: int
    greatest_weight: float
    worst_before: float
    worst_after: float
    worst_feature: str

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def overlap(financed: Financed, weights: Weights, values: Floats) -> Overlap:
    """Diagnose weights.

    Parameters
    ----------
    financed : Financed
    weights : Weights
    values : float64 [n, len(financed.names)]
        What the model of having been financed saw.
    """
    was, chance = financed.was, financed.chance
    before = imbalance(values, was.astype(np.float64))
    after = imbalance(values, weights.of_row)
    worst = int(np.argmax(after))
    return Overlap(
        financed=int(was.sum()),
        others=int((~was).sum()),
        auc=financed.auc,
        chance_financed=_percentiles(chance[was]),
        chance_others=_percentiles(chance[~was]),
        out_of_reach=float((chance[~was] < np.quantile(chance[was], 0.01)).mean()),
        rare=float((chance[~was] < RARE).mean()),
        effective_size=weights.effective_size,
        truncated=weights.truncated,
        greatest_weight=float(weights.of_row.max()),
        worst_before=float(before.max()),
        worst_after=float(after[worst]),
        worst_feature=financed.names[worst],
    )


def imbalance(values: Floats, weight: Floats) -> Floats:
    """Absolute standardised difference between weighted rows and all rows, of each column.

    Columns are compared by their ranks (missing lowest): heavy tails would drown the rest.

    Parameters
    ----------
    values : float64 [n, f]
    weight : float64 [n]
        Not below 0, not all 0.
    """
    found = np.zeros(values.shape[1])
    for place, column in enumerate(values.T):
        _, rank, count = np.unique(
            np.where(np.isnan(column), -np.inf, column), return_inverse=True, return_counts=True
        )
        middle = (np.cumsum(count) - (count - 1) / 2.0)[rank]
        spread = middle.std()
        if spread > 0:
            shift = np.average(middle, weights=weight) - middle.mean()
            found[place] = abs(float(shift)) / float(spread)
    return found


def _percentiles(chance: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in np.quantile(chance, [0.01, 0.05, 0.5, 0.95, 0.99]))
