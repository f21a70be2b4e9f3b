"""Goods at the market's prices: the stock's worth over time, and what messages should have cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from features.calendar import DAY
from features.engine import kernels
from features.engine.sums import steps, worth, worths
from features.engine.sweep import Span, Sweep, span_of
from features.facts import Flags
from features.nodes.balances import Balance, balance_cells
from features.point.writing import Found, Line, Number, Point
from features.prices import commodities
from features.recipe import Recipe, Reckoned, Rows, Values, always
from supervision.arrays import Integers


@dataclass(frozen=True, eq=False)
class MarketWorth(Recipe):
    """Value of the stock of T at the commodities' market prices as they stood days ago.

    Only lots whose commodity has a price both now and ``both_with`` days ago count.
    """

    stock: Balance
    days_ago: int
    both_with: int

    @property
    def _basket(self) -> "Basket":
        return Basket(self.stock, (0, self.both_with))

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Its worth at both moments."""
        yield self._basket

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        now, then = sweep.value(self._basket)
        return always(sweep, now if self.days_ago == 0 else then)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.whole(point.value(self._basket), 0 if self.days_ago == 0 else 1)


@dataclass(frozen=True, eq=False)
class BasketVolatility(Recipe):
    """Root of the mean squared weekly return of the stock of T at market prices.

    Only lots whose commodity has a price at every week's end count. Returns are simple ones.
    """

    stock: Balance
    weeks: int

    @property
    def _basket(self) -> "Basket":
        return Basket(self.stock, tuple(7 * week for week in range(self.weeks + 1)))

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Its worth at the end of each week."""
        yield self._basket

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        worths_ = sweep.value(self._basket)
        known = np.all(worths_ > 0, axis=0)
        line = np.where(known, worths_, 1).astype(np.float64)
        weekly = line[:-1] / line[1:] - 1.0
        squares = np.cumsum(weekly * weekly, axis=0)[
            -1
        ]  # one after the other: always the same bits
        return Values(np.sqrt(squares / self.weeks), known)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.number("volatility", point.value(self._basket), self.weeks)


@dataclass(frozen=True, eq=False)
class BasketDrawdown(Recipe):
    """How far the stock of T, at market prices, stands below its greatest worth.

    The worth is looked at now and at ``points`` moments before, ``days`` days apart; only lots
    whose commodity has a price at all of them count.
    """

    stock: Balance
    points: int
    days: int

    @property
    def _basket(self) -> "Basket":
        return Basket(self.stock, tuple(self.days * point for point in range(self.points + 1)))

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Its worth at all points."""
        yield self._basket

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        line = sweep.value(self._basket)
        greatest = line.max(axis=0)
        divisor = np.where(greatest > 0, greatest, 1).astype(np.float64)
        return Values(1.0 - line[0].astype(np.float64) / divisor, greatest > 0)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.number("drawdown", point.value(self._basket))


@dataclass(frozen=True, eq=False)
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

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Where the messages count."""
        yield span_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        price, _ = _prices_of_messages(sweep, span, self.goods)
        values = worth(span.amounts(self.column), price)
        return always(sweep, steps(sweep.size, span.first, span.end, values))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        found = point.rows(self.rows, self.days)
        prices = _written_prices(point, found, self.goods)
        values = point.line("worth", point.amounts(found, self.column), point.or_zero(prices))
        return point.sum(values)


@dataclass(frozen=True, eq=False)
class TotalPriced(Recipe):
    """Sum of a column over those messages that :class:`AtMarket` does not leave out."""

    rows: Rows
    column: str
    goods: str
    days: int

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Where the messages count."""
        yield span_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        _, known = _prices_of_messages(sweep, span, self.goods)
        values = np.where(known, span.amounts(self.column), 0)
        return always(sweep, steps(sweep.size, span.first, span.end, values))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        found = point.rows(self.rows, self.days)
        prices = _written_prices(point, found, self.goods)
        return point.sum(point.line("keep_stated", point.amounts(found, self.column), prices))


