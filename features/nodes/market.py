"""Goods at the market's prices: the stock's worth over time, and what messages should have cost."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from features.calendar import DAY
from features.facts import Flags, stated
from features.nodes.balances import Balance, balance_cells
from features.prices import commodities
from features.recipe import Recipe, Rows, Values, always
from features.sums import steps, worth
from features.sweep import Sweep
from supervision.arrays import Integers


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
        now, then = basket_worths(sweep, self.stock, (0, self.both_with))
        return always(sweep, now if self.days_ago == 0 else then)


@dataclass(frozen=True)
class BasketVolatility(Recipe):
    """Root of the mean squared weekly return of the stock of T at market prices.

    Only lots whose commodity has a price at every week's end count. Returns are simple ones.
    """

    stock: Balance
    weeks: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        points = tuple(7 * week for week in range(self.weeks + 1))
        worths = basket_worths(sweep, self.stock, points)
        known = np.all(worths > 0, axis=0)
        line = np.where(known, worths, 1).astype(np.float64)
        squares = np.zeros(sweep.size)
        for later, earlier in pairwise(line):
            weekly = later / earlier - 1.0
            squares = squares + weekly * weekly
        return Values(np.sqrt(squares / self.weeks), known)


@dataclass(frozen=True)
class BasketDrawdown(Recipe):
    """How far the stock of T, at market prices, stands below its greatest worth.

    The worth is looked at now and at ``points`` moments before, ``days`` days apart; only lots
    whose commodity has a price at all of them count.
    """

    stock: Balance
    points: int
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        moments = tuple(self.days * point for point in range(self.points + 1))
        worths = basket_worths(sweep, self.stock, moments)
        greatest = worths.max(axis=0)
        divisor = np.where(greatest > 0, greatest, 1).astype(np.float64)
        return Values(1.0 - worths[0].astype(np.float64) / divisor, greatest > 0)


@dataclass(frozen=True)
class AtMarket(Recipe):
    """Sum over messages of ``floor(quantity * market price / 1000)``, ``column`` the quantity.

    The price is the one that was known when the message became known; a message whose goods had
    none is left out. ``goods`` names the column that tells the goods: ``hs_code``, or
    ``cargo_code`` for the commodity of the lot.
    """

    rows: Rows
    column: str
    goods: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        price, _ = _prices_of_messages(sweep, self.rows, self.goods)
        quantity = span.values(self.column)
        values = worth(np.where(stated(quantity), quantity, 0), price[span.kept])
        return always(sweep, steps(sweep.size, span.first, span.end, values))


@dataclass(frozen=True)
class TotalPriced(Recipe):
    """Sum of a column over those messages that :class:`AtMarket` does not leave out."""

    rows: Rows
    column: str
    goods: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        _, known = _prices_of_messages(sweep, self.rows, self.goods)
        values = span.values(self.column)
        values = np.where(known[span.kept] & stated(values), values, 0)
        return always(sweep, steps(sweep.size, span.first, span.end, values))


def basket_worths(sweep: Sweep, stock: Balance, days: tuple[int, ...]) -> Integers:
    """Worth of the stock of T at the prices of each of some days ago, shape (days, spine).

    Only lots count whose commodity has a price at all of them.
    """
    return sweep.once(("basket", stock, days), lambda: _basket_worths(sweep, stock, days))


def _basket_worths(sweep: Sweep, stock: Balance, days: tuple[int, ...]) -> Integers:
    row, held, commodity = sweep.once(("goods", stock), lambda: _goods(sweep, stock))
    goods, good = np.unique(commodity, return_inverse=True)
    times, time = np.unique(sweep.as_of, return_inverse=True)
    # Prices are looked up once for each commodity and as-of point, not for each lot.
    pairs, pair = np.unique(good * len(times) + time[row], return_inverse=True)
    asked, at = goods[pairs // max(len(times), 1)], times[pairs % max(len(times), 1)]
    moments = np.concatenate([at - ago * DAY for ago in days])
    prices, known = sweep.facts.prices.at(np.tile(asked, len(days)), moments)
    prices = prices.reshape(len(days), len(pairs))
    priced: Flags = np.all(known.reshape(len(days), len(pairs)), axis=0)
    chosen = np.flatnonzero(priced[pair])
    row, held, pair = row[chosen], held[chosen], pair[chosen]
    return np.stack([sweep.sum_over(row, worth(held, price[pair])) for price in prices])


def _goods(sweep: Sweep, stock: Balance) -> tuple[Integers, Integers, Integers]:
    """Spine rows of the lots in stock, how much of each is held, and its commodity."""
    cells, held = balance_cells(sweep, stock)
    active = np.flatnonzero(held > 0)
    commodity = commodities(sweep.facts.lots, cells.group)[cells.cell_group[active]]
    return cells.cell_row[active], held[active], commodity


def _prices_of_messages(sweep: Sweep, rows: Rows, goods: str) -> tuple[Integers, Flags]:
    """Market price of the goods of each selected message when it became known, 0 if none."""
    return sweep.once(("priced", rows, goods), lambda: _find_prices(sweep, rows, goods))


def _find_prices(sweep: Sweep, rows: Rows, goods: str) -> tuple[Integers, Flags]:
    selection = sweep.select(rows)
    commodity = selection.values(goods)
    if goods == "cargo_code":
        commodity = commodities(sweep.facts.lots, commodity)
    prices, known = sweep.facts.prices.at(commodity, selection.values("known_at"))
    return np.where(known, prices, 0), known
