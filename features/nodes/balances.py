"""What was added less what was taken, per key: stock of a lot, an open sale, a loan."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.facts import stated
from features.nodes.groups import share_of
from features.recipe import Leaf, Recipe, Rows, Values, always, leaves
from features.sums import first_of_joined
from features.sweep import Cells, Sweep
from supervision.arrays import Integers


@dataclass(frozen=True)
class Flow:
    """A column of messages that adds to a balance or takes from it."""

    rows: Rows
    column: str

    @property
    def leaf(self) -> Leaf:
        """What is read: all of the rows, added up."""
        return Leaf(self.rows, None, self.column)


@dataclass(frozen=True)
class Balance:
    """Per value of the key: what was added less what was taken, and never below 0."""

    adds: tuple[Flow, ...]
    takes: tuple[Flow, ...]
    key: str


@dataclass(frozen=True)
class Outstanding(Recipe):
    """Sum of a balance over its keys."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        return always(sweep, sweep.sum_over(cells.cell_row, held))


@dataclass(frozen=True)
class Open(Recipe):
    """Number of keys whose balance is above 0."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        return always(sweep, sweep.sum_over(cells.cell_row, (held > 0).astype(np.int64)))


@dataclass(frozen=True)
class Overdue(Recipe):
    """Sum of a balance over those keys for which the due time of an added message has come.

    With ``grace`` it must have come so many days ago.
    """

    balance: Balance
    due: str
    grace: int = 0

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        due = np.zeros(cells.size, np.int64)
        for flow in self.balance.adds:
            span = sweep.span(flow.rows, None, self.due, self.grace)
            due += cells.steps(span, self.balance.key, np.ones(len(span.kept), np.int64))
        return always(sweep, sweep.sum_over(cells.cell_row, np.where(due > 0, held, 0)))


@dataclass(frozen=True)
class OutstandingWith(Recipe):
    """Sum of a balance over those keys of which any of the rows stands."""

    balance: Balance
    rows: Rows

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        span = sweep.span(self.rows)
        there = cells.steps(span, self.balance.key, np.ones(len(span.kept), np.int64)) > 0
        return always(sweep, sweep.sum_over(cells.cell_row, np.where(there, held, 0)))

    def leaves(self) -> Iterator[Leaf]:
        """The rows that choose the keys, and the balance."""
        yield Leaf(self.rows, None, None)
        yield from leaves(self.balance)


@dataclass(frozen=True)
class LargestShare(Recipe):
    """Largest share of one key in the sum of a balance; missing where the sum is 0."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        total = sweep.sum_over(cells.cell_row, held)
        largest = np.zeros(sweep.size, np.int64)
        np.maximum.at(largest, cells.cell_row, held)
        return share_of(largest, total)


@dataclass(frozen=True)
class Above(Recipe):
    """Sum over the keys of a balance of what it holds above another balance of the same key."""

    balance: Balance
    other: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        over = np.maximum(held - held_by(sweep, cells, self.other), 0)
        return always(sweep, sweep.sum_over(cells.cell_row, over))


@dataclass(frozen=True)
class WorstCover(Recipe):
    """Greatest, over the keys of a balance, of what it holds over what another holds.

    At most ``cap``, which it is where the other holds nothing; 0 where the balance is empty.
    """

    balance: Balance
    other: Balance
    cap: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        below = held_by(sweep, cells, self.other)
        ratio = held.astype(np.float64) / np.where(below > 0, below, 1).astype(np.float64)
        cover = np.where(below > 0, np.minimum(ratio, self.cap), float(self.cap))
        worst = np.zeros(sweep.size)
        np.maximum.at(worst, cells.cell_row, np.where(held > 0, cover, 0.0))
        return Values(worst, np.ones(sweep.size, bool))


@dataclass(frozen=True)
class SharedKeys(Recipe):
    """Number of lots that more than one lender has a balance in; its key is ``lot_of_lender``."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        lots, lot = np.unique(first_of_joined(cells.group), return_inverse=True)
        active = np.flatnonzero(held > 0)
        keys = cells.cell_row[active] * max(len(lots), 1) + lot[cells.cell_group[active]]
        pairs, lenders = np.unique(keys, return_counts=True)
        shared = pairs[lenders > 1] // max(len(lots), 1)
        return always(sweep, sweep.sum_over(shared, np.ones(len(shared), np.int64)))


def held_by(sweep: Sweep, cells: Cells, balance: Balance) -> Integers:
    """What a balance holds of the keys of other cells, 0 where it knows no such key."""
    own, held = balance_cells(sweep, balance)
    group, known = own.groups(sweep.row_party[cells.cell_row], cells.group[cells.cell_group])
    found = np.zeros(cells.size, np.int64)
    found[known] = held[cells.cell_row[known] + own.shift[group[known]]]
    return found


def balance_cells(sweep: Sweep, balance: Balance) -> tuple[Cells, Integers]:
    """Cells of the keys of a balance, and what each holds."""
    return sweep.once(("balance", balance), lambda: _reckon_balance(sweep, balance))


def _reckon_balance(sweep: Sweep, balance: Balance) -> tuple[Cells, Integers]:
    spans = [sweep.span(flow.rows) for flow in balance.adds + balance.takes]
    party = np.concatenate([span.party for span in spans])
    cells = Cells.of(sweep, party, np.concatenate([s.values(balance.key) for s in spans]))
    held = np.zeros(cells.size, np.int64)
    signs = [1] * len(balance.adds) + [-1] * len(balance.takes)
    for flow, span, sign in zip(balance.adds + balance.takes, spans, signs, strict=True):
        values = span.values(flow.column)
        held += sign * cells.steps(span, balance.key, np.where(stated(values), values, 0))
    return cells, np.maximum(held, 0)
