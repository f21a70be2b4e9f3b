"""What was added less what was taken, per key: stock of a lot, an open sale, a loan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

import numpy as np

from features.engine import kernels
from features.engine.cells import Cells, CellSets
from features.engine.sums import JOINED, first_of_joined
from features.engine.sweep import SpanOf, Sweep, span_of
from features.nodes.groups import share_of
from features.point.writing import Keys, Line, Number, Point
from features.recipe import Leaf, Node, Recipe, Reckoned, Rows, Values, always, leaves
from supervision.arrays import Integers


@dataclass(frozen=True, eq=False)
class Flow(Node):
    """A column of messages that adds to a balance or takes from it."""

    rows: Rows
    column: str

    @property
    def leaf(self) -> Leaf:
        """What is read: all of the rows, added up."""
        return Leaf(self.rows, None, self.column)


@dataclass(frozen=True, eq=False)
class Balance(Reckoned[tuple[Cells, Integers]]):
    """Per value of the key: what was added less what was taken, and never below 0."""

    adds: tuple[Flow, ...]
    takes: tuple[Flow, ...]
    key: str

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Where the messages of its flows count."""
        for flow in self.adds + self.takes:
            yield span_of(flow.rows)

    def reckon(self, sweep: Sweep) -> tuple[Cells, Integers]:
        """Cells of the keys, and what each holds."""
        return self.together(sweep, (self,))[0]

    def write(self, point: Point) -> tuple[Keys, Line]:
        """Write it for one point."""
        flows = [(point.rows(span.rows), column, sign) for span, column, sign in _flows(self)]
        keys = point.joined([point.said(found, self.key) for found, _, _ in flows])
        amounts = point.joined([point.amounts(*flow) for flow in flows])
        each = point.keys(keys)
        return each, point.line("floor", point.sums(each, each.of, amounts), 0)

    @classmethod
    def together(cls, sweep: Sweep, nodes: Sequence[Self]) -> Sequence[tuple[Cells, Integers]]:
        """Cells of the keys of each, and what they hold."""
        flows = [
            (place, node.key, sweep.value(span), column, sign)
            for place, node in enumerate(nodes)
            for span, column, sign in _flows(node)
        ]
        sizes = [0] * len(nodes)
        for place, _, span, _, _ in flows:
            sizes[place] += len(span)
        moved = np.empty((5, sum(sizes)), np.int64)
        stop = 0
        for _, key, span, column, sign in flows:
            table = span.table
            columns = table.party, table.values(key), table.values(column)
            stop = kernels.moves(columns, (span.index, span.first, span.end), sign, moved, stop)
        party, keys, first, end, amount = moved
        sets = CellSets.of(sweep, sizes, party, keys)
        held = np.maximum(sets.every.add(first, end, sets.group_of, amount), 0)
        bounds = pairwise(sets.cells)
        return [(sets.one(place), held[slice(*own)]) for place, own in enumerate(bounds)]


@dataclass(frozen=True, eq=False)
class Outstanding(Recipe):
    """Sum of a balance over its keys."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        return always(sweep, sweep.sum_over(cells.cell_row, held))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.sum(point.value(self.balance)[1])


@dataclass(frozen=True, eq=False)
class Open(Recipe):
    """Number of keys whose balance is above 0."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        return always(sweep, sweep.sum_over(cells.cell_row, (held > 0).astype(np.int64)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        _, held = point.value(self.balance)
        return point.sum(point.line("at_least", held, 1))


