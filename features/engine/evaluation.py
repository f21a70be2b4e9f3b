"""Evaluate features along a spine: the one place where a feature becomes a number.

Everything up to the last step is int64. A float appears only where two whole numbers are
divided, so the same enterprise and the same as-of give the same bits in a batch, in the
service and on a cluster.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.catalogue import CATALOGUE
from features.engine.plan import stacked, values_of
from features.engine.silence import nothing_known
from features.engine.sweep import Spine, Sweep
from features.facts import Facts
from features.feature import Feature
from features.point import evaluation as point
from features.recipe import Recipe


@dataclass(frozen=True)
class FeatureMatrix:
    """Features at the points of a spine.

    Attributes
    ----------
    names : tuple of str
    spine : Spine
        In the order in which it was given.
    values : float64 array
        Shape (points, features); NaN is missing.
    """

    names: tuple[str, ...]
    spine: Spine
    values: npt.NDArray[np.float64]


def evaluate(
    facts: Facts, spine: Spine, features: Sequence[Feature] = CATALOGUE.features
) -> FeatureMatrix:
    """Evaluate features at every point of a spine.

    Raises
    ------
    Overflow
        If a sum could leave int64.
    """
    recipes = tuple([feature.recipe for feature in features])
    names = tuple([feature.name for feature in features])
    if len(spine) == 1:
        alone = point.values_at(facts, int(spine.enterprise[0]), int(spine.as_of[0]), recipes)
        if alone is not None:
            return FeatureMatrix(names, spine, alone[None])
    return FeatureMatrix(names, spine, swept(facts, spine, recipes))


def swept(facts: Facts, spine: Spine, recipes: tuple[Recipe, ...]) -> npt.NDArray[np.float64]:
    """What recipes give at every point of a spine, by the sweep.

    Returns
    -------
    float64 array
        Shape (points, recipes); NaN where they give nothing.

    Raises
    ------
    Overflow
        If a sum could leave int64.
    """
    sweep = Sweep(facts, spine)
    matrix = np.empty((len(spine), len(recipes)))
    if recipes:
        numbers, known = stacked(values_of(sweep, recipes))
        matrix[sweep.order] = np.where(known, numbers, np.nan).T
    return matrix


def settle() -> None:
    """Warm up, and let what stands for good be: the garbage collector need not look at it again.

    For a process that answers requests. A full collection would walk every module and recipe, in
    the middle of some request.
    """
    warm_up()
    gc.collect()
    gc.freeze()


def warm_up() -> None:
    """Evaluate the catalogue for nobody, so that no later call waits for its loops to compile."""
    for points in (1, 2):  # of one point, what silent tables decide is not reckoned
        evaluate(nothing_known(), Spine(np.full(points, 1), np.full(points, 0)))
    point.warm_up(tuple([feature.recipe for feature in CATALOGUE.features]))
