"""What is known of those with whom an enterprise deals.

The state of another enterprise is read as of the last midnight of the port that is not after T:
what was published then. One that is no enterprise of the record is in no state.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.calendar import midnights
from features.facts import Flags
from features.latest import last_values
from features.nodes.balances import Balance, balance_cells
from features.nodes.groups import MILLION, group_counts, group_sums, share_of
from features.recipe import Leaf, Recipe, Rows, Values, always, leaves
from features.sums import parts_per_million
from features.sweep import Cells, Spine, Sweep, distinct, places
from supervision.arrays import Integers


class OfOthers(Recipe):
    """A recipe that rests on the state of third parties, to be told only where they are many."""

    @property
    @abstractmethod
    def among(self) -> Leaf:
        """The enterprise's own messages that name them, and the column that does."""


@dataclass(frozen=True)
class OfGroups(OfOthers):
    """Of the groups (other enterprises) among which a column's total over a window is divided."""

    rows: Rows
    group: str
    column: str
    days: int

    @property
    def among(self) -> Leaf:
        """The messages of the window, and their group."""
        return Leaf(self.rows, self.days, self.group)


@dataclass(frozen=True)
class OfKeys(OfOthers):
    """Of the keys (other enterprises) of a balance."""

    balance: Balance

    @property
    def among(self) -> Leaf:
        """The messages that add to the balance, and its key."""
        return Leaf(self.balance.adds[0].rows, None, self.balance.key)


@dataclass(frozen=True)
class ShareAmong(OfGroups):
    """Share of a total that falls on groups (other enterprises) in a state."""

    state: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        held = np.where(states(sweep, cells, self.state) > 0, sums, 0)
        return share_of(sweep.sum_over(cells.cell_row, held), total)


@dataclass(frozen=True)
class MeanAmong(OfGroups):
    """Mean of a state of groups (other enterprises), weighted by their shares in a total.

    Shares are whole parts per million, rounded down, so the sum is exact in any order. Missing
    where the total is 0.
    """

    state: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        share = parts_per_million(sums, np.maximum(total, 1)[cells.cell_row])
        weighted = sweep.sum_over(cells.cell_row, share * states(sweep, cells, self.state))
        return Values(weighted / MILLION, total > 0)


@dataclass(frozen=True)
class GroupsAmong(OfOthers):
    """Number of groups (other enterprises) with a message that stands that are in a state."""

    rows: Rows
    group: str
    state: Recipe

    @property
    def among(self) -> Leaf:
        """The messages that stand, and their group."""
        return Leaf(self.rows, None, self.group)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, there = group_counts(sweep, self.rows, None, self.group)
        struck = (there > 0) & (states(sweep, cells, self.state) > 0)
        return always(sweep, sweep.sum_over(cells.cell_row, struck.astype(np.int64)))


@dataclass(frozen=True)
class ShareSame(OfGroups):
    """Share of a total that falls on groups of which the same is said as of the enterprise.

    What is said is a column of the last message of ``said``: the enterprise's own as of T, the
    group's as of the last midnight. Missing where the total is 0.
    """

    said: Rows
    same: str

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        own, stated = last_values(sweep, self.said, self.same, None)
        others, place = _others(sweep, cells)
        theirs, known = last_values(others, self.said, self.same, None)
        row = cells.cell_row
        equal = stated[row] & known[place] & (theirs[place] == own[row])
        return share_of(sweep.sum_over(row, np.where(equal, sums, 0)), total)

    def leaves(self) -> Iterator[Leaf]:
        """The messages added up, and those that say it of the enterprise itself."""
        yield Leaf(self.rows, self.days, self.column)
        yield Leaf(self.said, None, None)


@dataclass(frozen=True)
class BalanceAmong(OfKeys):
    """Share of a balance that stands with keys (other enterprises) in a state."""

    state: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        struck = np.where(states(sweep, cells, self.state) > 0, held, 0)
        total = sweep.sum_over(cells.cell_row, held)
        return share_of(sweep.sum_over(cells.cell_row, struck), total)

    def leaves(self) -> Iterator[Leaf]:
        """The enterprise's own balance: what is known of others is no evidence to show."""
        return leaves(self.balance)


@dataclass(frozen=True)
class Returned(OfKeys):
    """1 where any key (another enterprise) of a balance has the enterprise as a key of its own."""

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        others, place = _others(sweep, cells)
        back, theirs = balance_cells(others, self.balance)
        own = sweep.parties[sweep.row_party[cells.cell_row]]
        group, known = back.groups(others.row_party[place], own)
        given = np.zeros(cells.size, np.int64)
        given[known] = theirs[place[known] + back.shift[group[known]]]
        circles = _any(sweep, cells, (held > 0) & (given > 0))
        return always(sweep, circles.astype(np.int64))


def states(sweep: Sweep, cells: Cells, state: Recipe) -> Integers:
    """What a recipe gives for the other enterprise that each cell's group names; 0 if nothing."""
    others, place = _others(sweep, cells)
    values = others.value(state)
    return np.where(values.known, values.numbers, 0)[place]


def _others(sweep: Sweep, cells: Cells) -> tuple[Sweep, Integers]:
    """Those whom the cells' groups name, at the last midnight; and each cell's row of theirs."""
    party, published = cells.group[cells.cell_group], midnights(sweep.as_of)[cells.cell_row]
    # The sweep remembers the cells as long as itself, so their identity stands for them.
    others = sweep.once(
        ("others", id(cells)), lambda: Sweep(sweep.facts, distinct(Spine(party, published)))
    )
    return others, places(others, party, published)


def _any(sweep: Sweep, cells: Cells, flags: Flags) -> Flags:
    return sweep.sum_over(cells.cell_row, flags.astype(np.int64)) > 0