@dataclass(frozen=True, eq=False)
class Overdue(Recipe):
    """Sum of a balance over those keys for which the due time of an added message has come.

    With ``grace`` it must have come so many days ago.
    """

    balance: Balance
    due: str
    grace: int = 0

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The balance, and where its added messages are due."""
        yield self.balance
        for flow in self.balance.adds:
            yield span_of(flow.rows, None, self.due, self.grace)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        due = np.zeros(cells.size, np.int64)
        for flow in self.balance.adds:
            span = sweep.span(flow.rows, None, self.due, self.grace)
            due += cells.steps(span, self.balance.key, np.ones(len(span), np.int64))
        return always(sweep, sweep.sum_over(cells.cell_row, np.where(due > 0, held, 0)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.balance)
        due = [point.rows(flow.rows, None, self.due, self.grace) for flow in self.balance.adds]
        sought = point.joined([point.said(found, self.balance.key) for found in due])
        return point.sum(point.line("keep", held, point.counts_of(keys, sought)))


@dataclass(frozen=True, eq=False)
class OutstandingWith(Recipe):
    """Sum of a balance over those keys of which any of the rows stands."""

    balance: Balance
    rows: Rows

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The balance, and where the rows count."""
        yield from (self.balance, span_of(self.rows))

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        span = sweep.span(self.rows)
        there = cells.steps(span, self.balance.key, np.ones(len(span), np.int64)) > 0
        return always(sweep, sweep.sum_over(cells.cell_row, np.where(there, held, 0)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.balance)
        there = point.said(point.rows(self.rows), self.balance.key)
        return point.sum(point.line("keep", held, point.counts_of(keys, there)))

    def leaves(self) -> Iterator[Leaf]:
        """The rows that choose the keys, and the balance."""
        yield Leaf(self.rows, None, None)
        yield from leaves(self.balance)


@dataclass(frozen=True, eq=False)
class LargestShare(Recipe):
    """Largest share of one key in the sum of a balance; missing where the sum is 0."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        total = sweep.sum_over(cells.cell_row, held)
        return share_of(sweep.greatest_over(cells.cell_row, held), total)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        _, held = point.value(self.balance)
        return point.share(point.line("greatest", held), point.line("sum", held))


@dataclass(frozen=True, eq=False)
class Above(Recipe):
    """Sum over the keys of a balance of what it holds above another balance of the same key."""

    balance: Balance
    other: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        over = np.maximum(held - held_by(sweep, cells, self.other), 0)
        return always(sweep, sweep.sum_over(cells.cell_row, over))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.balance)
        over = point.line("less", held, _held_by(point, keys, self.other))
        return point.sum(point.line("floor", over, 0))


@dataclass(frozen=True, eq=False)
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

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.balance)
        return point.number("cover", held, _held_by(point, keys, self.other), self.cap)


@dataclass(frozen=True, eq=False)
class SharedKeys(Recipe):
    """Number of lots that more than one lender has a balance in; its key is ``lot_of_lender``."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        active = (held > 0).nonzero()[0]
        row, lot = cells.cell_row[active], first_of_joined(cells.group)[cells.cell_group[active]]
        pair, first = kernels.number(row, lot)
        lenders = np.bincount(pair, minlength=len(first))
        shared = row[first[lenders > 1]]
        return always(sweep, sweep.sum_over(shared, np.ones(len(shared), np.int64)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.balance)
        lots = point.line("shifted", point.line("chosen", keys.each, held), JOINED)
        distinct = point.keys(lots)
        lenders = point.counts(distinct, distinct.of)
        return point.sum(point.line("at_least", lenders, 2))


def held_by(sweep: Sweep, cells: Cells, balance: Balance) -> Integers:
    """What a balance holds of the keys of other cells, 0 where it knows no such key."""
    own, held = balance_cells(sweep, balance)
    group, known = own.groups(cells.party, cells.group)
    if not own.size:
        return np.zeros(cells.size, np.int64)
    cell_group = cells.cell_group
    cell = np.where(known, own.shift[group], 0)[cell_group] + cells.cell_row
    return np.where(known[cell_group], held[np.minimum(cell, own.size - 1)], 0)


def _held_by(point: Point, keys: Keys, balance: Balance) -> Line:
    """Write the same for one point."""
    own, held = point.value(balance)
    return point.line("take", held, point.find(own, keys.each), 0)


def balance_cells(sweep: Sweep, balance: Balance) -> tuple[Cells, Integers]:
    """Cells of the keys of a balance, and what each holds."""
    return sweep.value(balance)


@lru_cache(maxsize=256)
def _flows(balance: Balance) -> tuple[tuple[SpanOf, str, int], ...]:
    """Messages, the column of their amounts, and -1 if they take from the balance."""
    return tuple(
        (span_of(flow.rows), flow.column, sign)
        for sign, flows in ((1, balance.adds), (-1, balance.takes))
        for flow in flows
    )
