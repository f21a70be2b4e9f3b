"""Displayed points: whole points that add up to the displayed score.

Rounding each contribution by itself would leave sums that miss the score by a point or two.
Here the base is rounded once, the same for everybody, and the features share what is left by
the method of the largest remainder.
"""

from dataclasses import dataclass

import numpy as np

from training.model.scale import MICRO, Integers


@dataclass(frozen=True)
class Points:
    """Whole points of one or more scores.

    Attributes
    ----------
    base : int
        Points from which everybody starts.
    features : int64 [n, f]
        Points of each feature, each less than two points from its exact value.
    score : int64 [n]
        ``base + features.sum(axis=1)``, exactly.
    """

    base: int
    features: Integers
    score: Integers


def rounded(micro: Integers) -> Integers:
    """Micro-points as whole points, half up."""
    return np.asarray((micro + MICRO // 2) // MICRO, dtype=np.int64)


def displayed(base_micro_points: int, micro_points: Integers) -> Points:
    """Whole points that add up to the rounded score.

    A feature whose contribution is a whole number of points, zero among them, keeps it: only
    remainders are shared out, ties in the order of the features.

    Parameters
    ----------
    base_micro_points : int
    micro_points : int64 [n, f]

    Examples
    --------
    >>> import numpy as np
    >>> points = displayed(600_400_000, np.array([[400_000, -1_700_000, 0]]))
    >>> points.base, points.features.tolist(), points.score.tolist()
    (600, [[1, -2, 0]], [599])
    """
    score = rounded(base_micro_points + micro_points.sum(axis=1))
    base = int(rounded(np.array([base_micro_points]))[0])
    whole = micro_points // MICRO
    remainder = micro_points - whole * MICRO
    # 0 <= left <= number of features with a remainder: |rounding of score and base| < 1 in sum.
    left = score - base - whole.sum(axis=1)
    place = np.empty_like(whole)
    order = np.argsort(-remainder, axis=1, kind="stable")
    np.put_along_axis(place, order, np.arange(whole.shape[1])[None, :], axis=1)
    return Points(base, whole + (place < left[:, None]), score)
