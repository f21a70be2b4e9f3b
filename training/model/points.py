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
    # |rounding of score and base| < 1 in sum, so it is the exact sum, rounded up or down.
    return Points(base, _dealt(micro_points, score - base), score)


def displayed_by_family(base_micro_points: int, micro_points: Integers, family: Integers) -> Points:
    """Whole points of features that add up within every family, too.

    The families share the score as features do in :func:`displayed`; then the features of each
    share its points. So a family of many features is less than two points from its exact value.

    Parameters
    ----------
    base_micro_points : int
    micro_points : int64 [n, f]
    family : int64 [f]
        Number of each feature's family, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> micro = np.array([[-400_000, -400_000, -400_000, -400_000, 600_000]])
    >>> displayed(600_000_000, micro).features.tolist()
    [[0, 0, 0, -1, 0]]
    >>> displayed_by_family(600_000_000, micro, np.array([0, 0, 0, 0, 1])).features.tolist()
    [[0, 0, -1, -1, 1]]
    """
    if len(micro_points) == 1:
        return _of_one(base_micro_points, micro_points[0].tolist(), family.tolist())
    sums = by_family(micro_points, family)
    shared = displayed(base_micro_points, sums)
    features = np.empty_like(micro_points)
    for number in range(sums.shape[1]):
        own = family == number
        features[:, own] = _dealt(micro_points[:, own], shared.features[:, number])
    return Points(shared.base, features, shared.score)


def _of_one(base_micro_points: int, micro_points: list[int], family: list[int]) -> Points:
    """The same for one row: arrays of a few numbers each would take three times as long."""
    places: list[list[int]] = [[] for _ in range(max(family, default=-1) + 1)]
    for place, number in enumerate(family):
        places[number].append(place)
    sums = [sum(micro_points[place] for place in own) for own in places]
    score = _rounded_one(base_micro_points + sum(sums))
    base = _rounded_one(base_micro_points)
    features = [0] * len(micro_points)
    for own, total in zip(places, _dealt_one(sums, score - base), strict=True):
        shares = _dealt_one([micro_points[place] for place in own], total)
        for place, share in zip(own, shares, strict=True):
            features[place] = share
    return Points(base, np.array([features], np.int64), np.array([score], np.int64))


def _rounded_one(micro: int) -> int:
    return (micro + MICRO // 2) // MICRO


def _dealt_one(micro: list[int], total: int) -> list[int]:
    whole = [part // MICRO for part in micro]
    left = total - sum(whole)
    if left:
        remainder = [part % MICRO for part in micro]
        for place in sorted(range(len(micro)), key=lambda one: -remainder[one])[:left]:
            whole[place] += 1
    return whole


def by_family(micro_points: Integers, family: Integers) -> Integers:
    """Sums over the features of each family, int64 [n, families]; features as for the above."""
    members = family[:, None] == np.arange(int(family.max(initial=-1)) + 1)
    return np.asarray(micro_points @ members.astype(np.int64), dtype=np.int64)


def _dealt(micro: Integers, total: Integers) -> Integers:
    """Whole points that add up to a total: the exact sum, rounded up or down."""
    whole = micro // MICRO
    remainder = micro - whole * MICRO
    # 0 <= left <= number of parts with a remainder.
    left = total - whole.sum(axis=1)
    place = np.empty_like(whole)
    order = np.argsort(-remainder, axis=1, kind="stable")
    np.put_along_axis(place, order, np.arange(whole.shape[1])[None, :], axis=1)
    return np.asarray(whole + (place < left[:, None]), dtype=np.int64)
