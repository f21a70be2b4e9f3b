"""Displayed points: whole points that add up to the displayed score.

Rounding each contribution by itself would leave sums that miss the score by a point or two.
Here the base is rounded once, the same for everybody, and the features share what is left by
the method of the largest remainder.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Self

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
    base = (base_micro_points + MICRO // 2) // MICRO
    # |rounding of score and base| < 1 in sum, so it is the exact sum, rounded up or down.
    one = Families.one(micro_points.shape[1])
    return Points(base, _dealt(micro_points, (score - base)[:, None], one), score)


@dataclass(frozen=True, eq=False)
class Families:
    """Features by family.

    Attributes
    ----------
    order : int64 [f]
        Places of the features, those of one family together.
    number : int64 [f]
        In that order, the family of each, numbered without gaps.
    start : int64 [families]
        In that order, the place of the first of each family.
    place : int64 [f]
        In that order, the place of each within its family.
    """

    order: Integers
    number: Integers
    start: Integers
    place: Integers

    @classmethod
    def of(cls, family: Integers) -> Self:
        """Of the number of each feature's family, int64 [f], one at least."""
        _, number = np.unique(family, return_inverse=True)
        order = np.argsort(number, kind="stable")
        ordered = number[order]
        start = np.searchsorted(ordered, np.arange(ordered[-1] + 1))
        return cls(order, ordered, start, np.arange(len(family)) - start[ordered])

    @classmethod
    def one(cls, features: int) -> Self:
        """All features as one family."""
        places, none = np.arange(features), np.zeros(features, np.int64)
        return cls(places, none, none[:1], places)


def displayed_by_family(
    base_micro_points: int, micro_points: Integers, families: Families
) -> Points:
    """Whole points of features that add up within every family, too.

    The families share the score as features do in :func:`displayed`; then the features of each
    share its points. So a family of many features is less than two points from its exact value.

    Parameters
    ----------
    base_micro_points : int
    micro_points : int64 [n, f]
    families : Families

    Examples
    --------
    >>> micro = np.array([[-400_000, -400_000, -400_000, -400_000, 600_000]])
    >>> displayed(600_000_000, micro).features.tolist()
    [[0, 0, 0, -1, 0]]
    >>> families = Families.of(np.array([0, 0, 0, 0, 1]))
    >>> displayed_by_family(600_000_000, micro, families).features.tolist()
    [[0, 0, -1, -1, 1]]
    """
    return Points(*_way()(base_micro_points, micro_points, families))


_Way = Callable[[int, Integers, Families], tuple[int, Integers, Integers]]


@cache
def _way() -> _Way:
    """Compiled where numba is installed."""
    try:
        from training.model.points_loop import deal
    except ModuleNotFoundError as missing:
        if missing.name != "numba":
            raise
        return in_arrays

    def looped(base: int, micro: Integers, of: Families) -> tuple[int, Integers, Integers]:
        return deal(base, np.ascontiguousarray(micro), of.order, of.start)

    return looped


def in_arrays(
    base_micro_points: int, micro_points: Integers, families: Families
) -> tuple[int, Integers, Integers]:
    """What :func:`displayed_by_family` gives, by numpy alone."""
    together = micro_points[:, families.order]
    shared = displayed(base_micro_points, np.add.reduceat(together, families.start, axis=1))
    features = np.empty_like(micro_points)
    features[:, families.order] = _dealt(together, shared.features, families)
    return shared.base, features, shared.score


def by_family(micro_points: Integers, family: Integers) -> Integers:
    """Sums over the features of each family, int64 [n, families]; features as for the above."""
    members = family[:, None] == np.arange(int(family.max(initial=-1)) + 1)
    return np.asarray(micro_points @ members.astype(np.int64), dtype=np.int64)


def _dealt(micro: Integers, total: Integers, families: Families) -> Integers:
    """Whole points that add up to the total of their family: the exact sum, rounded up or down."""
    whole = micro // MICRO
    # 0 <= left <= number of parts with a remainder; the greatest remainders take it.
    left = total - np.add.reduceat(whole, families.start, axis=1)
    lack = whole * MICRO - micro
    order = np.argsort(families.number * MICRO + lack, axis=1, kind="stable")
    takes = families.place < left[:, families.number]
    whole[np.arange(len(micro))[:, None], order] += takes
    return whole
