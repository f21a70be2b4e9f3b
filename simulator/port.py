"""The port's state on one day: what everyone owns, owes and is owed."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from simulator.books import Books
from simulator.clock import DAY, HOUR, Clock
from simulator.enterprises import Enterprises
from simulator.feeds import Feeds
from simulator.names import Names
from simulator.prices import Prices
from simulator.table import Bools, Floats, Ints, Table, sums
from simulator.world import World
from simulator.writer import CargoCodes

NEVER = 1 << 40
"""A day that does not come."""


class Debt(IntEnum):
    """Kinds of obligation."""

    COSTS = 0
    INSTALMENT = 1
    SUPPLIER = 2
    TRADE = 3
    """The price of goods bought in storage from another enterprise; ``ref`` is the sale."""
    GUARANTEE = 4
    CLAIM = 5
    """A mishap outside of trade."""


@dataclass
class State:
    """What changes about each enterprise besides its cash; arrays over enterprises.

    Attributes
    ----------
    trading : bool
    health : float64
        Standard-normal deviation of fortune, latent: moves demand and margin.
    lost_demand : float64
        Share of demand lost with failed buyers, fading.
    pace : float64
        Sales a day, fen, smoothed over two months.
    distress : float64
        0 to 1: how much of the last weeks obligations lay unpaid or cash did not cover the next.
    default_day, clean_since, insolvent_day : int64
        :data:`NEVER` where it does not hold; ``default_day`` is that of the present episode.
    overdue_days : int64
        Days that the oldest obligation lies unpaid, 0 if none; ``loan_overdue_days`` of loans.
    patience : int64
        Days in default that creditors wait.
    """

    trading: Bools
    health: Floats
    lost_demand: Floats
    pace: Floats
    distress: Floats
    default_day: Ints
    clean_since: Ints
    insolvent_day: Ints
    overdue_days: Ints
    loan_overdue_days: Ints
    patience: Ints
    next_application: Ints
    """[enterprises x 2] day from which each lender is asked again."""


@dataclass
class Position:
    """Sums over an enterprise's rows, made anew each day; fen, arrays over enterprises."""

    receivable: Ints
    payable: Ints
    debt: Ints
    soon: Ints
    """Obligations of any kind due within 30 days or overdue."""
    committed: Ints
    """Still to pay for lots under way."""
    transit: Ints
    """Cost of lots under way."""
    stock: Ints
    free_stock: Ints
    headroom: Ints
    """Undrawn under open facilities that are not linked to a core enterprise."""


@dataclass
class Port:
    """The world in motion.

    Attributes
    ----------
    lots, parcels, sales, debts, facilities, loans, receipts, releases, guarantees : Table
        A parcel is what one enterprise holds of one lot; a debt is an obligation.
    buyer_fails : int64 [buyers]
        Day on which each buyer outside the world fails, latent.
    buyer_lateness : float64 [buyers]
        Days that it ordinarily pays late.
    house_care : float64 [warehouses]
        Factor on exceptions, latent.
    """

    world: World
    clock: Clock
    names: Names
    who: Enterprises
    prices: Prices
    books: Books
    feeds: Feeds
    codes: CargoCodes
    key: bytes
    rng: np.random.Generator
    state: State
    buyer_fails: Ints
    buyer_lateness: Floats
    house_care: Floats
    cold_house_silent: Bools
    day: int = 0
    violations: list[tuple[int, int, int]] = field(default_factory=list)
    """Sales of pledged goods without a release: enterprise, day, lot."""
    defaults: list[tuple[int, int, int, bool]] = field(default_factory=list)
    """Realised defaults of all: enterprise, day, kind of the obligation, financed."""
    lots: Table = field(
        default_factory=lambda: Table(
            "good", "owner", "quantity", "cost", "eta", "received", "warehouse", "origin", "short"
        )
    )
    parcels: Table = field(
        default_factory=lambda: Table(
            "lot", "owner", "good", "quantity", "pledged", "warehouse", "pile", "since",
            "lot_quantity", "next_count", "next_reading", "order", "receipts",
        )
    )  # fmt: skip
    sales: Table = field(
        default_factory=lambda: Table(
            "seller", "buyer", "lot", "price", "due", "pays", "in_storage", "buyer_place"
        )
    )
    debts: Table = field(
        default_factory=lambda: Table("owner", "amount", "due", "from", "kind", "ref", "called")
    )
    facilities: Table = field(
        default_factory=lambda: Table(
            "owner", "slot", "lender", "amount", "drawn", "matures", "linked", "reported",
            "defaulted", "decided",
        )
    )  # fmt: skip
    loans: Table = field(
        default_factory=lambda: Table("facility", "owner", "amount", "left", "receipt")
    )
    receipts: Table = field(
        default_factory=lambda: Table(
            "parcel", "owner", "lender", "facility", "loan", "quantity", "amount", "parts"
        )
    )
    releases: Table = field(
        default_factory=lambda: Table("receipt", "quantity", "amount", "authorised")
    )
    guarantees: Table = field(
        default_factory=lambda: Table("guarantor", "debtor", "amount", "ends")
    )

    @property
    def spot(self) -> Ints:
        """Today's prices by good, fen per 1,000 kg."""
        today: Ints = self.prices.spot[self.day]
        return today

    def at(self, count: int, first_hour: float, last_hour: float, day: int | None = None) -> Ints:
        """Moments between two hours of today (or of another day), one for each of some facts."""
        moments: Ints = self.rng.integers(int(first_hour * HOUR), int(last_hour * HOUR), count)
        return moments + self.clock.midnight(self.day if day is None else day)

    def micros(self, days: Ints) -> Ints:
        """Midnights of days."""
        return days * DAY + self.clock.midnight(0)

    def position(self) -> Position:
        """Add up what everyone owns and owes today."""
        n, day = self.world.enterprises, self.day
        rows = self.sales.live
        seller, price, due = self.sales.of(rows, "seller", "price", "due")
        good_ones = due + 30 >= day
        receivable = sums(seller[good_ones], price[good_ones], n)
        owner, amount, due, kind = self.debts.of(self.debts.live, "owner", "amount", "due", "kind")
        loan = kind == Debt.INSTALMENT
        near = due <= day + 30
        under_way = self.lots.live
        buyer, cost = self.lots.of(under_way, "owner", "cost")
        deposit = (cost * int(self.world.trade.deposit_share * 100)) // 100
        holder, good, held, pledged = self.parcels.of(
            self.parcels.live, "owner", "good", "quantity", "pledged"
        )
        price_now = self.spot[good]
        open_ = self.facilities.live
        borrower, limit, drawn, linked, matures, defaulted = self.facilities.of(
            open_, "owner", "amount", "drawn", "linked", "matures", "defaulted"
        )
        usable = (linked == 0) & (matures > day) & (defaulted == 0)
        return Position(
            receivable=receivable,
            payable=sums(owner[~loan], amount[~loan], n),
            debt=sums(owner[loan], amount[loan], n),
            soon=sums(owner[near], amount[near], n),
            committed=sums(buyer, cost - deposit, n),
            transit=sums(buyer, cost, n),
            stock=sums(holder, held * price_now // 1000, n),
            free_stock=sums(holder, np.maximum(held - pledged, 0) * price_now // 1000, n),
            headroom=sums(borrower[usable], np.maximum(limit - drawn, 0)[usable], n),
        )

    def net_worth(self, position: Position) -> Ints:
        """Cash, goods and claims less obligations; fen."""
        worth: Ints = (
            self.books.cash
            + position.receivable
            + position.stock
            + (position.transit - position.committed)
            - position.payable
            - position.debt
        )
        return worth
