"""The scorecard: a logistic regression on weight of evidence, as banks have built them for decades.

A dozen or two characteristics are taken in the order of their information value, each unless it
says nearly the same as one taken before; a logistic regression weighs them. A characteristic whose
weight comes out below 0 would contradict its own bins: it is left out and the others are weighed
again.

References
----------
N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley 2017, chapters 10 and 11.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from training.estimator import Fold, Recipe
from training.model.scale import Floats
from training.sample import Labels
from training.weight_of_evidence import Binning, bin_by_evidence

MOST = 20
"""Characteristics of a scorecard."""
LEAST_INFORMATION = 0.02
"""Below this information value a characteristic is called useless by the rule of thumb."""
MOST_CORRELATION = 0.7
"""Of two characteristics' evidence, above which the weaker one is left out."""


@dataclass(frozen=True, eq=False)
class Scorecard:
    """A fitted scorecard.

    Attributes
    ----------
    names : tuple of str
        Characteristics, that of the greatest information value first.
    places : tuple of int
        Their columns.
    bins : tuple of Binning
    weights : float64 [k]
        Above 0.
    intercept : float
    """

    names: tuple[str, ...]
    places: tuple[int, ...]
    bins: tuple[Binning, ...]
    weights: Floats
    intercept: float

    def margin(self, values: Floats) -> Floats:
        """Log-odds of default of each row, float64 [n].

        Parameters
        ----------
        values : float64 [n, f]
            All columns that it was fitted on.
        """
        return _evidence(values, self.places, self.bins) @ self.weights + self.intercept


@dataclass(frozen=True, eq=False)
class FittedScorecard:
    """A scorecard and what others of its kind say of rows that they had not seen.

    Attributes
    ----------
    card : Scorecard
        Fitted on all rows.
    margins : float64 [n]
        Of each row by a card whose bins and weights are of the other folds. Which
        characteristics it has was chosen on all rows.
    """

    card: Scorecard
    margins: Floats


def fit_scorecard(
    values: Floats, target: Labels, folds: Sequence[Fold], recipe: Recipe
) -> FittedScorecard:
    """Choose characteristics, weigh them, and weigh them again without each fold.

    The same rows give the same card.

    Parameters
    ----------
    values : float64 [n, f]
    target : int8 [n]
        With both classes.
    folds : sequence of (fit rows, validation rows)
    recipe : Recipe
        Names and directions of the columns; categorical columns are not used.

    Raises
    ------
    TrainingError
        If optbinning is not installed.
    """
    chosen = choose(values, target, recipe)
    card = _weighed(values, target, recipe, chosen)
    margins = np.full(len(target), np.nan)
    for learn, validate in folds:
        again = {place: _binned(values[learn], target[learn], recipe, place) for place in chosen}
        margins[validate] = _weighed(values[learn], target[learn], recipe, again).margin(
            values[validate]
        )
    return FittedScorecard(card, margins)


def choose(values: Floats, target: Labels, recipe: Recipe) -> dict[int, Binning]:
    """Characteristics by column, that of the greatest information value first; at least one."""
    numeric = [
        place for place, name in enumerate(recipe.names) if name not in set(recipe.categorical)
    ]
    bins = {place: _binned(values, target, recipe, place) for place in numeric}
    order = sorted(numeric, key=lambda place: (-bins[place].information, place))
    taken: dict[int, Binning] = {}
    kept: list[Floats] = []
    for place in order:
        if len(taken) == MOST or (taken and bins[place].information < LEAST_INFORMATION):
            break
        said = bins[place].at(values[:, place])
        spread = said.std()
        if spread == 0.0:
            continue
        standard = (said - said.mean()) / spread
        if any(abs(float(np.mean(standard * other))) > MOST_CORRELATION for other in kept):
            continue
        kept.append(standard)
        taken[place] = bins[place]
    return taken or {order[0]: bins[order[0]]}


def _binned(values: Floats, target: Labels, recipe: Recipe, place: int) -> Binning:
    return bin_by_evidence(values[:, place], target, recipe.directions[place])


def _weighed(values: Floats, target: Labels, recipe: Recipe, bins: dict[int, Binning]) -> Scorecard:
    """Weigh characteristics, without those that come out below 0."""
    places = list(bins)
    while True:
        chosen = tuple(bins[place] for place in places)
        made = LogisticRegression(max_iter=1000, tol=1e-8)
        made.fit(_evidence(values, places, chosen), target)
        weights = np.asarray(made.coef_[0], np.float64)
        against = [place for place, weight in zip(places, weights, strict=True) if weight < 0.0]
        if not against:
            names = tuple(recipe.names[place] for place in places)
            return Scorecard(names, tuple(places), chosen, weights, float(made.intercept_[0]))
        places = [place for place in places if place not in against]


def _evidence(values: Floats, places: Sequence[int], bins: Sequence[Binning]) -> Floats:
    """Evidence of each row and characteristic, float64 [n, k]."""
    return np.column_stack(
        [binning.at(values[:, place]) for place, binning in zip(places, bins, strict=True)]
    )
