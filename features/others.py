"""What is known of others, enterprises and warehouses: as of a midnight of the port, never later.

A recipe that rests on third parties asks :class:`Others` and nothing else. What answers is the
snapshot that was published at that midnight (:mod:`features.snapshots`), or, where none is,
:class:`LiveOthers`, which reckons the same from the rows of those others. The bits are the same.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from features.engine.sweep import Spine, Sweep, distinct, places
from features.facts import Facts, Flags
from features.nodes.balances import Balance, balance_cells
from features.recipe import Recipe, Values
from supervision.arrays import Integers


class Known(Protocol):
    """What is known of certain enterprises, each as of a midnight."""

    def value(self, state: Recipe) -> Values:
        """What a recipe, which gives whole numbers, gives for each of them."""
        ...

    def holds(self, balance: Balance, key: Integers) -> Flags:
        """Whether a balance of each of them holds anything under a key of its own."""
        ...


class Others(Protocol):
    """What is known of enterprises as of midnights of the port."""

    def at(self, enterprise: Integers, midnight: Integers) -> Known:
        """Look up enterprises.

        Parameters
        ----------
        enterprise : Integers
            Numbers of names, shape (n,), in any order, repeats allowed.
        midnight : Integers
            UTC microseconds, shape (n,).
        """
        ...


@dataclass(frozen=True)
class LiveOthers:
    """Reckoned from the rows that the facts hold of the others themselves."""

    facts: Facts

    def at(self, enterprise: Integers, midnight: Integers) -> Known:
        """Look up enterprises."""
        sweep = Sweep(self.facts, distinct(Spine(enterprise, midnight)))
        return _Reckoned(sweep, places(sweep, enterprise, midnight))


@dataclass(frozen=True)
class _Reckoned:
    """What a sweep of others gives at some of its rows."""

    sweep: Sweep
    row: Integers

    def value(self, state: Recipe) -> Values:
        """What a recipe gives for each of them."""
        values = self.sweep.value(state)
        return Values(values.numbers[self.row], values.known[self.row])

    def holds(self, balance: Balance, key: Integers) -> Flags:
        """Whether a balance of each of them holds anything under a key of its own."""
        cells, held = balance_cells(self.sweep, balance)
        group, known = cells.groups(self.sweep.row_party[self.row], key)
        there = np.zeros(len(self.row), bool)
        there[known] = held[self.row[known] + cells.shift[group[known]]] > 0
        return there


def others_of(sweep: Sweep) -> Others:
    """Whoever answers for the others along a sweep: what was published, or what is reckoned."""
    published = sweep.facts.others
    if published is not None:
        return published
    return sweep.once("others", lambda: LiveOthers(sweep.facts))
