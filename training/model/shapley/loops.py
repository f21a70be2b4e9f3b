"""The kernel, compiled with numba: one row by itself, or eight side by side.

No division and no allocation inside. Additions come in an order that does not depend on how many
rows are asked for at once, so a row's bits are the same alone and in a batch. What a row decides
chooses rows of tables, not branches, which nobody could foretell.
"""

from typing import Any

import numpy as np

from features.engine.compiled import compiled
from training.model.scale import Floats
from training.model.shapley.arrays import ZERO
from training.model.shapley.tables import Tables

_SIDE_BY_SIDE = 8


def shares(tables: Tables, values: Floats, features: int) -> Floats:
    """Share of each feature in the margin of each row, float64 [n, features]."""
    found = np.zeros((len(values), features))
    forest = tables.forest
    static = (
        (forest.roots, forest.leaves, tables.above, forest.side, forest.feature, tables.before),
        (forest.threshold, forest.decision, forest.first_word, forest.last_word, forest.words),
        (forest.value, tables.ratio, tables.gone, tables.coefficient, tables.given),
    )
    whole = len(values) // _SIDE_BY_SIDE * _SIDE_BY_SIDE
    if whole:
        _side_by_side(values[:whole], found[:whole], *static, (0,) * _SIDE_BY_SIDE)
    for row in range(whole, len(values)):
        _alone(values[row], found[row], *static, (0,) * tables.points)
    return found


@compiled
def _goes_left(value: float, decision: int, threshold: float) -> bool:
    kind = (decision >> 2) & 3
    default = (decision & 2) != 0
    missing = value != value
    known = 0.0 if missing else value
    if kind == 2:
        return (value <= threshold) | (missing & default)
    if kind == 1:
        zero = abs(known) <= ZERO
        return (zero & default) | ((not zero) & (known <= threshold))
    return known <= threshold


@compiled
def _in_words(value: float, words: Any) -> Any:
    # beyond the last category, and missing, goes right
    if not (value > -1.0 and value < 32.0 * len(words)):
        return False
    category = np.int64(value)
    return ((words[category >> 5] >> np.uint32(category & 31)) & np.uint32(1)) != 0


@compiled
def _alone(
    values: Floats, found: Floats, trees: Any, splits: Any, factors: Any, points: Any
) -> None:
    """One row; the length of ``points`` is known when compiling, so its loops unroll."""
    roots, leaves = trees[0], trees[1]
    most = (roots[1:] - roots[:-1]).max()
    down = np.ones((most, len(points)))
    up = np.empty((most, len(points)))
    left = np.empty(most, np.int8)
    on = np.ones(most + 1, np.int8)
    own = np.empty(most, np.int64)
    sums = np.zeros((len(found), len(points)))
    for tree in range(len(leaves)):
        if leaves[tree] == roots[tree]:
            continue
        place = (roots[tree], leaves[tree], roots[tree + 1])
        _decide(place, values, left, trees, splits)
        _descend(place, left, (on, own, down, up), trees, factors, points)
        _reach(place, left, (on, down, up, sums), trees, factors, points)
        _return(place, (own, up, sums), trees, factors, points)
    for column in range(len(found)):
        for point in range(len(points)):
            found[column] += sums[column, point]


@compiled
def _decide(place: Any, values: Floats, left: Any, trees: Any, splits: Any) -> None:
    first, leaf, _ = place
    feature = trees[4]
    threshold, decision, first_word, last_word, words = splits
    for node in range(first, leaf):
        seen = values[feature[node]]
        if decision[node] & 1:
            left[node - first] = _in_words(seen, words[first_word[node] : last_word[node]])
        else:
            left[node - first] = _goes_left(seen, decision[node], threshold[node])


@compiled
def _descend(place: Any, left: Any, state: Any, trees: Any, factors: Any, points: Any) -> None:
    """Multiply downward to every inner node."""
    first, leaf, _ = place
    on, own, down, up = state
    _, _, above, side, _, before = trees
    _, ratio, gone, _, given = factors
    nodes = len(above)
    for point in range(len(points)):
        up[0, point] = 0.0
    for node in range(first + 1, leaf):
        k = node - first
        was = on[before[node]]
        here = was & (left[above[node]] ^ side[node])
        on[k + 1] = here
        row = node if here else (nodes + node if was else np.int64(gone[node]))
        own[k] = (node if here else nodes) if was else np.int64(given[node])
        for point in range(len(points)):
            down[k, point] = down[above[node], point] * ratio[row, point]
            up[k, point] = 0.0


@compiled
def _reach(place: Any, left: Any, state: Any, trees: Any, factors: Any, points: Any) -> None:
    """Turn at the leaves."""
    first, leaf, end = place
    on, down, up, sums = state
    _, _, above, side, feature, before = trees
    value, ratio, gone, coefficient, given = factors
    nodes = len(above)
    for node in range(leaf, end):
        was = on[before[node]]
        here = was & (left[above[node]] ^ side[node])
        row = node if here else (nodes + node if was else np.int64(gone[node]))
        mine = (node if here else nodes) if was else np.int64(given[node])
        tested = feature[first + above[node]]
        for point in range(len(points)):
            some = down[above[node], point] * ratio[row, point] * value[node]
            up[above[node], point] += some
            factor = coefficient[mine, point] - coefficient[given[node], point]
            sums[tested, point] += some * factor


@compiled
def _return(place: Any, state: Any, trees: Any, factors: Any, points: Any) -> None:
    """Sum upward from every inner node."""
    first, leaf, _ = place
    own, up, sums = state
    above, feature = trees[2], trees[4]
    coefficient, given = factors[3], factors[4]
    for node in range(leaf - 1, first, -1):
        k = node - first
        tested = feature[first + above[node]]
        for point in range(len(points)):
            up[above[node], point] += up[k, point]
            factor = coefficient[own[k], point] - coefficient[given[node], point]
            sums[tested, point] += up[k, point] * factor


