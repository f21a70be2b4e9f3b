"""The messages behind a number: for any feature, enterprise and as-of, which it rests on."""

from functools import lru_cache

import numpy as np

from features.calendar import DAY
from features.facts import Flags, conditions, stream_of
from features.feature import Feature
from features.nodes.standing import MonthsKnown
from features.own_rows import OwnRows
from features.recipe import Leaf, Recipe, Rows, leaves
from supervision.arrays import MISSING, NEVER, Integers

_MANY = 100
"""Rows above which it is quicker to find the greatest before they are put in order."""


class Standing:
    """An enterprise's own messages that stand as of a time, each set of them looked up once.

    Parameters
    ----------
    own : OwnRows
    """

    def __init__(self, own: OwnRows) -> None:
        self._own = own
        self._tables = own.facts.tables
        self._rows: dict[tuple[Rows, int | None], Integers] = {}
        self._parties: dict[Leaf, int] = {}
        self._cited: dict[tuple[Leaf, int], list[int]] = {}

    def rows(self, of: Rows, days: int | None) -> Integers:
        """Places in their table of some messages, those within so many days if days are told."""
        if (found := self._rows.get((of, days))) is None:
            found = self._rows[of, days] = self._standing(of, days).nonzero()[0]
        return found

    def parties(self, leaf: Leaf) -> int:
        """How many others the leaf's column names."""
        if leaf.column is None:
            return 0
        if (found := self._parties.get(leaf)) is None:
            rows = self.rows(leaf.rows, leaf.days)
            named = set(self._tables[leaf.rows.table][leaf.column][rows].tolist())
            found = self._parties[leaf] = len(named - {MISSING})
        return found

    def behind(self, feature: Feature, most: int = 5) -> dict[int, str]:
        """Positions of the messages that a feature's value rests on, and their streams.

        Of each group of messages that the recipe reads, the newest come first, and where the
        recipe adds up a column the largest too; groups take turns, so that a numerator and a
        denominator are both shown. Only the enterprise's own messages are named, never those of
        third parties.

        Parameters
        ----------
        feature : Feature
        most : int
            Greatest number of positions returned.

        Returns
        -------
        dict of int to str
            Empty where nothing stands behind the value (a count of 0).
        """
        if isinstance(feature.recipe, MonthsKnown):
            return self._earliest()
        asked = _leaves(feature.recipe)
        groups = [(self._citing(leaf, most), stream_of(leaf.rows.table)) for leaf in asked]
        chosen: dict[int, str] = {}
        for turn in range(most):
            for group, stream in groups:
                if turn < len(group) and len(chosen) < most:
                    chosen.setdefault(group[turn], stream)
        return chosen

    def _standing(self, of: Rows, days: int | None) -> Flags:
        table = self._tables[of.table]
        stands = self._own.standing(of.table)
        if days is not None:
            stands = stands & (table["occurred_at"] > self._own.as_of - days * DAY)
        if of.until is not None:
            until = table[of.until]
            stands = stands & (np.where(until == MISSING, NEVER, until) > self._own.as_of)
        if of.where:
            stands = stands & conditions(table, stream_of(of.table), of.where)
        return stands

    def _citing(self, leaf: Leaf, most: int) -> list[int]:
        if (found := self._cited.get((leaf, most))) is None:
            found = self._cited[leaf, most] = self._by_turns(leaf, most)
        return found

    def _by_turns(self, leaf: Leaf, most: int) -> list[int]:
        """Positions of a leaf's messages, the newest and the largest by turns."""
        rows = self.rows(leaf.rows, leaf.days)
        if not len(rows):
            return []
        table = self._tables[leaf.rows.table]
        positions = table["position"][rows]
        newest = _greatest(table["occurred_at"][rows], positions, most)
        amounts = None if leaf.column is None else table.get(leaf.column)
        if amounts is None:
            return newest
        largest = _greatest(amounts[rows], positions, most)
        turns = [place for pair in zip(newest, largest, strict=True) for place in pair]
        return list(dict.fromkeys(turns))

    def _earliest(self) -> dict[int, str]:
        """Position of the first message by which the enterprise became known."""
        own = self._own
        found: list[tuple[int, int, str]] = []
        for name, span in own.spans.items():
            known = own.known[span].nonzero()[0]
            if stream_of(name) == name and len(known):
                times, positions = own.known_at[span][known], self._tables[name]["position"][known]
                first = np.lexsort((positions, times))[0]
                found.append((int(times[first]), int(positions[first]), name))
        return {position: stream for _, position, stream in sorted(found)[:1]}


@lru_cache(maxsize=1024)
def _leaves(recipe: Recipe) -> tuple[Leaf, ...]:
    return tuple(dict.fromkeys(leaves(recipe)))


def _greatest(by: Integers, positions: Integers, most: int) -> list[int]:
    """Positions of the rows with the greatest values, the latest of equals first."""
    if len(by) > _MANY:
        # Few are wanted: only what is not less than the last of them is put in order.
        among = (by >= np.partition(by, -most)[-most]).nonzero()[0]
        by, positions = by[among], positions[among]
    in_order: list[int] = positions[np.lexsort((positions, by))[: -most - 1 : -1]].tolist()
    return in_order
