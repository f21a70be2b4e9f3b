"""The stability of reasons: whether a training on other enterprises would give the same ones.

The model is refitted, by the same recipe and with as many trees, on bootstraps of the enterprises
that it learnt from. Each refit tells the points of every family of features in the same
out-of-time rows. Single features swap with their twins from refit to refit; families much less.

References
----------
M. Kendall and B. Babington Smith, *The problem of m rankings*, Annals of Mathematical Statistics
10 (1939); with ties as in S. Siegel and N. Castellan, *Nonparametric statistics for the behavioral
sciences*, 2nd ed., 1988, section 9.9.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from training.errors import TrainingError
from training.estimator import Recipe, fit_rounds
from training.model.points import by_family
from training.model.scale import Floats, Integers, Scale
from training.model.shapley.explainer import Explainer
from training.resampling import resampled
from training.sample import Labels, Names

TOP = 4
"""Families that an answer names at most."""
STABLE = 0.8
"""A family is stable from this agreement on."""
MOST_ROWS = 2_000

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Learner:
    """What a model was fitted on, and how.

    Attributes
    ----------
    values : float64 [n, f]
    target : int8 [n]
    enterprise : str [n]
    recipe : Recipe
    rounds : int
        Trees.
    weight : float64 [n] or None
        How much each row counts; None: all alike.
    """

    values: Floats
    target: Labels
    enterprise: Names
    recipe: Recipe
    rounds: int
    weight: Floats | None = None

    def refit(self, rows: Integers) -> lgb.Booster:
        """Fit on some rows; one that is drawn twice counts twice.

        Raises
        ------
        TrainingError
            If they are of one class.
        """
        target = self.target[rows]
        if not 0 < int(target.sum()) < len(target):
            raise TrainingError(
                f"a bootstrap of enterprises drew {int(target.sum())} defaults in {len(target)} "
                "rows, expected some of both; train on more enterprises, or set stability.refits "
                "to 0"
            )
        weight = None if self.weight is None else self.weight[rows]
        return fit_rounds(self.values[rows], target, self.recipe, self.rounds, weight)


@dataclass(frozen=True, eq=False)
class ReasonStability:
    """How far refits repeat the reasons.

    Attributes
    ----------
    refits, rows : int
    kendalls_w : float
        Median over the rows of Kendall's W over the refits' rankings of all families.
    top_overlap : float
        Mean share of the top four families that two refits have in common.
    agreement : dict of str to float or None
        Of each family: in how many of the refits it is again among the top four, where it is for
        the model itself; None where it never is.
    """

    refits: int
    rows: int
    kendalls_w: float
    top_overlap: float
    agreement: dict[str, float | None]

    def as_data(self) -> dict[str, Any]:
        """As plain data, NaN as None."""
        w = self.kendalls_w
        return {
            "refits": self.refits,
            "rows": self.rows,
            "kendalls_w": None if math.isnan(w) else w,
            "top_overlap": self.top_overlap,
            "agreement": self.agreement,
            "stable_from": STABLE,
        }


def reason_stability(
    champion: lgb.Booster,
    learner: Learner,
    tested: Floats,
    families: tuple[str, ...],
    refits: int,
    tell: Callable[[str], None],
) -> ReasonStability:
    """Refit on bootstraps of enterprises and compare the families' points.

    Parameters
    ----------
    champion : lightgbm.Booster
    learner : Learner
        What the champion was fitted on, and how.
    tested : float64 [n, f]
        Out-of-time rows; at most 2,000, evenly spread, are looked at.
    families : tuple of str
        Family of each column.
    refits : int
        At least two.
    tell : callable
        Is told of each refit as it begins.

    Raises
    ------
    TrainingError
        If a bootstrap leaves one class.
    """
    names, family = np.unique(np.array(families), return_inverse=True)
    rows = tested[_spread(len(tested))]
    found = np.empty((refits, len(rows), len(names)), np.int64)
    for number, times in enumerate(resampled(learner.enterprise, refits, learner.recipe.seed)):
        tell(f"refit for the stability of reasons, {number + 1} of {refits}")
        drawn = np.repeat(np.arange(len(times)), times.astype(np.int64))
        found[number] = family_points(learner.refit(drawn), rows, family)
    own = costliest(family_points(champion, rows, family))
    again = costliest(found)
    return ReasonStability(
        refits=refits,
        rows=len(rows),
        kendalls_w=_median(kendalls_w(found)),
        top_overlap=overlap(again),
        agreement=dict(zip(names.tolist(), _agreement(own, again), strict=True)),
    )


def family_points(booster: lgb.Booster, values: Floats, family: Integers) -> Integers:
    """Micro-points of each family in each row, before calibration: int64 [n, families]."""
    text = booster.model_to_string(num_iteration=-1)
    shares = Explainer.of(text, values.shape[1]).shares(values)
    return by_family(Scale().parts(shares), family)


def kendalls_w(points: Integers) -> Floats:
    """Concordance of rankings: 1 where all judges rank alike, near 0 where by chance.

    W = 12 S / (m^2 (k^3 - k) - m T), where S is the sum of squared deviations of the objects'
    rank sums from their mean and T the sum, over all ties, of t^3 - t. Ties share their mean rank.

    Parameters
    ----------
    points : int64 [m, n, k]
        Of m judges in n cases on k objects.

    Returns
    -------
    float64 [n]
        NaN where every judge ties all objects.

    Examples
    --------
    >>> import numpy as np
    >>> kendalls_w(np.array([[[1, 2, 3]], [[1, 2, 3]], [[1, 3, 2]]])).round(4).tolist()
    [0.7778]
    """
    judges, _, objects = points.shape
    ranks = rankdata(points, axis=2)
    sums = ranks.sum(axis=0)
    squares = ((sums - sums.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    # A tie of t lowers the sum of a ranking's squares by (t^3 - t) / 12.
    untied = objects * (objects + 1) * (2 * objects + 1) / 6
    ties = (12.0 * (untied - (ranks**2).sum(axis=2))).sum(axis=0)
    largest = judges**2 * (objects**3 - objects) - judges * ties
    found = np.full(len(sums), np.nan)
    np.divide(12.0 * squares, largest, out=found, where=largest > 0)
    return found


def costliest(points: Integers) -> Flags:
    """Which families are among the top four, those that cost most points; ties by their order."""
    order = np.argsort(points, axis=-1, kind="stable")
    top = np.zeros(points.shape, np.bool_)
    np.put_along_axis(top, order[..., :TOP], True, axis=-1)
    return top


def overlap(top: Flags) -> float:
    """Mean share of the top families that two judges have in common.

    Parameters
    ----------
    top : bool [m, n, k]
        As many true ones in each of the m x n rankings.
    """
    judges, _, objects = top.shape
    named = top.sum(axis=0)
    pairs = judges * (judges - 1) / 2 * min(TOP, objects)
    return float((named * (named - 1) / 2).sum(axis=1).mean() / pairs)


def _agreement(own: Flags, again: Flags) -> Iterable[float | None]:
    shared = (again & own).mean(axis=0).sum(axis=0)
    cases = own.sum(axis=0)
    return [float(a / n) if n else None for a, n in zip(shared, cases.tolist(), strict=True)]


def _spread(rows: int) -> Integers:
    return np.unique(np.linspace(0, rows - 1, min(rows, MOST_ROWS)).round().astype(np.int64))


def _median(found: Floats) -> float:
    known = found[~np.isnan(found)]
    return float(np.median(known)) if len(known) else math.nan
