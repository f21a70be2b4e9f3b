"""A trial: settings, measured cut by cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from training.config import BoostingSettings
from training.estimator import fit
from training.metrics import auc
from training.tuning.folds import Cut
from training.tuning.rows import Rows


@dataclass(frozen=True)
class Measured:
    """What settings reach on one cut.

    Attributes
    ----------
    loss : float
        Mean validation log loss over the rows of the block.
    auc : float
        NaN where the block has one class.
    rounds : int
        Trees that were best.
    """

    loss: float
    auc: float
    rounds: int


def measure(rows: Rows, cuts: Sequence[Cut], settings: BoostingSettings) -> Iterator[Measured]:
    """Fit and validate the settings on each cut in turn."""
    recipe = replace(rows.recipe, settings=settings)
    for cut in cuts:
        fitted = fit(rows.values, rows.target, cut.folds, recipe, rows.weight)
        validated = np.concatenate([rows for _, rows in cut.folds])
        margin, target = fitted.margins[validated], rows.target[validated]
        loss = np.logaddexp(0.0, margin) - target * margin
        weight = None if rows.weight is None else rows.weight[validated]
        yield Measured(
            float(np.average(loss, weights=weight)), auc(target, margin, weight), fitted.rounds
        )
