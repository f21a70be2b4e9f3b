"""What is known of those with whom an enterprise deals.

The state of another enterprise is read as of the last midnight of the port that is not after T:
what was published then (:mod:`features.others`). One that is no enterprise of the record is in
no state.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.calendar import midnights
from features.engine.sums import parts_per_million
from features.engine.sweep import Cells, Sweep
from features.facts import Flags
from features.nodes.balances import Balance, balance_cells
from features.nodes.fellows import Fellows
from features.nodes.groups import (
    MILLION,
    Grouping,
    group_counts,
    group_sums,
    share_of,
    written_sums,
)
from features.nodes.windows import Latest, last_said
from features.others import Known, others_of
from features.point.writing import Keys, Line, Number, Point
from features.recipe import Leaf, Recipe, Rows, Values, always, leaves
from supervision.arrays import Integers


class OfOthers(Recipe):
    """A recipe that rests on the state of third parties, to be told only where they are many."""

    asks_others = True

    @property
    @abstractmethod
    def among(self) -> Leaf:
        """The enterprise's own messages that name them, and the column that does."""

    @property
    @abstractmethod
    def asked(self) -> Recipe | Balance:
        """What it asks of them."""


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
class OfKeys(OfOthers):
    """Of the keys (other enterprises) of a balance."""

    balance: Balance

    @property
    def among(self) -> Leaf:
        """The messages that add to the balance, and its key."""
        return Leaf(self.balance.adds[0].rows, None, self.balance.key)


@dataclass(frozen=True, eq=False)
class ShareAmong(OfGroups):
    """Share of a total that falls on groups (other enterprises) in a state."""

    state: Recipe

    @property
    def asked(self) -> Recipe:
        """The state."""
        return self.state

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        held = np.where(states(sweep, cells, self.state) > 0, sums, 0)
        return share_of(sweep.sum_over(cells.cell_row, held), total)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, sums, total = written_sums(point, self.rows, self.days, (self.group, self.column))
        held = point.line("keep", sums, _written_states(point, keys, self.state))
        return point.share(point.line("sum", held), total)


@dataclass(frozen=True, eq=False)
class MeanAmong(OfGroups):
    """Mean of a state of groups (other enterprises), weighted by their shares in a total.

    Shares are whole parts per million, rounded down, so the sum is exact in any order. Missing
    where the total is 0.
    """

    state: Recipe

    @property
    def asked(self) -> Recipe:
        """The state."""
        return self.state

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        share = parts_per_million(sums, np.maximum(total, 1)[cells.cell_row])
        weighted = sweep.sum_over(cells.cell_row, share * states(sweep, cells, self.state))
        return Values(weighted / MILLION, total > 0)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, sums, total = written_sums(point, self.rows, self.days, (self.group, self.column))
        share = point.line("per_million", sums, point.line("floor", total, 1))
        weighted = point.sum(point.line("times", share, _written_states(point, keys, self.state)))
        return point.number("part", weighted, point.whole(total), MILLION)


