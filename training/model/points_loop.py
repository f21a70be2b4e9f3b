"""The loop that deals points out by family, compiled with numba.

:func:`training.model.points.displayed_by_family` says what it does. Called for one row, numpy's
forty small steps take ten times as long.
"""

from typing import Any

import numpy as np

from features.engine.compiled import compiled
from training.model.scale import MICRO, Integers


@compiled
def deal(
    base_micro_points: int, micro_points: Integers, order: Integers, start: Integers
) -> tuple[int, Integers, Integers]:
    """Base, points of features and scores.

    Parameters
    ----------
    base_micro_points : int
    micro_points : int64 [n, f]
    order, start : Integers
        As of :class:`training.model.points.Families`.
    """
    features, score = np.empty_like(micro_points), np.empty(len(micro_points), np.int64)
    exact, whole = np.empty(len(order), np.int64), np.empty(len(order), np.int64)
    sums, shared = np.empty(len(start), np.int64), np.empty(len(start), np.int64)
    base = _rounded(base_micro_points)
    for row in range(len(micro_points)):
        for place in range(len(order)):
            exact[place] = micro_points[row, order[place]]
        for family in range(len(start)):
            sums[family] = exact[start[family] : _end(family, start, order)].sum()
        score[row] = _rounded(base_micro_points + sums.sum())
        _share(sums, score[row] - base, shared)
        for family in range(len(start)):
            first, end = start[family], _end(family, start, order)
            _share(exact[first:end], shared[family], whole[first:end])
        for place in range(len(order)):
            features[row, order[place]] = whole[place]
    return base, features, score


@compiled
def _end(family: int, start: Integers, order: Integers) -> Any:
    return start[family + 1] if family + 1 < len(start) else len(order)


@compiled
def _rounded(micro: int) -> Any:
    return (micro + MICRO // 2) // MICRO


@compiled
def _share(exact: Integers, total: int, whole: Integers) -> None:
    """Round down, then up where most is lacking until the total is reached; the first of equals."""
    left = total
    for place in range(len(exact)):
        whole[place] = exact[place] // MICRO
        left -= whole[place]
    for _ in range(left):
        most, chosen = 0, 0
        for place in range(len(exact)):
            # Of one that was rounded up already this is below 0.
            lost = exact[place] - whole[place] * MICRO
            if lost > most:
                most, chosen = lost, place
        whole[chosen] += 1
