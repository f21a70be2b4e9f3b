"""Renewals: facilities that matured go on, with what was drawn; some are restructured."""

import numpy as np

from simulator import facilities as book
from simulator.books import Account
from simulator.failures import declare
from simulator.lending import asked, schedule
from simulator.payments import settle
from simulator.port import Debt, Port
from simulator.selection import sound
from simulator.table import Ints, distinct


def decide(port: Port) -> None:
    """Once a month: lenders renew some matured facilities, sooner those not repaid.

    What is still drawn on one that is renewed is rolled over: a new drawing repays the old one,
    and no money moves. Most of the others ask anew later.
    """
    matured = port.facilities.live
    decided, matures = port.facilities.of(matured, "decided", "matures")
    matured = matured[(decided == 0) & (matures <= port.day)]
    if not len(matured):
        return
    owner, slot, drawn, amount, on_name = port.facilities.of(
        matured, "owner", "slot", "drawn", "amount", "linked"
    )
    port.facilities["decided"][matured] = 1
    chance = port.world.lending.renewed_share * (0.7 + 0.9 * np.minimum(drawn / amount, 1.0))
    renewed = sound(port)[owner] & (port.rng.random(len(matured)) < chance)
    for place in (0, 1):
        these = renewed & (slot == place)
        old, owners = matured[these], owner[these]
        size = np.maximum(asked(port, owners, place), drawn[these])
        new = book.open_(port, owners, place, size, on_name[these] > 0, old)
        _carry_over(port, old, new)
    again = ~renewed & (port.rng.random(len(matured)) < port.world.acceptance.asks_again)
    rest = port.rng.integers(5, 40, len(matured))
    port.state.next_application[owner[again], slot[again]] = port.day + rest[again]


def _carry_over(port: Port, old: Ints, new: Ints) -> None:
    owing = port.facilities["drawn"][old] > 0
    old, new = old[owing], new[owing]
    if not len(old):
        return
    matures, drawn = port.facilities["matures"][new], port.facilities["drawn"][old]
    port.feeds.emit(
        "financing",
        "extended",
        port.at(len(old), 11.2, 12),
        **book.envelope(port, old),
        amount=drawn,
        matures_at=port.micros(matures),
    )
    loans = port.loans.live
    of = port.loans["facility"][loans]
    place = np.searchsorted(old, of)
    mine = old[np.minimum(place, len(old) - 1)] == of
    mine &= port.loans["left"][loans] > 0
    roll(port, loans[mine], new[place[mine]])


def restructure(port: Port) -> None:
    """Once a month: of the facilities long past due, a few are given new instalments.

    Without it they would not have paid: that is a default.
    """
    debts = port.debts.live
    due, kind, ref = port.debts.of(debts, "due", "kind", "ref")
    late = (kind == Debt.INSTALMENT) & (due < port.day - 45)
    if not late.any():
        return
    rows = distinct(port.loans["facility"][ref[late]])
    rows = rows[port.facilities["defaulted"][rows] == 0]
    rows = rows[port.rng.random(len(rows)) < port.world.recovery.restructured_monthly]
    if not len(rows):
        return
    port.feeds.emit(
        "financing",
        "restructured",
        port.at(len(rows), 11.2, 12),
        **book.envelope(port, rows),
        amount=port.facilities["drawn"][rows],
    )
    loans = port.loans.live
    facility, left = port.loans.of(loans, "facility", "left")
    mine = np.isin(facility, rows) & (left > 0)
    roll(port, loans[mine], facility[mine])
    declare(port, rows, "distressed_restructuring")


def roll(port: Port, loans: Ints, facilities: Ints) -> None:
    """New drawings on facilities repay loans, given in ascending order; receipts stay in force.

    The interest is owed within days, for nothing is paid out of which it could be kept back.
    """
    if not len(loans):
        return
    owner, left, receipt = port.loans.of(loans, "owner", "left", "receipt")
    receipt = receipt.copy()
    parts = port.rng.integers(1, 4, len(loans))
    secured = np.flatnonzero(receipt >= 0)
    remaining = port.receipts["parts"][receipt[secured]]
    receipt[secured[remaining == 0]] = -1
    parts[secured[remaining > 0]] = remaining[remaining > 0]
    lending = port.world.lending
    tenor = port.rng.integers(lending.tenor_days[0], lending.tenor_days[1] + 1, len(loans))
    port.books.receive(Account.LENDERS, owner, left)
    new = schedule(port, facilities, left, parts, receipt, tenor)
    receipts = port.receipts.live
    behind = port.receipts["loan"][receipts]
    place = np.minimum(np.searchsorted(loans, behind), len(loans) - 1)
    moved = loans[place] == behind
    port.receipts["loan"][receipts[moved]] = new[place[moved]]
    port.receipts["facility"][receipts[moved]] = facilities[place[moved]]
    port.loans["receipt"][loans] = -1
    debts = port.debts.live
    kind, ref = port.debts.of(debts, "kind", "ref")
    settle(port, debts[(kind == Debt.INSTALMENT) & np.isin(ref, loans)])
    interest = np.asarray(left * (lending.yearly_rate * 0.8 / 365.0) * tenor, np.int64)
    port.debts.add(
        len(loans),
        owner=owner,
        amount=np.maximum(interest, 1),
        due=port.day + 10,
        kind=Debt.COSTS,
        ref=0,
        **{"from": port.day + 10},
    )