@dataclass(frozen=True, eq=False)
class GroupsAmong(OfOthers):
    """Number of groups (other enterprises) with a message that stands that are in a state."""

    rows: Rows
    group: str
    state: Recipe

    @property
    def among(self) -> Leaf:
        """The messages that stand, and their group."""
        return Leaf(self.rows, None, self.group)

    @property
    def asked(self) -> Recipe:
        """The state."""
        return self.state

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, there = group_counts(sweep, self.rows, None, self.group)
        struck = (there > 0) & (states(sweep, cells, self.state) > 0)
        return always(sweep, sweep.sum_over(cells.cell_row, struck.astype(np.int64)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        _, keys = point.value(Grouping(self.rows, self.group, None))
        states = _written_states(point, keys, self.state)
        return point.sum(point.line("at_least", states, 1))


@dataclass(frozen=True, eq=False)
class ShareSame(OfGroups):
    """Share of a total that falls on groups of which the same is said as of the enterprise.

    What is said is a column of the last message of ``said``: the enterprise's own as of T, the
    group's as of the last midnight. Missing where the total is 0.
    """

    said: Rows
    same: str

    @property
    def asked(self) -> Latest:
        """What is said."""
        return Latest(self.said, self.same)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        own = sweep.value(self.asked)
        theirs = named(sweep, cells).value(self.asked)
        row = cells.cell_row
        equal = own.known[row] & theirs.known & (theirs.numbers == own.numbers[row])
        return share_of(sweep.sum_over(row, np.where(equal, sums, 0)), total)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, sums, total = written_sums(point, self.rows, self.days, (self.group, self.column))
        own = last_said(point, self.said, self.same, None)
        theirs = point.state(point.others(keys), self.asked)
        equal = point.line("keep", sums, point.line("same", theirs, own))
        return point.share(point.line("sum", equal), total)

    def leaves(self) -> Iterator[Leaf]:
        """The messages added up, and those that say it of the enterprise itself."""
        yield Leaf(self.rows, self.days, self.column)
        yield Leaf(self.said, None, None)


@dataclass(frozen=True, eq=False)
class BalanceAmong(OfKeys):
    """Share of a balance that stands with keys (other enterprises) in a state."""

    state: Recipe

    @property
    def asked(self) -> Recipe:
        """The state."""
        return self.state

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        struck = np.where(states(sweep, cells, self.state) > 0, held, 0)
        total = sweep.sum_over(cells.cell_row, held)
        return share_of(sweep.sum_over(cells.cell_row, struck), total)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.balance)
        struck = point.line("keep", held, _written_states(point, keys, self.state))
        return point.share(point.line("sum", struck), point.line("sum", held))

    def leaves(self) -> Iterator[Leaf]:
        """The enterprise's own balance: what is known of others is no evidence to show."""
        return leaves(self.balance)


@dataclass(frozen=True, eq=False)
class Returned(OfKeys):
    """1 where any key (another enterprise) of a balance has the enterprise as a key of its own."""

    @property
    def asked(self) -> Balance:
        """Their own balance."""
        return self.balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        own = sweep.parties[sweep.row_party[cells.cell_row]]
        given = named(sweep, cells).holds(self.balance, own)
        circles = _any(sweep, cells, (held > 0) & given)
        return always(sweep, circles.astype(np.int64))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.balance)
        given = point.holds(point.others(keys), self.balance)
        there = point.line("sum", point.line("keep", given, held))
        return point.whole(point.line("at_least", there, 1))


@dataclass(frozen=True, eq=False)
class Tied(OfOthers):
    """What was published of the enterprise's fellows, and thus of itself."""

    fellows: Fellows

    @property
    def among(self) -> Leaf:
        """The messages that tie it."""
        return self.fellows.tie.leaf

    @property
    def asked(self) -> Fellows:
        """How many they are."""
        return self.fellows

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        return always(sweep, _whole(_itself(sweep).value(self.fellows)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        published = point.state(point.others(), self.fellows)
        return point.sum(point.or_zero(published))

    def leaves(self) -> Iterator[Leaf]:
        """The enterprise's own messages: what is known of others is no evidence to show."""
        yield Leaf(self.among.rows, None, None)


def states(sweep: Sweep, cells: Cells, state: Recipe) -> Integers:
    """What a recipe gives for the other enterprise that each cell's group names; 0 if nothing."""
    return _whole(named(sweep, cells).value(state))


def _written_states(point: Point, keys: Keys, state: Recipe) -> Line:
    """Write the same for one point."""
    return point.or_zero(point.state(point.others(keys), state))


def _whole(values: Values) -> Integers:
    return np.where(values.known, values.numbers, 0).astype(np.int64)


def named(sweep: Sweep, cells: Cells) -> Known:
    """The others whom the cells' groups name, each as of the last midnight."""

    def look_up() -> Known:
        party, at = cells.group[cells.cell_group], _midnights(sweep)[cells.cell_row]
        return others_of(sweep).at(party, at)

    # The sweep remembers the cells as long as itself, so their identity stands for them.
    return sweep.once(("others", id(cells)), look_up)


def _itself(sweep: Sweep) -> Known:
    """The enterprise itself as of the last midnight."""

    def look_up() -> Known:
        return others_of(sweep).at(sweep.parties[sweep.row_party], _midnights(sweep))

    return sweep.once("itself", look_up)


def _midnights(sweep: Sweep) -> Integers:
    return sweep.once("midnights", lambda: midnights(sweep.as_of))


def _any(sweep: Sweep, cells: Cells, flags: Flags) -> Flags:
    return sweep.sum_over(cells.cell_row, flags.astype(np.int64)) > 0
