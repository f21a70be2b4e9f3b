"""Fellows: enterprises that something ties to one another, all seen at one midnight.

Whom a tie reaches nobody's own messages tell: it takes the messages of everyone. So fellows are
counted when a snapshot is made, of all enterprises at once.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from features.circles import circles
from features.engine.sweep import Spine, Sweep, places
from features.nodes.balances import Balance, balance_cells
from features.nodes.windows import Latest
from features.recipe import Leaf, Node, Recipe, Rows, Values, always
from supervision.arrays import Integers


class Everyone(Protocol):
    """All enterprises at some midnights, a row each."""

    @property
    def midnight(self) -> Integers:
        """Midnight of each row, UTC microseconds."""
        ...

    def value(self, recipe: Recipe) -> Values:
        """What a recipe gives at each row."""
        ...

    def links(self, balance: Balance) -> tuple[Integers, Integers]:
        """Rows of those with a balance above 0, and of the enterprise that is its key."""
        ...


class Tie(Node):
    """What ties enterprises to one another."""

    @property
    @abstractmethod
    def asked(self) -> Recipe | Balance:
        """What has to be known of everyone."""

    @property
    @abstractmethod
    def leaf(self) -> Leaf:
        """The enterprise's own messages that tie it, and the column that names to whom."""

    @abstractmethod
    def bands(self, everyone: Everyone) -> Integers:
        """Number of the band of each row, the same for those who are tied; -1 for none."""


@dataclass(frozen=True, eq=False)
class Same(Tie):
    """The last message of the rows says the same in a column."""

    rows: Rows
    column: str

    @property
    def asked(self) -> Latest:
        """What is said."""
        return Latest(self.rows, self.column)

    @property
    def leaf(self) -> Leaf:
        """The messages that say it."""
        return Leaf(self.rows, None, self.column)

    def bands(self, everyone: Everyone) -> Integers:
        """One band for each midnight and each thing that is said."""
        said = everyone.value(self.asked)
        pairs = np.stack([everyone.midnight, np.where(said.known, said.numbers, 0)])
        bands = np.unique(pairs, axis=1, return_inverse=True)[1].reshape(-1)
        return np.where(said.known, bands, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Circle(Tie):
    """From each one comes to the other by going from holders of the balance to its keys."""

    balance: Balance

    @property
    def asked(self) -> Balance:
        """Who holds it, and under whom."""
        return self.balance

    @property
    def leaf(self) -> Leaf:
        """The messages that add to the balance, and its key."""
        return Leaf(self.balance.adds[0].rows, None, self.balance.key)

    def bands(self, everyone: Everyone) -> Integers:
        """One band for those on circles with one another."""
        return circles(len(everyone.midnight), *everyone.links(self.balance))


@dataclass(frozen=True, eq=False)
class Fellows(Recipe):
    """Number of other enterprises to which it is tied, or of those of them that are in a state."""

    tie: Tie
    state: Recipe | None = None

    def count(self, everyone: Everyone) -> Integers:
        """Count at each row of everyone."""
        band = self.tie.bands(everyone)
        counted = np.ones(len(band), np.int64)
        if self.state is not None:
            values = everyone.value(self.state)
            counted = (values.known & (values.numbers > 0)).astype(np.int64)
        tied = band >= 0
        total = np.zeros(int(band.max(initial=-1)) + 1, np.int64)
        np.add.at(total, band[tied], counted[tied])
        fellows = np.zeros(len(band), np.int64)
        fellows[tied] = total[band[tied]] - counted[tied]
        return fellows

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep, among all whose messages its facts hold."""
        everyone = _EveryoneOf(_of_everyone(sweep, self.tie.leaf.rows.table))
        counts = self.count(everyone)
        numbers = np.zeros(sweep.size, np.int64)
        own = sweep.parties[sweep.row_party]
        there = np.isin(own, everyone.sweep.parties)
        numbers[there] = counts[places(everyone.sweep, own[there], sweep.as_of[there])]
        return always(sweep, numbers)


@dataclass(frozen=True)
class _EveryoneOf:
    """All enterprises along a sweep."""

    sweep: Sweep

    @property
    def midnight(self) -> Integers:
        """Midnight of each row."""
        return self.sweep.as_of

    def value(self, recipe: Recipe) -> Values:
        """What a recipe gives at each row."""
        return self.sweep.value(recipe)

    def links(self, balance: Balance) -> tuple[Integers, Integers]:
        """Rows of those with a balance above 0, and of the enterprise that is its key."""
        row, key = links(self.sweep, balance)
        there = np.isin(key, self.sweep.parties)
        row, key = row[there], key[there]
        return row, places(self.sweep, key, self.sweep.as_of[row])


def links(sweep: Sweep, balance: Balance) -> tuple[Integers, Integers]:
    """Rows of a sweep, and the keys under which a balance of each is above 0."""
    cells, held = balance_cells(sweep, balance)
    above = np.flatnonzero(held > 0)
    return cells.cell_row[above], cells.group[cells.cell_group[above]]


def _of_everyone(sweep: Sweep, table: str) -> Sweep:
    def make() -> Sweep:
        parties = np.unique(sweep.facts.tables[table]["enterprise_id"])
        return Sweep(sweep.facts, Spine.grid(parties, np.unique(sweep.as_of)))

    return sweep.once(("everyone", table), make)
