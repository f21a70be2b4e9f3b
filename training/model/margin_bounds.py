"""Bounds of a margin: the least and the greatest that trees can give where values are not known.

Each tree is asked by itself which of its leaves can be reached; its least and greatest are those of
these leaves, and a forest's are their sums. So no values of the kind given lead beyond the bounds.
Values that reach both of two trees' extremes at once need not exist: with many free features the
bounds are wider than what can come true; where every value is known they are the margin.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from training.model.scale import Floats
from training.model.shapley.explainer import Explainer
from training.model.shapley.forest import NONE, Forest

Flags = npt.NDArray[np.bool_]

_ZERO = float(np.float32(1e-35))
"""Up to here LightGBM takes a number for zero."""
_AS_NAN, _AS_ZERO = 2, 1


@dataclass(frozen=True, eq=False)
class Box:
    """What is known of a row: of each feature, between what it lies.

    Attributes
    ----------
    low, high : float64 [features]
        ``low`` above ``high`` where there is no number.
    missing : bool [features]
        Whether there may be no value.
    """

    low: Floats
    high: Floats
    missing: Flags

    @classmethod
    def of(cls, row: Floats) -> Self:
        """Of a row that is known; NaN is missing."""
        missing = np.isnan(row)
        return cls(np.where(missing, np.inf, row), np.where(missing, -np.inf, row), missing)


def margin_bounds(explainer: Explainer, box: Box) -> tuple[float, float]:
    """The least and the greatest margin within a box.

    Parameters
    ----------
    explainer : Explainer
        Of the model.
    box : Box
        Categorical features are taken to be free, whatever is known of them.
    """
    least: list[float] = []
    greatest: list[float] = []
    for tables in explainer.tables:
        forest = tables.forest
        reached = _reached(forest, box) & (forest.feature == NONE)
        first = forest.roots[:-1]
        low = np.where(reached, forest.value, np.inf)
        high = np.where(reached, forest.value, -np.inf)
        least += np.minimum.reduceat(low, first).tolist()
        greatest += np.maximum.reduceat(high, first).tolist()
    return math.fsum(least), math.fsum(greatest)


def _reached(forest: Forest, box: Box) -> Flags:
    """Nodes that a row in the box can come by."""
    ways = np.stack(_ways(forest, box))
    root = forest.parent == NONE
    above = np.where(root, np.arange(len(root)), forest.parent)
    edge: Flags = root | ways[forest.side, above]
    reached = edge
    while True:
        further: Flags = edge & (reached[above] | root)
        if (further == reached).all():
            return further
        reached = further


def _ways(forest: Forest, box: Box) -> tuple[Flags, Flags]:
    """Whether a row in the box can go left at each node, and right; of leaves nothing is meant."""
    column = np.maximum(forest.feature, 0)
    low, high, missing = box.low[column], box.high[column], box.missing[column]
    decision = forest.decision.astype(np.int64)
    kind, default_left = decision >> 2 & 3, (decision & 2) != 0
    is_nan, is_zero = kind == _AS_NAN, kind == _AS_ZERO
    # Where missing is no kind of its own, it stands for zero.
    low = np.where(missing & ~is_nan, np.minimum(low, 0.0), low)
    high = np.where(missing & ~is_nan, np.maximum(high, 0.0), high)
    absent = (is_nan & missing) | (is_zero & (low <= _ZERO) & (high >= -_ZERO))
    number = (low <= high) & ~(is_zero & (low >= -_ZERO) & (high <= _ZERO))
    left = (number & (low <= forest.threshold)) | (absent & default_left)
    right = (number & (high > forest.threshold)) | (absent & ~default_left)
    categorical = (decision & 1) == 1
    return left | categorical, right | categorical
