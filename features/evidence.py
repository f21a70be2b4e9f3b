"""The messages behind a number: for any feature, enterprise and as-of, which it rests on."""

from functools import lru_cache

import numpy as np

from features.facts import Facts, conditions, standing, stream_of
from features.feature import Feature
from features.nodes.standing import MonthsKnown
from features.recipe import Leaf, Recipe, leaves
from supervision.arrays import MISSING, NEVER, Integers


def evidence(
    facts: Facts, feature: Feature, enterprise: int, as_of: int, most: int = 5
) -> tuple[int, ...]:
    """Positions of the messages that a feature's value rests on.

    Of each group of messages that the recipe reads, the newest come first, and where the
    recipe adds up a column the largest too; groups take turns, so that a numerator and a
    denominator are both shown. Only the enterprise's own messages are named, never those of
    third parties.

    Parameters
    ----------
    facts : Facts
    feature : Feature
    enterprise : int
        Number of its name.
    as_of : int
        UTC microseconds.
    most : int
        Greatest number of positions returned.

    Returns
    -------
    tuple of int
        Empty where nothing stands behind the value (a count of 0).
    """
    if isinstance(feature.recipe, MonthsKnown):
        return _earliest(facts, enterprise, as_of)
    groups = [_standing(facts, leaf, enterprise, as_of, most) for leaf in _leaves(feature.recipe)]
    chosen: dict[int, None] = {}
    for turn in range(most):
        for group in groups:
            if turn < len(group) and len(chosen) < most:
                chosen.setdefault(int(group[turn]), None)
    return tuple(chosen)


@lru_cache(maxsize=1024)
def _leaves(recipe: Recipe) -> tuple[Leaf, ...]:
    return tuple(dict.fromkeys(leaves(recipe)))


def _standing(facts: Facts, leaf: Leaf, enterprise: int, as_of: int, most: int) -> list[int]:
    """Positions of a leaf's messages that stand as of T, newest and largest by turns."""
    table = facts.tables[leaf.rows.table]
    stands = standing(table, enterprise, as_of, leaf.days)
    if leaf.rows.until is not None:
        until = table[leaf.rows.until]
        stands &= np.where(until == MISSING, NEVER, until) > as_of
    stands &= conditions(table, stream_of(leaf.rows.table), leaf.rows.where)
    index = np.flatnonzero(stands)
    positions = table["position"][index]
    newest = _ordered(table["occurred_at"][index], positions, most)
    amounts = table.get(leaf.column) if leaf.column is not None else None
    if amounts is None:
        return newest
    largest = _ordered(amounts[index], positions, most)
    turns = [place for pair in zip(newest, largest, strict=True) for place in pair]
    return list(dict.fromkeys(turns))


def _ordered(by: Integers, positions: Integers, most: int) -> list[int]:
    """Those of the greatest, the latest of equals first."""
    in_order: list[int] = positions[np.lexsort((positions, by))[: -most - 1 : -1]].tolist()
    return in_order


def _earliest(facts: Facts, enterprise: int, as_of: int) -> tuple[int, ...]:
    """Position of the first message by which the enterprise became known."""
    known, positions = [], []
    for name, table in facts.tables.items():
        if stream_of(name) == name:
            own = (table["enterprise_id"] == enterprise) & (table["known_at"] <= as_of)
            known.append(table["known_at"][own])
            positions.append(table["position"][own])
    order = np.lexsort((np.concatenate(positions), np.concatenate(known)))
    return tuple(int(p) for p in np.concatenate(positions)[order[:1]])
