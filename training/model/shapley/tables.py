"""Tables: what an edge does to the integral, for each way a row may stand to it.

For one leaf the game is a product, v(S) = prod_S o_i * prod_not_S z_i: with feature i known the
row either goes the leaf's way or not (o_i, 1 or 0), without it the share z_i of the training rows
does. Its Shapley values are

    phi_j = (o_j - z_j) * integral over t in [0, 1] of prod_{i != j} f_i,
    f_i = z_i + t (o_i - z_i),

a polynomial of degree below the number of distinct features on the path, so a Gauss-Legendre rule
of half as many points is exact. At each point, going down an edge multiplies the product of all
f_i by that of its feature; coming up, the sum of all leaves below, times w (o - z) / f, is its
feature's share. Where a feature comes again on a path, its later edge takes the earlier one's
place: its ratio divides the earlier f out, its coefficient subtracts the earlier one's. Of all
this the row decides only o, so what is left is static:

==================== =============== ==================================
the row              f               w (o - z) / f
==================== =============== ==================================
on the feature's way z (1 - t) + t   w (1 - z) / f
off it               z (1 - t)       -w / (1 - t), the same for all z
==================== =============== ==================================

References
----------
S. Lundberg et al., *From local explanations to global understanding with explainable AI for
trees*, Nature Machine Intelligence 2 (2020): the game. The integral is the multilinear
extension of G. Owen, *Multilinear Extensions of Games*, Management Science 18 (1972).
"""

import math
from dataclasses import dataclass

import numpy as np

from training.model.errors import ModelError
from training.model.scale import Floats
from training.model.shapley.forest import NONE, Forest, Places, join
from training.model.shapley.quadrature import gauss_legendre

_FEWEST = 4
"""Points at least: so many doubles are added at once anyway."""


@dataclass(frozen=True, eq=False)
class Tables:
    """Trees that need equally many points, and static factors of their edges.

    An edge is named by the node it leads to. A row that was on the feature's way above the edge
    is on it or off it below; one that was off it stays so.

    Attributes
    ----------
    forest : Forest
    above : int32 [nodes]
        Parent of a node within its tree.
    before : int32 [nodes]
        One more than the earlier edge with the same feature, within its tree; 0 if there is none.
    ratio : float64 [rows, points]
        Row k for who is on the way at edge k, row ``nodes + k`` for who leaves it there.
    gone : int32 [nodes]
        Row of ``ratio`` for who had left before.
    coefficient : float64 [nodes + 2, points]
        Row k for who is on the way at edge k; the last but one for who is off, the last nought.
    given : int32 [nodes]
        Row of ``coefficient`` that stands for the earlier edge.
    """

    forest: Forest
    above: Places
    before: Places
    ratio: Floats
    gone: Places
    coefficient: Floats
    given: Places

    @property
    def points(self) -> int:
        """Points of the quadrature."""
        return int(self.ratio.shape[1])


def tables_of(trees: list[Forest]) -> tuple[Tables, ...]:
    """Tables of a model's trees, those that need few points first.

    Raises
    ------
    ModelError
        If no training row went some way: its share would be nought over nought.
    """
    if any((tree.count <= 0).any() for tree in trees):
        raise ModelError(
            "a node of the model has no training rows; train it with min_data_in_leaf above 0"
        )
    paths = [_paths(tree) for tree in trees]
    needed = np.array([max(_FEWEST, -(-one.distinct // 2)) for one in paths])
    return tuple(
        _tables([(trees[k], paths[k]) for k in np.flatnonzero(needed == points)], int(points))
        for points in np.unique(needed)
    )


def expected(trees: list[Forest]) -> float:
    """Average margin over the training rows."""
    means = [float((tree.count * tree.value).sum() / tree.count[0]) for tree in trees]
    return math.fsum(means)


@dataclass(frozen=True, eq=False)
class _Paths:
    """What leads to the nodes of one tree.

    Attributes
    ----------
    earlier : int32 [nodes]
        Edge above with the same feature, or -1.
    share : float64 [nodes]
        Share of the training rows that go the feature's way, taken over all its edges above.
    distinct : int
        Features on the path that has most of them.
    """

    earlier: Places
    share: Floats
    distinct: int


def _paths(tree: Forest) -> _Paths:
    earlier = np.full(len(tree.parent), NONE, np.int32)
    share = np.ones(len(tree.parent))
    met: list[dict[int, int]] = [{}]
    for node, above in enumerate(tree.parent[1:].tolist(), start=1):
        feature = int(tree.feature[above])
        before = met[above].get(feature, NONE)
        known = 1.0 if before == NONE else share[before]
        earlier[node] = before
        share[node] = known * (tree.count[node] / tree.count[above])
        met.append({**met[above], feature: node})
    return _Paths(earlier, share, max(map(len, met)))


def _tables(chosen: list[tuple[Forest, _Paths]], points: int) -> Tables:
    forest = join([tree for tree, _ in chosen])
    nodes = len(forest.parent)
    first = np.repeat(forest.roots[:-1], np.diff(forest.roots)).astype(np.int32)
    within = np.concatenate([path.earlier for _, path in chosen])
    again = within != NONE
    earlier = np.where(again, within + first, NONE)
    share = np.concatenate([path.share for _, path in chosen])
    known = np.where(again, share[earlier], 1.0)
    at, weight = gauss_legendre(points)
    way = share[:, None] * (1.0 - at) + at
    before = np.where(again[:, None], way[earlier], 1.0)
    left_before = (share / known)[again, None] * np.ones(points)
    gone = np.zeros(nodes, np.int32)
    gone[again] = 2 * nodes + np.arange(int(again.sum()))
    off = -weight / (1.0 - at)
    return Tables(
        forest=forest,
        above=np.where(forest.parent == NONE, NONE, forest.parent - first).astype(np.int32),
        before=within + 1,
        ratio=np.concatenate([way / before, share[:, None] * (1.0 - at) / before, left_before]),
        gone=gone,
        coefficient=np.concatenate([weight * (1.0 - share[:, None]) / way, [off], 0.0 * off[None]]),
        given=np.where(again, earlier, nodes + 1).astype(np.int32),
    )
