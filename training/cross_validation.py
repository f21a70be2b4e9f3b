"""Cross-validation on a table: folds by row, by group or by time, and what is measured on them."""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from supervision.arrays import Integers
from training.errors import TrainingError
from training.estimator import Fold, Recipe, fit, raw_margin
from training.metrics import auc
from training.model.scale import Floats
from training.sample import Labels, Names
from training.split import folds_of

PLAIN = "plain_lightgbm"
PLAIN_ROUNDS = 100
"""Trees of a plain LightGBM: its default."""


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """Ours and a plain LightGBM on the same folds.

    Attributes
    ----------
    ours, plain : tuple of float
        AUC of each fold.
    rounds : tuple of int
        Trees that ours took in each fold.
    margins, plain_margins : float64 [n]
        Out of fold; NaN where no fold tests the row.
    boosters : tuple of lightgbm.Booster
        Ours of each fold.
    """

    ours: tuple[float, ...]
    plain: tuple[float, ...]
    rounds: tuple[int, ...]
    margins: Floats
    plain_margins: Floats
    boosters: tuple[lgb.Booster, ...]


def make_folds(
    target: Labels, time: Integers | None, group: Names | None, folds: int, seed: int
) -> list[Fold]:
    """Rows to fit on and rows to test on.

    With a time every test fold is a later block of times than all it is fitted on; with a group
    (and no time) a group is on one side only; else rows are dealt out within each class.

    Raises
    ------
    TrainingError
        If a fold would be empty, or lack a class.
    """
    if time is not None:
        made = _by_time(time, group, folds)
    elif group is not None:
        number = folds_of(group, seed, 0.0, folds)
        made = [(np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in range(folds)]
    else:
        made = _by_row(target, folds, seed)
    for k, (learn, test) in enumerate(made):
        for side, rows in (("fit", learn), ("test", test)):
            bad = int(target[rows].sum())
            if not 0 < bad < len(rows):
                what = "is empty" if len(rows) == 0 else f"has {bad} bad of {len(rows)} rows"
                raise TrainingError(
                    f"fold {k + 1} of {folds} {what} to {side} on, expected both outcomes; "
                    "take fewer folds, another --group or --time, or more rows"
                )
    return made


def cross_validate(
    values: Floats,
    target: Labels,
    folds: list[Fold],
    inner: list[list[Fold]],
    recipe: Recipe,
) -> CrossValidation:
    """Fit ours and a plain LightGBM on each fold and measure both on its test rows.

    Parameters
    ----------
    values : float64 [n, f]
    target : int8 [n]
    folds : list of Fold
    inner : list of list of Fold
        For each fold, folds among its fit rows (by their place there) for the number of trees.
    recipe : Recipe
    """
    margins, bare_margins = np.full((2, len(target)), np.nan)
    ours, plain, rounds, boosters = [], [], [], []
    for (learn, test), stops in zip(folds, inner, strict=True):
        fitted = fit(values[learn], target[learn], stops, recipe)
        margins[test] = raw_margin(fitted.booster, values[test])
        ours.append(auc(target[test], margins[test]))
        rounds.append(fitted.rounds)
        boosters.append(fitted.booster)
        bare = plain_lightgbm(values[learn], target[learn], recipe)
        bare_margins[test] = raw_margin(bare, values[test])
        plain.append(auc(target[test], bare_margins[test]))
    return CrossValidation(
        tuple(ours), tuple(plain), tuple(rounds), margins, bare_margins, tuple(boosters)
    )


def plain_lightgbm(values: Floats, target: Labels, recipe: Recipe) -> lgb.Booster:
    """LightGBM as it comes: its own defaults, 100 trees; only what makes it repeatable is set."""
    data = lgb.Dataset(
        values,
        label=target,
        feature_name=recipe.plain_names(),
        categorical_feature=[recipe.names.index(name) for name in recipe.categorical],
        params={"verbosity": -1},
    )
    chosen = {
        "objective": "binary",
        "seed": recipe.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": recipe.settings.num_threads,
        "verbosity": -1,
    }
    return lgb.train(chosen, data, PLAIN_ROUNDS)


def _by_time(time: Integers, group: Names | None, folds: int) -> list[Fold]:
    """Blocks of times of about equal rows; the first is only fitted on."""
    times, counts = np.unique(time, return_counts=True)
    if len(times) < folds + 1:
        raise TrainingError(
            f"expected at least {folds + 1} different times for {folds} folds, found {len(times)}; "
            "take fewer folds"
        )
    middle = (np.cumsum(counts) - counts / 2.0) / counts.sum()
    block = np.minimum((middle * (folds + 1)).astype(np.int64), folds)[np.searchsorted(times, time)]
    made = []
    for k in range(1, folds + 1):
        learn, test = block < k, block == k
        if group is not None:
            learn &= ~np.isin(group, group[test])
        made.append((np.flatnonzero(learn), np.flatnonzero(test)))
    return made


def _by_row(target: Labels, folds: int, seed: int) -> list[Fold]:
    chance = np.random.default_rng(seed)
    number = np.empty(len(target), dtype=np.int64)
    for value in (0, 1):
        rows = chance.permutation(np.flatnonzero(target == value))
        number[rows] = np.arange(len(rows)) % folds
    return [(np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in range(folds)]
