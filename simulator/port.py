"""The port's state on one day: what everyone owns, owes and is owed."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from simulator.books import Books
from simulator.clock import DAY, HOUR, Clock
from simulator.counterparty import Partners
from simulator.enterprises import Enterprises
from simulator.feeds import Feeds
from simulator.frauds.schemes import Schemes
from simulator.names import Names
from simulator.prices import Prices
from simulator.table import Bools, Floats, Ints, Table, distinct, sums
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


REFERENCES: tuple[tuple[str, str, str, Debt | None], ...] = (
    ("debts", "ref", "loans", Debt.INSTALMENT),
    ("debts", "ref", "sales", Debt.TRADE),
    ("debts", "ref", "lots", Debt.SUPPLIER),
    ("debts", "ref", "guarantees", Debt.GUARANTEE),
    ("releases", "receipt", "receipts", None),
    ("receipts", "loan", "loans", None),
    ("loans", "receipt", "receipts", None),
    ("loans", "facility", "facilities", None),
    ("receipts", "facility", "facilities", None),
    ("receipts", "parcel", "parcels", None),
    ("parcels", "lot", "lots", None),
    ("sales", "lot", "lots", None),
)
"""Table, column, the table whose rows it names, and of debts the kind that does: what a kept row
names is kept when tables are compacted. A number below 0 names nothing."""


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
    drain: Floats
    """Part of its turnover a month that its owners feed to another venture, latent; 0 for none."""
    drain_ends: Ints
    next_application: Ints
    """[enterprises x 2] day from which each lender is asked again."""
    customer: Bools
    """[enterprises x 2] whether each lender has lent to it before."""


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
    customers, suppliers : Partners
        To whom enterprises sell and from whom they buy, latent.
    house_care : float64 [warehouses]
        Factor on exceptions, latent: low where the warehouse is skilled.
    house_honesty : float64 [warehouses]
        Chance that it admits what it finds wrong, latent.
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
    customers: Partners
    suppliers: Partners
    house_care: Floats
    house_honesty: Floats
    cold_house_silent: Bools
    schemes: Schemes
    day: int = 0
    deeds: list[tuple[str, int, int, int, int, int, int, int, int]] = field(default_factory=list)
    """Frauds committed (:mod:`simulator.frauds.deeds`)."""
    declarations: int = 0
    """How many there were: the next one's number."""
    arrivals: dict[int, int] = field(default_factory=dict)
    """Lots that arrived so many days later than promised."""
    violations: list[tuple[int, int, int]] = field(default_factory=list)
    """Sales of pledged goods without a release: enterprise, day, lot."""
    defaults: list[tuple[int, int, int, bool]] = field(default_factory=list)
    """Realised defaults of all: enterprise, day, kind of the obligation, financed."""
    lots: Table = field(
        default_factory=lambda: Table(
            "good", "owner", "quantity", "cost", "eta", "received", "warehouse", "origin", "short",
            "overstated", "supplier", "ships", "promised",
        )
    )  # fmt: skip
    """``supplier`` is a number among all suppliers; ``eta`` the day of arrival, ``promised`` the
    one agreed when it was ordered; ``overstated`` the per cent by which it is over-valued."""
    parcels: Table = field(
        default_factory=lambda: Table(
            "lot", "owner", "good", "quantity", "pledged", "warehouse", "pile", "since",
            "lot_quantity", "next_count", "next_reading", "order", "receipts",
            "made", "unseen", "lost",
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
            "defaulted", "decided", "loss",
        )
    )  # fmt: skip
    loans: Table = field(
        default_factory=lambda: Table("facility", "owner", "amount", "left", "receipt", "top_up")
    )
    receipts: Table = field(
        default_factory=lambda: Table(
            "parcel", "owner", "lender", "facility", "loan", "quantity", "amount", "parts",
            "static",
        )
    )  # fmt: skip
    releases: Table = field(
        default_factory=lambda: Table("receipt", "quantity", "amount", "authorised")
    )
    guarantees: Table = field(
        default_factory=lambda: Table("guarantor", "debtor", "amount", "ends")
    )
    losses: Table = field(
        default_factory=lambda: Table(
            "facility", "lender", "owner", "day", "exposure", "pledged", "static", "controlled",
            "recovered", "last", "ended", "resolution",
        )
    )  # fmt: skip

    @property
    def spot(self) -> Ints:
        """Today's prices by good, fen per 1,000 kg."""
        today: Ints = self.prices.spot[self.day]
        return today

    def at(self, count: int, first_hour: float, last_hour: float, day: int | None = None) -> Ints:
        """Moments between two hours of today (or of another day), one for each of some facts."""
        if self.feeds.muted:
            return np.zeros(count, np.int64)
        moments: Ints = self.rng.integers(int(first_hour * HOUR), int(last_hour * HOUR), count)
        return moments + self.clock.midnight(self.day if day is None else day)

    def micros(self, days: Ints) -> Ints:
        """Midnights of days."""
        return days * DAY + self.clock.midnight(0)

    def compact(self) -> None:
        """Drop the closed rows that nothing live refers to any more; what happens is the same.

        A loan of which no instalment is left, paid or written off, is closed first.
        """
        kind, ref = self.debts.of(self.debts.live, "kind", "ref")
        loans = self.loans.live
        self.loans.close(loans[~np.isin(loans, distinct(ref[kind == Debt.INSTALMENT]))])
        tables = {name: part for name, part in vars(self).items() if isinstance(part, Table)}
        keep = {name: table.marks() for name, table in tables.items()}
        counts: list[int] = []
        # Until a round finds nothing more: receipts and loans name each other.
        while (found := [int(marks.sum()) for marks in keep.values()]) != counts:
            counts = found
            for name, column, target, debt in REFERENCES:
                rows = tables[name].marked(keep[name])
                if debt is not None:
                    rows = rows[tables[name]["kind"][rows] == debt]
                tables[target].mark(keep[target], tables[name][column][rows])
        for name, table in tables.items():
            table.compact(keep[name])

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
        debt = sums(owner[loan], amount[loan], n)
        value, bound = held * price_now // 1000, np.flatnonzero(pledged)
        free = np.maximum(held - pledged, 0)[bound] * price_now[bound] // 1000
        stock = sums(holder, value, n)
        return Position(
            receivable=receivable,
            payable=sums(owner, amount, n) - debt,
            debt=debt,
            soon=sums(owner[near], amount[near], n),
            committed=sums(buyer, cost - deposit, n),
            transit=sums(buyer, cost, n),
            stock=stock,
            free_stock=stock - sums(holder[bound], value[bound] - free, n),
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
