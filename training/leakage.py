"""Check PD002: columns that give the label away.

Two rules, both measured out of fold, so that a column that merely overfits is not named:

1. *Alone.* A small tree model of the column by itself reaches an AUC of at least ``alone``
   (0.90). No ordinary fact about a borrower does: the best of Polish year 5 reaches 0.83, the
   best honest one of the SBA loans 0.76, and ``Term``, which was cut to the time of default,
   0.97.
2. *Together.* Some leaks show only beside another column (a date of charge-off beside the date
   of disbursement). With the columns of rule 1 set aside and the rest at an AUC of at least
   ``alone``, a column is named if less than ``ratio`` (0.4) of the error, 1 - AUC, is left by
   adding it to all others. The most used columns are tried, and again after each one found. The
   strongest ratio of Polish year 5 leaves 0.51, ``xx`` of the SBA loans 0.35.

A finding is a suspicion, never a proof: a person decides and drops the column or keeps it.

References
----------
S. Kaufman et al., *Leakage in data mining*, ACM TKDD 6 (2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from training.checks import Finding
from training.config import BoostingSettings
from training.estimator import Fold, Recipe, fit_rounds, raw_margin
from training.metrics import auc
from training.model.scale import Floats
from training.sample import Labels

_ROUNDS_ALONE = 20
_ROUNDS_TOGETHER = 60
_TRIED = 3
_MOST_FOUND = 5
_ROWS = 20_000
"""More rows make the check slower, not sharper."""


@dataclass(frozen=True)
class Suspect:
    """A column that may give the label away.

    Attributes
    ----------
    column : str
    auc : float
        Out of fold, of the column alone or of all with it.
    without : float or None
        Of all without it; None where it was found alone.
    """

    column: str
    auc: float
    without: float | None = None

    def finding(self) -> Finding:
        """The warning."""
        how = (
            f"alone reaches an AUC of {self.auc:.3f}"
            if self.without is None
            else f"lifts the AUC of all other columns from {self.without:.3f} to {self.auc:.3f}"
        )
        return Finding(
            "PD002",
            "suspected leak",
            f"column {self.column} {how}; was it known at the time of scoring? "
            "If not, leave it out (--drop)",
        )


def suspects(
    values: Floats,
    target: Labels,
    folds: Sequence[Fold],
    recipe: Recipe,
    *,
    alone: float,
    ratio: float,
) -> tuple[Suspect, ...]:
    """Columns that may give the label away, the plainest first.

    Parameters
    ----------
    values : float64 [n, f]
    target : int8 [n]
    folds : sequence of (fit rows, validation rows)
    recipe : Recipe
        Names, categories and seed are used; the trees are the check's own.
    alone : float
        Bound of rule 1.
    ratio : float
        Bound of rule 2.
    """
    probe = _Probe(values, target, tuple(_thinned(fold, recipe.seed) for fold in folds), recipe)
    areas = [probe.area([column], _ROUNDS_ALONE)[0] for column in range(values.shape[1])]
    found = [Suspect(recipe.names[c], a) for c, a in enumerate(areas) if a >= alone]
    found.sort(key=lambda suspect: -suspect.auc)
    kept = [c for c, a in enumerate(areas) if not a >= alone]
    for _ in range(_MOST_FOUND):
        more = _together(probe, kept, alone, ratio)
        if more is None:
            break
        column, suspect = more
        found.append(suspect)
        kept.remove(column)
    return tuple(found)


def _together(
    probe: "_Probe", kept: list[int], alone: float, ratio: float
) -> tuple[int, Suspect] | None:
    if len(kept) < 2:
        return None
    whole, gain = probe.area(kept, _ROUNDS_TOGETHER)
    if not whole >= alone:
        return None
    for place in np.argsort(-gain, kind="stable")[:_TRIED]:
        column = kept[int(place)]
        rest, _ = probe.area([c for c in kept if c != column], _ROUNDS_TOGETHER)
        if (1.0 - whole) < ratio * (1.0 - rest):
            return column, Suspect(probe.recipe.names[column], whole, rest)
    return None


@dataclass(frozen=True, eq=False)
class _Probe:
    values: Floats
    target: Labels
    folds: tuple[Fold, ...]
    recipe: Recipe

    def area(self, columns: list[int], rounds: int) -> tuple[float, Floats]:
        """Out-of-fold AUC of some columns and the gain of each."""
        values = np.ascontiguousarray(self.values[:, columns])
        names = tuple(self.recipe.names[c] for c in columns)
        recipe = replace(
            self.recipe,
            names=names,
            directions=(0,) * len(names),
            categorical=tuple(n for n in self.recipe.categorical if n in names),
            settings=BoostingSettings(
                learning_rate=0.2,
                num_leaves=8,
                min_data_in_leaf=20,
                feature_fraction=1.0,
                bagging_fraction=1.0,
                lambda_l2=0.0,
                num_threads=self.recipe.settings.num_threads,
            ),
        )
        margin = np.full(len(self.target), np.nan)
        gain = np.zeros(len(columns))
        for learn, validate in self.folds:
            booster = fit_rounds(values[learn], self.target[learn], recipe, rounds)
            margin[validate] = raw_margin(booster, values[validate])
            gain += booster.feature_importance("gain")
        seen = ~np.isnan(margin)
        return auc(self.target[seen], margin[seen]), gain


def _thinned(fold: Fold, seed: int) -> Fold:
    chance = np.random.default_rng(seed)
    learn, validate = (np.sort(chance.permutation(rows)[:_ROWS]) for rows in fold)
    return learn, validate