@dataclass(frozen=True, eq=False)
class Basket(Reckoned[Integers]):
    """Worth of the stock of T at the prices of each of some days ago, shape (days, spine).

    Only lots count whose commodity has a price at all of them.
    """

    stock: Balance
    days: tuple[int, ...]

    def reckon(self, sweep: Sweep) -> Integers:
        """Evaluate along a sweep."""
        return self.together(sweep, (self,))[0]

    def write(self, point: Point) -> Line:
        """Write it for one point."""
        keys, held = point.value(self.stock)
        lots, quantity = (point.line("chosen", of, held) for of in (keys.each, held))
        goods = point.keys(point.commodities(lots))
        return point.basket(quantity, goods, self.days)

    @classmethod
    def together(cls, sweep: Sweep, nodes: Sequence[Self]) -> Sequence[Integers]:
        """Look up the prices of all moments in one go."""
        found = {}
        for stock in dict.fromkeys(node.stock for node in nodes):
            own = [node for node in nodes if node.stock is stock]
            moments = tuple(dict.fromkeys(days for node in own for days in node.days))
            goods = _Goods.of(sweep, stock, moments)
            for node in own:
                found[node] = goods.worths(sweep, [moments.index(days) for days in node.days])
        return [found[node] for node in nodes]


@dataclass(frozen=True, eq=False)
class _Goods:
    """The lots in stock, and the prices of their goods.

    Attributes
    ----------
    row, held : Integers
        Spine row of each lot, and how much is held.
    pair : Integers
        Place of its commodity at its as-of among the prices.
    prices, known : Integers and bool array
        Shape (moments, pairs).
    """

    row: Integers
    held: Integers
    pair: Integers
    prices: Integers
    known: Flags

    @classmethod
    def of(cls, sweep: Sweep, stock: Balance, moments: tuple[int, ...]) -> Self:
        """Look up prices once for each commodity and as-of point, not for each lot."""
        cells, held = balance_cells(sweep, stock)
        active = (held > 0).nonzero()[0]
        row = cells.cell_row[active]
        commodity = commodities(sweep.facts.lots, cells.group)[cells.cell_group[active]]
        pair, first = kernels.number(commodity, sweep.as_of[row])
        asked, at = np.tile(commodity[first], len(moments)), sweep.as_of[row[first]]
        ago = np.array(moments)[:, None] * DAY
        prices, known = sweep.facts.prices.at(asked, (at - ago).ravel())
        shape = len(moments), len(first)
        return cls(row, held[active], pair, prices.reshape(shape), known.reshape(shape))

    def worths(self, sweep: Sweep, moments: list[int]) -> Integers:
        """Worth of those lots that have a price at all of some moments, at each of them."""
        priced: Flags = np.all(self.known[moments], axis=0)
        row, held, pair = (of[priced[self.pair]] for of in (self.row, self.held, self.pair))
        return worths(sweep.size, row, held, pair, self.prices[moments])


def _prices_of_messages(sweep: Sweep, span: Span, goods: str) -> tuple[Integers, Flags]:
    """Market price of the goods of each message when it became known, 0 if none."""
    # The sweep remembers the span as long as itself, so its identity stands for it.
    return sweep.once(("priced", id(span), goods), lambda: _find_prices(sweep, span, goods))


def _find_prices(sweep: Sweep, span: Span, goods: str) -> tuple[Integers, Flags]:
    commodity = span.values(goods)
    if goods == "cargo_code":
        commodity = commodities(sweep.facts.lots, commodity)
    return sweep.facts.prices.at(commodity, span.values("known_at"))


def _written_prices(point: Point, found: Found, goods: str) -> Line:
    """Write the same for one point, missing where there is none."""
    commodity = point.said(found, goods)
    if goods == "cargo_code":
        commodity = point.commodities(commodity)
    return point.line("prices", commodity, point.said(found, "known_at"))