@compiled
def _side_by_side(
    values: Floats, found: Floats, trees: Any, splits: Any, factors: Any, lanes: Any
) -> None:
    """As many rows at once as ``lanes`` is long, one in each lane of the processor."""
    roots, leaves, ratio = trees[0], trees[1], factors[1]
    points = ratio.shape[1]
    most = (roots[1:] - roots[:-1]).max()
    down = np.ones((most, points, len(lanes)))
    up = np.empty((most, points, len(lanes)))
    left = np.empty((most, len(lanes)), np.int64)
    on = np.ones((most + 1, len(lanes)), np.int64)
    was = np.ones((most, len(lanes)), np.int64)
    sums = np.empty((found.shape[1], points, len(lanes)))
    columns = np.empty((values.shape[1], len(lanes)))
    for begin in range(0, len(values), len(lanes)):
        sums[:] = 0.0
        columns[:] = values[begin : begin + len(lanes)].T
        for tree in range(len(leaves)):
            if leaves[tree] == roots[tree]:
                continue
            place = (roots[tree], leaves[tree], roots[tree + 1])
            _decide_all(place, columns, left, trees, splits, lanes)
            up[: leaves[tree] - roots[tree]] = 0.0
            _descend_all(place, left, (on, was, down), trees, factors, lanes)
            _reach_all(place, left, (on, was, down, up, sums), trees, factors, lanes)
            _return_all(place, (on, was, up, sums), trees, factors, lanes)
        for lane in range(len(lanes)):
            for column in range(found.shape[1]):
                for point in range(points):
                    found[begin + lane, column] += sums[column, point, lane]


@compiled
def _decide_all(
    place: Any, columns: Floats, left: Any, trees: Any, splits: Any, lanes: Any
) -> None:
    first, leaf, _ = place
    feature = trees[4]
    threshold, decision, first_word, last_word, words = splits
    for node in range(first, leaf):
        column = feature[node]
        if decision[node] & 1:
            some_words = words[first_word[node] : last_word[node]]
            for lane in range(len(lanes)):
                left[node - first, lane] = _in_words(columns[column, lane], some_words)
        else:
            limit = threshold[node]
            bits = decision[node]
            for lane in range(len(lanes)):
                left[node - first, lane] = _goes_left(columns[column, lane], bits, limit)


@compiled
def _descend_all(place: Any, left: Any, state: Any, trees: Any, factors: Any, lanes: Any) -> None:
    first, leaf, _ = place
    on, was, down = state
    _, _, above, side, _, before = trees
    _, ratio, gone, _, _ = factors
    nodes = len(above)
    for node in range(first + 1, leaf):
        k = node - first
        parent = above[node]
        for lane in range(len(lanes)):
            was[k, lane] = on[before[node], lane]
            on[k + 1, lane] = was[k, lane] & (left[parent, lane] ^ side[node])
        for point in range(ratio.shape[1]):
            yes = ratio[node, point]
            no = ratio[nodes + node, point]
            if before[node] == 0:
                for lane in range(len(lanes)):
                    factor = yes if on[k + 1, lane] else no
                    down[k, point, lane] = down[parent, point, lane] * factor
                continue
            never = ratio[gone[node], point]
            for lane in range(len(lanes)):
                factor = yes if on[k + 1, lane] else no
                factor = factor if was[k, lane] else never
                down[k, point, lane] = down[parent, point, lane] * factor


@compiled
def _reach_all(place: Any, left: Any, state: Any, trees: Any, factors: Any, lanes: Any) -> None:
    first, leaf, end = place
    on, was, down, up, sums = state
    _, _, above, side, feature, before = trees
    value, ratio, gone, coefficient, given = factors
    nodes = len(above)
    for node in range(leaf, end):
        k = node - first
        parent = above[node]
        tested = feature[first + parent]
        for lane in range(len(lanes)):
            was[k, lane] = on[before[node], lane]
            on[k + 1, lane] = was[k, lane] & (left[parent, lane] ^ side[node])
        for point in range(ratio.shape[1]):
            yes = ratio[node, point]
            no = ratio[nodes + node, point]
            taken = coefficient[given[node], point]
            gain = coefficient[node, point] - taken
            loss = coefficient[nodes, point] - taken
            never = ratio[gone[node], point]
            for lane in range(len(lanes)):
                factor = yes if on[k + 1, lane] else no
                factor = factor if was[k, lane] else never
                some = down[parent, point, lane] * factor * value[node]
                up[parent, point, lane] += some
                factor = gain if on[k + 1, lane] else loss
                sums[tested, point, lane] += some * (factor if was[k, lane] else 0.0)


@compiled
def _return_all(place: Any, state: Any, trees: Any, factors: Any, lanes: Any) -> None:
    first, leaf, _ = place
    on, was, up, sums = state
    above, feature = trees[2], trees[4]
    _, _, _, coefficient, given = factors
    nodes = len(above)
    for node in range(leaf - 1, first, -1):
        k = node - first
        parent = above[node]
        tested = feature[first + parent]
        for point in range(coefficient.shape[1]):
            taken = coefficient[given[node], point]
            gain = coefficient[node, point] - taken
            loss = coefficient[nodes, point] - taken
            for lane in range(len(lanes)):
                some = up[k, point, lane]
                up[parent, point, lane] += some
                factor = gain if on[k + 1, lane] else loss
                sums[tested, point, lane] += some * (factor if was[k, lane] else 0.0)
