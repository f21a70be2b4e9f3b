"""Evaluate features along a spine: the one place where a feature becomes a number.

Everything up to the last step is int64. A float appears only where two whole numbers are
divided, so the same enterprise and the same as-of give the same bits in a batch, in the
service and on a cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.catalogue import CATALOGUE
from features.facts import Facts
from features.feature import Feature
from features.sweep import Spine, Sweep


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
    sweep = Sweep(facts, spine)
    matrix = np.full((len(spine), len(features)), np.nan)
    for place, feature in enumerate(features):
        values = sweep.value(feature.recipe)
        matrix[sweep.order, place] = np.where(values.known, values.numbers, np.nan)
    return FeatureMatrix(tuple(f.name for f in features), spine, matrix)
