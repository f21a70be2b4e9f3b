"""What the warehouses where an enterprise's goods lie show over all their clients.

The record of a warehouse is read as of the last midnight of the port that is not after T: what
was published then (:mod:`features.others`). A warehouse that few use tells nothing, or it would
tell of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.engine.cells import Cells
from features.engine.sums import parts_per_million, product
from features.engine.sweep import Sweep, span_of
from features.nodes.balances import Flow
from features.nodes.groups import MILLION, Grouping, group_counts
from features.nodes.network import named
from features.point.writing import Keys, Line, Number, Point
from features.recipe import Leaf, Recipe, Reckoned, Rows, Values, always
from features.warehouses import Window, totals
from supervision.arrays import Columns, Integers

WAREHOUSE = "warehouse"
"""The column of custody messages that names it."""


@dataclass(frozen=True, eq=False)
class OverClients(Reckoned[Integers]):
    """What warehouses report of all their clients in a window, along a sweep of warehouses.

    Attributes
    ----------
    flows : tuple of Flow
        What is added up.
    client : Rows
        A client is whoever any such message of the window is about.
    days : int
    """

    asks_others = True

    flows: tuple[Flow, ...]
    client: Rows
    days: int

    @property
    def window(self) -> Window:
        """The same, for adding up."""
        return Window(self.flows, self.client, self.days)

    @property
    def tallies(self) -> "tuple[Tally, ...]":
        """Each of its numbers, that of clients last."""
        return tuple(Tally(self, flow) for flow in (*self.flows, None))

    def reckon(self, sweep: Sweep) -> Integers:
        """Add up all messages that the sweep's facts lead to, shape (flows + 1, points)."""
        at, midnight = np.unique(sweep.as_of, return_inverse=True)
        found = totals(self._custody(sweep, at), at, self.window)
        numbers = np.zeros((len(self.flows) + 1, sweep.size), np.int64)
        warehouse = sweep.parties[sweep.row_party]
        order = np.argsort(found.warehouse)
        names = found.warehouse[order]
        if len(names):
            place = np.minimum(np.searchsorted(names, warehouse), len(names) - 1)
            there = names[place] == warehouse
            numbers[:, there] = found.numbers[:, order[place[there]], midnight[there]]
        return numbers

    def _custody(self, sweep: Sweep, at: Integers) -> Iterator[Columns]:
        if not len(at):
            return
        read = sweep.facts.custody
        if read is not None:
            window = self.window
            yield from read(sweep.parties, window.kinds, window.before(at))
            return
        rows = sweep.facts.tables["custody"]
        theirs = np.isin(rows[WAREHOUSE], sweep.parties)
        yield {name: values[theirs] for name, values in rows.items()}


@dataclass(frozen=True, eq=False)
class Tally(Recipe):
    """One number of a warehouse over all its clients: of a flow, or of the clients if None."""

    of: OverClients
    flow: Flow | None

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep of warehouses."""
        numbers = sweep.value(self.of)
        return always(sweep, numbers[self.of.tallies.index(self)])


@dataclass(frozen=True, eq=False)
class WarehouseRate(Recipe):
    """One number of a warehouse over another, in whole parts per million, rounded down.

    Missing where it has fewer clients than ``least``, or the other number is 0.
    """

    of: OverClients
    above: Flow
    below: Flow
    least: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep of warehouses."""
        return self.rate(sweep.value)

    def rate(self, value: Callable[[Recipe], Values]) -> Values:
        """Reckon it from what the tallies give."""
        above, below, clients = (
            value(Tally(self.of, flow)) for flow in (self.above, self.below, None)
        )
        told = (clients.numbers >= self.least) & (below.numbers > 0)
        part = np.where(told, above.numbers, 0).astype(np.int64)
        whole = np.where(told, below.numbers, 1).astype(np.int64)
        product(part // whole, np.array([MILLION]))  # refused where the rate would not fit
        return Values(parts_per_million(part, whole), told)


@dataclass(frozen=True, eq=False)
class OfWarehouses(Recipe):
    """Of the warehouses with messages of a window that are about the enterprise."""

    rows: Rows
    days: int
    state: WarehouseRate

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The warehouses."""
        yield Grouping(self.rows, WAREHOUSE, self.days)


@dataclass(frozen=True, eq=False)
class MeanOfWarehouses(OfWarehouses):
    """Mean of a rate of the warehouses that tell it, weighted by the messages there."""

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, weight, _ = _telling(sweep, self)
        expected, total = _expected(sweep, self), sweep.sum_over(cells.cell_row, weight)
        # A record of 2^42 messages is none, so that a count of them times a million fits.
        mean = expected / np.where(total > 0, total * MILLION, 1)
        return Values(mean, total > 0)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        _, weight, expected = _written_telling(point, self)
        return point.number("share", point.sum(expected), point.sum(weight), 1, MILLION)


@dataclass(frozen=True, eq=False)
class ToExpected(OfWarehouses):
    """Messages of other rows over what a rate of the warehouses makes expected of the messages.

    Both of the warehouses that tell it. Missing where nothing is expected.
    """

    found: Rows

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The warehouses, and where the other messages count."""
        yield from super().parts()
        yield span_of(self.found, self.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, weight, _ = _telling(sweep, self)
        span = sweep.span(self.found, self.days)
        found = cells.steps(span, WAREHOUSE, np.ones(len(span), np.int64))
        total = sweep.sum_over(cells.cell_row, np.where(weight > 0, found, 0))
        expected = _expected(sweep, self)
        ratio = total * MILLION / np.where(expected > 0, expected, 1)
        return Values(ratio, expected > 0)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, weight, expected = _written_telling(point, self)
        sought = point.said(point.rows(self.found, self.days), WAREHOUSE)
        found = point.line("keep", point.counts_of(keys, sought), weight)
        return point.number("share", point.sum(found), point.sum(expected), MILLION, 1)

    def leaves(self) -> Iterator[Leaf]:
        """What was found, and what was looked at."""
        yield Leaf(self.found, self.days, None)
        yield Leaf(self.rows, self.days, None)


def _telling(sweep: Sweep, node: OfWarehouses) -> tuple[Cells, Integers, Integers]:
    """Cells of the warehouses, the messages of each that tells its rate, and that rate."""

    def look_up() -> tuple[Cells, Integers, Integers]:
        cells, weight = group_counts(sweep, node.rows, node.days, WAREHOUSE)
        rate = named(sweep, cells).value(node.state)
        told = rate.known & (weight > 0)
        return cells, np.where(told, weight, 0), np.where(told, rate.numbers, 0)

    return sweep.once(("telling", node.rows, node.days, node.state), look_up)


def _expected(sweep: Sweep, node: OfWarehouses) -> Integers:
    """Messages times rates, in parts per million."""

    def add_up() -> Integers:
        cells, weight, rate = _telling(sweep, node)
        return sweep.sum_over(cells.cell_row, product(weight, rate))

    return sweep.once(("expected", node.rows, node.days, node.state), add_up)


def _written_telling(point: Point, node: OfWarehouses) -> tuple[Keys, Line, Line]:
    """Write for one point the warehouses, the messages that tell, and these times their rates."""
    _, keys = point.value(Grouping(node.rows, WAREHOUSE, node.days))
    rate = point.state(point.others(keys), node.state)
    weight = point.line("keep_stated", point.counts(keys, keys.of), rate)
    return keys, weight, point.line("times", weight, point.or_zero(rate))
