"""The kernel in numpy, for where numba is not installed: level by level, all trees at once.

The same additions and multiplications in the same order as in
:mod:`training.model.shapley.loops`, so the same bits.
"""

import numpy as np
import numpy.typing as npt

from training.model.scale import Floats, Integers
from training.model.shapley.forest import NONE, Bytes, Forest
from training.model.shapley.tables import Tables

Flags = npt.NDArray[np.bool_]

ZERO = float(np.float32(1e-35))
"""Up to here LightGBM takes a number for zero."""
_ROWS = 64
"""Rows at a time, so that memory stays bounded."""


def shares(tables: Tables, values: Floats, features: int) -> Floats:
    """Share of each feature in the margin of each row, float64 [n, features]."""
    levels = _levels(tables.forest)
    blocks = [
        _block(tables, values[first : first + _ROWS], features, levels)
        for first in range(0, len(values), _ROWS)
    ]
    return np.concatenate(blocks) if blocks else np.empty((0, features))


def _block(tables: Tables, values: Floats, features: int, levels: list[Integers]) -> Floats:
    forest, points = tables.forest, tables.points
    nodes = len(forest.parent)
    was, on = _standing(tables, _lefts(forest, values), levels)
    edges = np.arange(nodes)[:, None]
    row = np.where(on, edges, np.where(was, nodes + edges, tables.gone[:, None]))
    down = np.ones((nodes, len(values), points))
    for level in levels[1:]:
        down[level] = down[forest.parent[level]] * tables.ratio[row[level]]
    leaves = forest.feature == NONE
    up = np.where(leaves[:, None, None], down * forest.value[:, None, None], 0.0)
    for level in reversed(levels[1:]):
        for turn in (0, 1):
            some = level[forest.side[level] == turn]
            up[forest.parent[some]] += up[some]
    given = tables.coefficient[tables.given][:, None]
    own = np.where(was, np.where(on, edges, nodes), tables.given[:, None])
    added = up * (tables.coefficient[own] - given)
    order = _order(forest)
    column = forest.feature[forest.parent[order]].astype(np.int64)
    places = (column[:, None] * points + np.arange(points)).ravel()
    found = np.zeros((len(values), features))
    for one in range(len(values)):
        sums = np.bincount(places, added[order, one].ravel(), features * points)
        for some in sums.reshape(features, points).T:
            found[one] += some
    return found


def _levels(forest: Forest) -> list[Integers]:
    """Nodes by depth."""
    levels = [forest.roots[:-1]]
    while len(levels[-1]):
        levels.append(np.flatnonzero(np.isin(forest.parent, levels[-1])))
    return levels[:-1]


def _order(forest: Forest) -> Integers:
    """Edges in the order in which the loops add: tree by tree, leaves, then inner ones upward."""
    trees = zip(forest.roots[:-1], forest.leaves, forest.roots[1:], strict=True)
    order = [
        np.concatenate([np.arange(leaf, end), np.arange(leaf - 1, first, -1)])
        for first, leaf, end in trees
        if leaf > first
    ]
    return np.concatenate(order) if order else np.empty(0, np.int64)


def _lefts(forest: Forest, values: Floats) -> Bytes:
    """Whether each row goes left at each node, int8 [nodes, rows]; leaves say nothing."""
    left = np.zeros((len(forest.parent), len(values)), np.int8)
    for node in np.flatnonzero(forest.feature != NONE):
        column = values[:, forest.feature[node]]
        decision = int(forest.decision[node])
        missing = np.isnan(column)
        if decision & 1:
            left[node] = _in_words(forest, int(node), column)
            continue
        kind = decision >> 2 & 3
        known = column if kind == 2 else np.where(missing, 0.0, column)
        absent = missing if kind == 2 else (np.abs(known) <= ZERO) & (kind == 1)
        left[node] = np.where(absent, bool(decision & 2), known <= forest.threshold[node])
    return left


def _in_words(forest: Forest, node: int, column: Floats) -> Bytes:
    first, last = int(forest.first_word[node]), int(forest.last_word[node])
    # beyond the last category, and missing, goes right
    within = (column > -1.0) & (column < 32.0 * (last - first))
    category = np.where(within, column, 0.0).astype(np.int64)
    bits = forest.words[first + (category >> 5)] >> (category & 31).astype(np.uint32)
    goes_left: Bytes = (within & ((bits & 1) == 1)).astype(np.int8)
    return goes_left


def _standing(tables: Tables, left: Bytes, levels: list[Integers]) -> tuple[Flags, Flags]:
    """Whether rows were on the feature's way above an edge, and are below; bool [nodes, rows]."""
    forest = tables.forest
    first = np.repeat(forest.roots[:-1], np.diff(forest.roots))
    earlier = first + tables.before - 1
    on = np.ones(left.shape, np.bool_)
    was = np.ones(left.shape, np.bool_)
    for level in levels[1:]:
        was[level] = np.where((tables.before[level] == 0)[:, None], True, on[earlier[level]])
        turned = left[forest.parent[level]] != forest.side[level][:, None]
        on[level] = was[level] & turned
    return was, on
