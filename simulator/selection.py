"""Selection: whom lenders accept, by the core-enterprise rule."""

import numpy as np

from simulator.goods import GOODS
from simulator.port import Port
from simulator.table import Bools, Ints, sums

LTV = np.array([good.ltv for good in GOODS])
"""Loan to value of every good."""


def sound(port: Port) -> Bools:
    """Who has nothing past due now, and no default that a lender reported and nobody cured."""
    rows = port.facilities.live
    owner, defaulted = port.facilities.of(rows, "owner", "defaulted")
    clean = port.state.trading & (port.state.overdue_days == 0)
    clean[owner[defaulted > 0]] = False
    return np.asarray(clean, np.bool_)


def linked(port: Port, owners: Ints) -> Bools:
    """Whose core enterprise is rated well enough."""
    who = port.who
    rated = who.core_rating[owners] <= port.world.acceptance.core_rating
    return np.asarray((who.core[owners] >= 0) & rated, np.bool_)


def accepted(port: Port, owners: Ints, slot: int, amount: Ints) -> Bools:
    """Whether the lender in a slot grants each owner a facility of an amount."""
    terms = port.world.acceptance
    cover = np.where(port.state.customer[owners, slot], terms.customer_cover, terms.cover)
    covered = loan_value(port)[owners] >= cover * amount
    known = port.rng.random(len(owners)) < terms.exceptions
    return np.asarray(linked(port, owners) | covered | known, np.bool_)


def loan_value(port: Port) -> Ints:
    """What the free goods of each enterprise that lenders accept would carry; fen."""
    holder, good, held, pledged = port.parcels.of(
        port.parcels.live, "owner", "good", "quantity", "pledged"
    )
    takes = port.world.acceptance.least_ltv <= LTV
    ltv = np.where(takes, LTV, 0.0)[good]
    value = np.maximum(held - pledged, 0) * port.spot[good] // 1000
    return sums(holder, (value * ltv).astype(np.int64), len(port.who.skill))
