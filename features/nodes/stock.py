"""What the goods in stock are worth as appraised, how much of it is covered, and its age."""

from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.facts import stated
from features.latest import last_in_cells
from features.nodes.balances import Balance, Flow, balance_cells
from features.recipe import Recipe, Rows, Values, always
from features.sums import product, worth
from features.sweep import Cells, Sweep
from supervision.arrays import MISSING, Integers


@dataclass(frozen=True)
class Held:
    """A condition on a lot: it has (or has not) messages within the window."""

    rows: Rows
    days: int | None
    present: bool


@dataclass(frozen=True)
class Worth(Recipe):
    """Value of a stock: per lot quantity times the lot's last unit price, // 1,000, summed.

    A lot that was never valued counts 0. With ``only`` lots that do not meet it count 0.
    """

    stock: Balance
    prices: Rows
    only: Held | None = None

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        value, cells = sweep.once(
            ("worth", self.stock, self.prices), lambda: _cell_worth(sweep, self.stock, self.prices)
        )
        if self.only is not None:
            span = sweep.span(self.only.rows, self.only.days)
            ones = np.ones(len(span.kept), np.int64)
            present = cells.steps(span, self.stock.key, ones) > 0
            value = np.where(present == self.only.present, value, 0)
        return always(sweep, sweep.sum_over(cells.cell_row, value))


@dataclass(frozen=True)
class Covered(Recipe):
    """Sum over lots of the smaller of the lot's worth and of amounts that stand for it."""

    stock: Balance
    prices: Rows
    amounts: Flow

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        value, cells = sweep.once(
            ("worth", self.stock, self.prices), lambda: _cell_worth(sweep, self.stock, self.prices)
        )
        span = sweep.span(self.amounts.rows)
        amounts = span.values(self.amounts.column)
        standing = cells.steps(span, self.stock.key, np.where(stated(amounts), amounts, 0))
        return always(sweep, sweep.sum_over(cells.cell_row, np.minimum(value, standing)))


@dataclass(frozen=True)
class MeanDaysSince(Recipe):
    """Mean, over the lots in stock and by quantity, of days since a lot's last message.

    The last message is the latest of any of the rows; days are whole. Lots without such a
    message do not count; missing where no lot in stock has one.
    """

    stock: Balance
    last_of: tuple[Rows, ...]

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.stock)
        last = np.full(cells.size, MISSING, np.int64)
        for rows in self.last_of:
            row, found = last_in_cells(sweep, cells, rows, self.stock.key, None)
            occurred = sweep.span(rows).values("occurred_at")
            if len(occurred):
                last = np.maximum(last, np.where(found, occurred[row], MISSING))
        counts = stated(last) & (held > 0)
        days = (sweep.as_of[cells.cell_row] - np.where(counts, last, 0)) // DAY
        weight = np.where(counts, held, 0)
        total = sweep.sum_over(cells.cell_row, weight)
        weighted = sweep.sum_over(cells.cell_row, product(weight, np.where(counts, days, 0)))
        mean = weighted.astype(np.float64) / np.where(total > 0, total, 1).astype(np.float64)
        return Values(mean, total > 0)


def _cell_worth(sweep: Sweep, stock: Balance, prices: Rows) -> tuple[Integers, Cells]:
    cells, held = balance_cells(sweep, stock)
    row, found = last_in_cells(sweep, cells, prices, stock.key, None)
    told = sweep.span(prices).values("unit_price")
    price = np.where(found, told[row], 0) if len(told) else np.zeros(cells.size, np.int64)
    return worth(held, price), cells
