"""What the goods in stock are worth: as appraised, and at the market's prices."""

from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.latest import last_in_cells
from features.nodes.balances import Balance, balance_cells
from features.prices import commodities, market_prices
from features.recipe import Recipe, Rows, Values, always
from features.sums import worth
from features.sweep import Cells, Sweep
from supervision.arrays import Integers


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
class MarketWorth(Recipe):
    """Value of the stock of T at the commodities' market prices as they stood days ago.

    Only lots whose commodity has a price both now and ``both_with`` days ago count.
    """

    stock: Balance
    days_ago: int
    both_with: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        row, now, then = sweep.once(
            ("market", self.stock, self.both_with),
            lambda: _priced_stock(sweep, self.stock, self.both_with),
        )
        return always(sweep, sweep.sum_over(row, now if self.days_ago == 0 else then))


def _cell_worth(sweep: Sweep, stock: Balance, prices: Rows) -> tuple[Integers, Cells]:
    cells, held = balance_cells(sweep, stock)
    row, found = last_in_cells(sweep, cells, prices, stock.key, None)
    stated = sweep.span(prices).values("unit_price")
    price = np.where(found, stated[row], 0) if len(stated) else np.zeros(cells.size, np.int64)
    return worth(held, price), cells


def _priced_stock(sweep: Sweep, stock: Balance, days: int) -> tuple[Integers, Integers, Integers]:
    """Spine rows of the lots in stock, and their worth at the prices of now and of days ago."""
    cells, held = balance_cells(sweep, stock)
    active = np.flatnonzero(held > 0)
    row, held = cells.cell_row[active], held[active]
    commodity = commodities(sweep.facts, cells.group)[cells.cell_group[active]]
    now, now_known = market_prices(sweep.facts, commodity, sweep.as_of[row])
    then, then_known = market_prices(sweep.facts, commodity, sweep.as_of[row] - days * DAY)
    both = now_known & then_known
    return row, worth(held, np.where(both, now, 0)), worth(held, np.where(both, then, 0))
