"""The estimator: monotone LightGBM, the number of its trees chosen on validation folds.

The same data, seed and number of threads give the same trees: LightGBM runs in its deterministic
mode, row-wise, and every source of chance has its seed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import lightgbm as lgb
import numpy as np

from supervision.arrays import Integers
from training.config import BoostingSettings
from training.errors import TrainingError
from training.model.scale import Floats
from training.sample import Labels

_FEW = 20_000
"""Up to so many rows one thread is as fast as several that wait for each other."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")

Fold = tuple[Integers, Integers]
"""Row numbers to fit on and to validate on."""


@dataclass(frozen=True)
class Recipe:
    """How columns of values are to be learnt from.

    Attributes
    ----------
    names : tuple of str
        Names of the columns.
    directions : tuple of int
        +1, -1 or 0 for each; see :class:`training.model.bundle.Bundle`.
    categorical : tuple of str
        Columns whose values are codes of categories.
    seed : int
    settings : BoostingSettings
    """

    names: tuple[str, ...]
    directions: tuple[int, ...]
    seed: int
    settings: BoostingSettings
    categorical: tuple[str, ...] = ()

    def parameters(self) -> dict[str, Any]:
        """Parameters for LightGBM."""
        chosen = self.settings.model_dump(exclude={"max_rounds", "patience"})
        if any(self.directions):
            chosen["monotone_constraints"] = list(self.directions)
        return {
            **chosen,
            "objective": "binary",
            "bagging_freq": 1,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "feature_pre_filter": False,
            "verbosity": -1,
        }

    def plain_names(self) -> list[str]:
        """Names as LightGBM's text form can hold them: others become their place."""
        return [
            name if _PLAIN.fullmatch(name) else f"column_{place}"
            for place, name in enumerate(self.names)
        ]

    def free(self) -> "Recipe":
        """The same without directions."""
        return Recipe(
            self.names, (0,) * len(self.names), self.seed, self.settings, self.categorical
        )


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fitted booster.

    Attributes
    ----------
    booster : lightgbm.Booster
        Fitted on all rows with the number of trees that validation chose.
    rounds : int
        That number.
    margins : float64 [n]
        Of each row by the booster that had not seen it; NaN where no fold validates the row.
    fold_losses : tuple of float
        Validation log loss of each fold.
    """

    booster: lgb.Booster
    rounds: int
    margins: Floats
    fold_losses: tuple[float, ...]


def fit(
    values: Floats,
    target: Labels,
    folds: Sequence[Fold],
    recipe: Recipe,
    weight: Floats | None = None,
) -> Fitted:
    """Choose the number of trees on the folds, then fit on all rows.

    Parameters
    ----------
    values : float64 [n, f]
    target : int8 [n]
    folds : sequence of (fit rows, validation rows)
    recipe : Recipe
    weight : float64 [n], optional
        How much each row counts, in fitting and in validation; of mean 1, so that the recipe's
        settings keep their meaning. None: all alike.

    Raises
    ------
    TrainingError
        If a fold is empty or leaves one class to fit on.
    """
    check_folds(folds, target)
    found: dict[str, Any] = lgb.cv(
        recipe.parameters(),
        _dataset(values, target, recipe, weight),
        num_boost_round=recipe.settings.max_rounds,
        folds=folds,
        metrics="binary_logloss",
        callbacks=[lgb.early_stopping(recipe.settings.patience, verbose=False)],
        return_cvbooster=True,
    )
    boosters: list[lgb.Booster] = found["cvbooster"].boosters
    rounds = int(found["cvbooster"].best_iteration)
    margins, losses = out_of_fold(boosters, rounds, values, target, folds, weight)
    booster = fit_rounds(values, target, recipe, rounds, weight)
    return Fitted(booster, rounds, margins, losses)


def check_folds(folds: Sequence[Fold], target: Labels) -> None:
    """Refuse folds that cannot be fitted on or validated with.

    Raises
    ------
    TrainingError
        If one is empty or leaves one class to fit on.
    """
    for number, (learn, validate) in enumerate(folds):
        if len(learn) == 0 or len(validate) == 0:
            raise TrainingError(
                f"validation fold {number} is empty ({len(learn)} rows to fit, {len(validate)} to "
                "validate); take fewer folds or more rows"
            )
        if not 0 < target[learn].sum() < len(learn):
            raise TrainingError(
                f"validation fold {number} leaves {int(target[learn].sum())} defaults in "
                f"{len(learn)} rows to fit on, expected some of both; take other folds or more rows"
            )


def out_of_fold(
    boosters: Sequence[lgb.Booster],
    rounds: int,
    values: Floats,
    target: Labels,
    folds: Sequence[Fold],
    weight: Floats | None,
) -> tuple[Floats, tuple[float, ...]]:
    """Margin of each row by the booster that had not seen it, and each fold's log loss.

    Parameters
    ----------
    boosters : sequence of lightgbm.Booster
        One a fold.
    rounds : int
        Trees of each that count.
    values, target, folds, weight
        See :func:`fit`.
    """
    margins = np.full(len(target), np.nan)
    losses = []
    for booster, (_, validate) in zip(boosters, folds, strict=True):
        margin = raw_margin(booster, values[validate], rounds)
        margins[validate] = margin
        # ln(1 + e^m) - y m, without overflow
        loss = np.logaddexp(0.0, margin) - target[validate] * margin
        losses.append(float(np.average(loss, weights=None if weight is None else weight[validate])))
    return margins, tuple(losses)


def fit_rounds(
    values: Floats, target: Labels, recipe: Recipe, rounds: int, weight: Floats | None = None
) -> lgb.Booster:
    """Fit a given number of trees on all rows."""
    return lgb.train(recipe.parameters(), _dataset(values, target, recipe, weight), rounds)


def raw_margin(booster: lgb.Booster, values: Floats, rounds: int | None = None) -> Floats:
    """Margin (log-odds before calibration) of each row, float64 [n]."""
    threads: dict[str, Any] = {"num_threads": 1} if len(values) <= _FEW else {}
    return cast(Floats, booster.predict(values, raw_score=True, num_iteration=rounds, **threads))


def folds_by(number: Integers, folds: int) -> list[Fold]:
    """Each number in turn to validate on, the others to fit on."""
    return [(np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in range(folds)]


def _dataset(values: Floats, target: Labels, recipe: Recipe, weight: Floats | None) -> lgb.Dataset:
    return lgb.Dataset(
        values,
        label=target,
        weight=weight,
        feature_name=recipe.plain_names(),
        categorical_feature=[recipe.names.index(name) for name in recipe.categorical],
        params={"verbosity": -1, "feature_pre_filter": False},
        free_raw_data=False,
    )
