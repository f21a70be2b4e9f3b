"""What the goods in stock are worth as appraised, how much of it is covered, and its age."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from features.calendar import DAY
from features.engine.cells import Cells
from features.engine.latest import last_in_cells, picked
from features.engine.sums import product, worth
from features.engine.sweep import Sweep, span_of
from features.facts import stated
from features.nodes.balances import Balance, Flow, balance_cells
from features.point.writing import Keys, Line, Number, Point
from features.recipe import Node, Recipe, Reckoned, Rows, Values, always
from supervision.arrays import MISSING, Integers


@dataclass(frozen=True, eq=False)
class Held(Node):
    """A condition on a lot: it has (or has not) messages within the window."""

    rows: Rows
    days: int | None
    present: bool


@dataclass(frozen=True, eq=False)
class Worth(Recipe):
    """Value of a stock: per lot quantity times the lot's last unit price, // 1,000, summed.

    A lot that was never valued counts 0. With ``only`` lots that do not meet it count 0.
    """

    stock: Balance
    prices: Rows
    only: Held | None = None

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The stock, and where prices and conditions count."""
        yield from (self.stock, span_of(self.prices))
        if self.only is not None:
            yield span_of(self.only.rows, self.only.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        value, cells = sweep.once(
            ("worth", self.stock, self.prices), lambda: _cell_worth(sweep, self.stock, self.prices)
        )
        if self.only is not None:
            span = sweep.span(self.only.rows, self.only.days)
            ones = np.ones(len(span), np.int64)
            present = cells.steps(span, self.stock.key, ones) > 0
            value = np.where(present == self.only.present, value, 0)
        return always(sweep, sweep.sum_over(cells.cell_row, value))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, value = _written_worth(point, self.stock, self.prices)
        if self.only is not None:
            rows = point.rows(self.only.rows, self.only.days)
            present = point.counts_of(keys, point.said(rows, self.stock.key))
            met = point.line("keep", value, present)
            value = met if self.only.present else point.line("less", value, met)
        return point.sum(value)


@dataclass(frozen=True, eq=False)
class Covered(Recipe):
    """Sum over lots of the smaller of the lot's worth and of amounts that stand for it."""

    stock: Balance
    prices: Rows
    amounts: Flow

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The stock, and where prices and amounts count."""
        yield from (self.stock, span_of(self.prices), span_of(self.amounts.rows))

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        value, cells = sweep.once(
            ("worth", self.stock, self.prices), lambda: _cell_worth(sweep, self.stock, self.prices)
        )
        span = sweep.span(self.amounts.rows)
        standing = cells.steps(span, self.stock.key, span.amounts(self.amounts.column))
        return always(sweep, sweep.sum_over(cells.cell_row, np.minimum(value, standing)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, value = _written_worth(point, self.stock, self.prices)
        found = point.rows(self.amounts.rows)
        of = point.find(keys, point.said(found, self.stock.key))
        standing = point.sums(keys, of, point.amounts(found, self.amounts.column))
        return point.sum(point.line("lesser", value, standing))


@dataclass(frozen=True, eq=False)
class MeanDaysSince(Recipe):
    """Mean, over the lots in stock and by quantity, of days since a lot's last message.

    The last message is the latest of any of the rows; days are whole. Lots without such a
    message do not count; missing where no lot in stock has one.
    """

    stock: Balance
    last_of: tuple[Rows, ...]

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The stock, and where the messages count."""
        yield self.stock
        for rows in self.last_of:
            yield span_of(rows)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.stock)
        last = np.full(cells.size, MISSING, np.int64)
        for rows in self.last_of:
            row = last_in_cells(sweep, cells, rows, self.stock.key, None)
            occurred = picked(sweep.span(rows).values("occurred_at"), row)
            last = np.maximum(last, np.where(row >= 0, occurred, MISSING))
        counts = (stated(last) & (held > 0)).nonzero()[0]
        row, weight = cells.cell_row[counts], held[counts]
        days = (sweep.as_of[row] - last[counts]) // DAY
        total = sweep.sum_over(row, weight)
        weighted = sweep.sum_over(row, product(weight, days))
        mean = weighted.astype(np.float64) / np.where(total > 0, total, 1).astype(np.float64)
        return Values(mean, total > 0)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, held = point.value(self.stock)
        moments = [
            _last_said(point, keys, (rows, self.stock.key), "occurred_at", MISSING)
            for rows in self.last_of
        ]
        last = reduce(lambda one, two: point.line("greater", one, two), moments)
        weight = point.line("keep_stated", held, last)
        weighted = point.line("times", weight, point.line("days", last, 0, point.back))
        return point.share(point.line("sum", weighted), point.line("sum", weight))


def _cell_worth(sweep: Sweep, stock: Balance, prices: Rows) -> tuple[Integers, Cells]:
    cells, held = balance_cells(sweep, stock)
    row = last_in_cells(sweep, cells, prices, stock.key, None)
    return worth(held, picked(sweep.span(prices).values("unit_price"), row)), cells


def _written_worth(point: Point, stock: Balance, prices: Rows) -> tuple[Keys, Line]:
    """Write the same for one point."""
    keys, held = point.value(stock)
    last = _last_said(point, keys, (prices, stock.key), "unit_price", 0)
    return keys, point.line("worth", held, last)


def _last_said(
    point: Point, keys: Keys, of_lots: tuple[Rows, str], name: str, default: int
) -> Line:
    """What a column says in the last message of each lot."""
    rows, by = of_lots
    found = point.rows(rows)
    of = point.find(keys, point.said(found, by))
    return point.line("take", point.said(found, name), point.last_of_each(found, of, keys), default)
