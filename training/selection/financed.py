"""The model of having been financed: how likely each row was to have an open facility.

A row is *financed* if, as known at T, it has an open facility: that is what makes it eligible for
a label (:mod:`training.labels`). The model is fitted on all rows of the training months, and each
row's chance is told by a model that had not seen its enterprise.

It may not see what only a borrower can have (days past due, what is pledged): with that it would
part borrowers from the rest completely, and no chance would lie between 0 and 1. It may see the
link to a core enterprise, for banks did; the champion never may.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.catalogue import Catalogue
from training.baselines import CORE_RATING
from training.calibration import fit_calibration
from training.config import BoostingSettings
from training.estimator import Recipe, fit, folds_by
from training.labels import Flags, Status
from training.metrics import auc
from training.model.scale import Floats
from training.sample import Sample
from training.split import folds_of, require_both_classes

OF_CREDIT = frozenset({"financing", "outcome", "pledge"})
"""Streams that tell of somebody because it was financed."""

SETTINGS = BoostingSettings(learning_rate=0.1, max_rounds=200, patience=15)
"""Fewer and longer steps than the champion's: a weight needs the chance, not its last digit."""


TRADE = ("days_since_declaration", "days_since_sale")
"""Features that tell who still trades."""
_TRADING_DAYS = 365
_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Financed:
    """Chances of having been financed.

    Attributes
    ----------
    chance : float64 [n]
        Of each row, in (0, 1), by a model of other enterprises.
    was : bool [n]
        Whether it was.
    names : tuple of str
        Features that the model sees.
    """

    chance: Floats
    was: Flags
    names: tuple[str, ...]

    @property
    def auc(self) -> float:
        """How well the chance ranks who was financed: near 1, hardly anybody is comparable."""
        return auc(self.was.astype(np.int8), self.chance)


def evidence(catalogue: Catalogue) -> tuple[str, ...]:
    """Names of the champion's features that rest on nothing of credit."""
    return tuple(
        feature.name
        for feature in catalogue.champion
        if not OF_CREDIT.intersection(feature.streams)
    )


def trading(rows: Sample) -> Flags:
    """Who declared or sold something within a year: nobody lends to the others.

    Left in, they would have a chance near 0 and no borrower like them.
    """
    days = np.column_stack([rows.column(name) for name in TRADE])
    return np.asarray((days <= _TRADING_DAYS).any(axis=1))


def was_financed(status: npt.NDArray[np.int8]) -> Flags:
    """Whether each row has an open facility as known at T, whatever became of it.

    Parameters
    ----------
    status : int8 [n]
        Of :func:`training.labels.from_columns`.
    """
    return np.asarray(status != Status.NO_OPEN_FACILITY)


def chances(
    rows: Sample,
    financed: Flags,
    names: tuple[str, ...],
    *,
    seed: int,
    settings: BoostingSettings = SETTINGS,
    with_core_link: bool = False,
) -> Financed:
    """Fit the model of having been financed, crosswise over enterprises.

    Parameters
    ----------
    rows : Sample
        All who could have been financed, whether or not they were; targets are not read.
    financed : bool [n]
    names : tuple of str
        Features to fit on, as :func:`evidence` gives them.
    seed : int
        Of the trees, and of which enterprise is in which fold.
    settings : BoostingSettings
    with_core_link : bool
        Also show the model the core enterprise's rating.

    Raises
    ------
    TrainingError
        If everybody or nobody was financed.
    """
    target = financed.astype(np.int8)
    require_both_classes(target, "rows that banks could have financed (open facility or none)")
    seen = (*names, CORE_RATING) if with_core_link else names
    recipe = Recipe(seen, (0,) * len(seen), seed, settings)
    fold = folds_of(rows.enterprise, seed, 0.0, _FOLDS)
    margin = fit(rows.choose(seen), target, folds_by(fold, _FOLDS), recipe).margins
    line = fit_calibration(margin, target, with_slope=True)
    return Financed(line.pd(margin), financed, seen)
