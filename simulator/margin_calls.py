"""Margin calls: where prices fall, who pledged goods must put up more or lose them."""

import numpy as np

from simulator.enforcement import realise
from simulator.failures import declare
from simulator.imports import appraise
from simulator.lending import pledge
from simulator.payments import settle
from simulator.port import Debt, Port
from simulator.selection import LTV
from simulator.table import Bools, Ints, distinct, first_of_each


def watch(port: Port) -> None:
    """Weekly: value what is pledged; daily: see who tops up, and close out who did not."""
    weekly = port.day % port.world.margin.check_days == 0
    loans = port.loans.live
    waiting = loans[port.loans["top_up"][loans] > 0]
    if weekly:
        _call(port)
    if len(waiting):
        _follow_up(port, waiting)


def carried(port: Port, loans: Ints) -> Ints:
    """What the receipts behind loans, in ascending order, carry at today's prices; fen.

    The lender believes its receipts.
    """
    total = np.zeros(len(loans), np.int64)
    if not len(loans):
        return total
    receipts = port.receipts.live
    loan = port.receipts["loan"][receipts]
    place = np.minimum(np.searchsorted(loans, loan), len(loans) - 1)
    mine = loans[place] == loan
    parcel, quantity = port.receipts.of(receipts[mine], "parcel", "quantity")
    good = port.parcels["good"][parcel]
    value = (quantity * port.spot[good] // 1000) * LTV[good]
    np.add.at(total, place[mine], value.astype(np.int64))
    return total


def _call(port: Port) -> None:
    """Lenders call for more where the price is below the alert line."""
    loans = port.loans.live
    receipt, left, top_up = port.loans.of(loans, "receipt", "left", "top_up")
    loans = loans[(receipt >= 0) & (top_up == 0) & (left > 0)]
    terms = port.world.margin
    low = carried(port, loans) < (1.0 - terms.alert_fall) * port.loans["left"][loans]
    facility = port.loans["facility"][loans]
    loans = loans[low & (port.facilities["defaulted"][facility] == 0)]
    if not len(loans):
        return
    first, last = terms.top_up_working_days
    working = port.rng.integers(first, last + 1, len(loans))
    start = np.datetime64(port.clock.first, "D")
    until = np.busday_offset(start + port.day, working, roll="backward") - start
    port.loans["top_up"][loans] = until.astype(np.int64)
    if not port.feeds.muted:
        parcel = port.receipts["parcel"][port.loans["receipt"][loans]]
        appraise(port, *port.parcels.of(distinct(parcel), "owner", "lot", "good"))


def _follow_up(port: Port, loans: Ints) -> None:
    """Of the loans called, some are topped up; the others are closed out after the last day."""
    terms = port.world.margin
    left, until, facility = port.loans.of(loans, "left", "top_up", "facility")
    worth = carried(port, loans)
    fine = (worth >= (1.0 - terms.alert_fall) * left) | (left == 0)
    fine |= port.facilities["defaulted"][facility] > 0
    port.loans["top_up"][loans[fine]] = 0
    reacts = (port.rng.random(len(loans)) < terms.reacts) | (until <= port.day)
    able = np.flatnonzero(~fine & reacts)
    able = np.sort(able[first_of_each(port.loans["owner"][loans[able]], until[able])])
    lacking = left - worth
    done = np.zeros(len(loans), np.bool_)
    done[able] = _repays(port, loans[able], lacking[able])
    rest = able[~done[able]]
    done[rest] = _pledges_more(port, loans[rest], lacking[rest])
    port.loans["top_up"][loans[done]] = 0
    over = ~fine & ~done & (until <= port.day)
    crossed = over & (worth < (1.0 - terms.close_out_fall) * left)
    crossed &= not port.prices.closed[port.day]
    # Between the lines, or while the port is closed, the lender grants another week.
    port.loans["top_up"][loans[over & ~crossed]] = port.day + terms.check_days
    _close_out(port, loans[crossed])


def _repays(port: Port, loans: Ints, lacking: Ints) -> Bools:
    """Pay the next instalments early, no goods being released for it, where the cash is there."""
    done = np.zeros(len(loans), np.bool_)
    if not len(loans):
        return done
    debts = port.debts.live
    kind, ref = port.debts.of(debts, "kind", "ref")
    rows = np.flatnonzero(kind == Debt.INSTALMENT)
    debts = debts[rows[np.isin(ref[rows], loans)]]
    ref, due, amount = port.debts.of(debts, "ref", "due", "amount")
    order = np.lexsort((debts, due, ref))
    debts, ref, amount = debts[order], ref[order], amount[order]
    place = np.searchsorted(loans, ref)
    running = np.cumsum(amount) - amount
    first = np.searchsorted(ref, loans)
    before = running - running[np.minimum(first, len(ref) - 1)][place]
    chosen = before < lacking[place]
    owner = port.loans["owner"][loans]
    cost = np.zeros(len(loans), np.int64)
    np.add.at(cost, place[chosen], amount[chosen])
    done = (cost > 0) & (2 * cost <= port.books.cash[owner])
    settle(port, debts[chosen & done[place]], release=False)
    return np.asarray(done, np.bool_)


def _pledges_more(port: Port, loans: Ints, lacking: Ints) -> Bools:
    """Pledge a part of the most valuable free parcel, where it carries what is lacking."""
    done = np.zeros(len(loans), np.bool_)
    if not len(loans):
        return done
    place = np.full(len(port.who.skill), -1, np.int64)
    place[port.loans["owner"][loans]] = np.arange(len(loans))
    rows = port.parcels.live
    rows = rows[place[port.parcels["owner"][rows]] >= 0]
    owner, good, held, bound = port.parcels.of(rows, "owner", "good", "quantity", "pledged")
    carries = np.maximum(held - bound, 0) * (port.spot[good] / 1000.0 * LTV[good])
    fit = np.flatnonzero(carries >= 1.02 * lacking[place[owner]])
    best = fit[first_of_each(owner[fit], -carries[fit])]
    which = place[owner[best]]
    share = 1.02 * lacking[which] / carries[best]
    free = (held - bound)[best]
    quantity = np.clip((free * share).astype(np.int64) + 1, 1, free)
    facilities = port.loans["facility"][loans[which]]
    if len(best):
        receipts = pledge(port, facilities, rows[best], quantity, lacking[which])
        port.receipts["loan"][receipts] = loans[which]
    done[which] = True
    return done


def _close_out(port: Port, loans: Ints) -> None:
    """Lenders sell what is pledged; where that does not cover a loan, they report the loss."""
    if not len(loans):
        return
    terms = port.world.recovery
    receipts = port.receipts.live
    receipts = receipts[np.isin(port.receipts["loan"][receipts], loans)]
    at_stake = port.loans["left"][loans]
    facility = port.loans["facility"][loans]
    realise(port, receipts, terms.close_out_discount)
    port.loans["receipt"][loans] = -1
    port.loans["top_up"][loans] = 0
    lost = port.loans["left"][loans] > terms.loss_sale * at_stake
    declare(port, distinct(facility[lost]), "loss_sale")
