"""Failures: default when an obligation lies unpaid for more than 90 days, cure, insolvency.

Nothing here draws a default: it is found by looking at the obligations that cash did not cover.
The rule is the same for everyone and for every kind of obligation: what has been unpaid for more
than 90 days must together be material. Of the defaulted, lenders report those they lent to.
"""

import numpy as np

from simulator import losses
from simulator.enforcement import realise
from simulator.facilities import envelope
from simulator.insolvency import sweep, wind_up
from simulator.names import Lateness
from simulator.port import NEVER, Debt, Port, Position
from simulator.table import Bools, Ints, distinct, first_of_each, sums
from supervision.contract.columns import column

_CURE_DAYS = 90
"""Days without anything overdue after which a default counts as cured."""
_LONGEST_DAYS = 330
"""Days in default after which creditors end even an enterprise that could pay one day."""


def judge(port: Port, position: Position) -> None:
    """Measure how long obligations lie unpaid and draw the consequences."""
    state, n = port.state, len(port.who.skill)
    debts = port.debts.live
    debts = debts[port.debts.of(debts, "due")[0] < port.day]
    owner, due, kind, amount = port.debts.of(debts, "owner", "due", "kind", "amount")
    age = port.day - due
    state.overdue_days[:] = 0
    state.loan_overdue_days[:] = 0
    np.maximum.at(state.overdue_days, owner, age)
    loan = kind == Debt.INSTALMENT
    np.maximum.at(state.loan_overdue_days, owner[loan], age[loan])
    strained = (state.overdue_days > 4) | (2 * port.books.cash < position.soon)
    state.distress += (strained - state.distress) / 40.0
    past = age > port.world.lending.default_days
    if past.any():
        behind = sums(owner[past], amount[past], n) >= material(port)
        _record(port, np.flatnonzero(behind & (state.default_day == NEVER) & state.trading))
        _default_facilities(port, debts[past & loan])
    _enforce_facilities(port)
    _cure(port)
    wind_up(port, _ending(port, position))
    sweep(port)


def material(port: Port) -> Ints:
    """From what sum on, fen, what an enterprise leaves unpaid is material."""
    terms = port.world.recovery
    share = (port.who.turnover * terms.material_share).astype(np.int64)
    return np.maximum(share, terms.material_least)


def declare(port: Port, facilities: Ints, kind: str) -> None:
    """Lenders declare facilities in default that are not so yet, for a reason of theirs."""
    facilities = facilities[port.facilities["defaulted"][facilities] == 0]
    if not len(facilities):
        return
    port.facilities["defaulted"][facilities] = port.day
    losses.begin(port, facilities)
    _tell_outcome(port, "default", facilities, kind)
    owners = distinct(port.facilities["owner"][facilities])
    owners = owners[(port.state.default_day[owners] == NEVER) & port.state.trading[owners]]
    _record(port, owners, Debt.INSTALMENT)
    _call_guarantors(port, distinct(port.facilities["owner"][facilities]))


def _record(port: Port, owners: Ints, kind: Debt | None = None) -> None:
    """Put the realised defaults of all enterprises, financed or not, into the truth."""
    if not len(owners):
        return
    port.state.default_day[owners] = port.day
    port.state.clean_since[owners] = NEVER
    financed = np.zeros(len(port.who.skill), np.bool_)
    financed[port.facilities["owner"][port.facilities.live]] = True
    kinds = _oldest(port, owners) if kind is None else np.full(len(owners), int(kind))
    port.defaults += [
        (who, port.day, what, lent)
        for who, what, lent in zip(
            owners.tolist(), kinds.tolist(), financed[owners].tolist(), strict=True
        )
    ]


def _oldest(port: Port, owners: Ints) -> Ints:
    """Kind of the oldest obligation of each owner, who are in ascending order."""
    debts = port.debts.live
    debts = debts[np.isin(port.debts["owner"][debts], owners)]
    owner, due, kind = port.debts.of(debts, "owner", "due", "kind")
    oldest: Ints = kind[first_of_each(owner, due)]
    return oldest


def _default_facilities(port: Port, instalments: Ints) -> None:
    """Lenders report facilities on which something material is more than 90 days past due."""
    if not len(instalments):
        return
    ref, amount = port.debts.of(instalments, "ref", "amount")
    facility = port.loans["facility"][ref]
    rows = distinct(facility)
    place = np.searchsorted(rows, facility)
    behind = np.zeros(len(rows), np.int64)
    np.add.at(behind, place, amount)
    declare(port, rows[behind >= material(port)[port.facilities["owner"][rows]]], "past_due_90")


def _tell_outcome(port: Port, kind: str, rows: Ints, default_kind: str | None = None) -> None:
    facts = {}
    if default_kind is not None:
        facts["default_kind"] = column("outcome", "default_kind").code(default_kind)
    port.feeds.emit(
        "outcome",
        kind,
        port.at(len(rows), 17, 18),
        **envelope(port, rows),
        amount=port.facilities["drawn"][rows],
        _lateness=int(Lateness.SLOW),
        **facts,
    )


def _call_guarantors(port: Port, debtors: Ints) -> None:
    rows = port.guarantees.live
    guarantor, debtor, amount = port.guarantees.of(rows, "guarantor", "debtor", "amount")
    facilities = port.facilities.live
    owner, drawn = port.facilities.of(facilities, "owner", "drawn")
    owed = sums(owner, drawn, len(port.who.skill))
    called = np.isin(debtor, debtors) & port.state.trading[guarantor]
    amount = np.minimum(amount, owed[debtor] // 2)
    called &= amount > 0
    due = port.day + 30
    port.debts.add(
        int(called.sum()),
        owner=guarantor[called],
        amount=amount[called],
        due=due,
        kind=Debt.GUARANTEE,
        ref=rows[called],
        **{"from": due},
    )


def _enforce_facilities(port: Port) -> None:
    """Lenders realise pledges some weeks after a default, in court.

    Nothing leaves a closed port: what was to be sold then is sold on the day it opens.
    """
    if port.prices.closed[port.day]:
        return
    rows = port.facilities.live
    defaulted = port.facilities["defaulted"][rows]
    waited = port.day - defaulted - port.world.lending.enforcement_days
    ripe = rows[(defaulted > 0) & (waited >= 0) & (waited <= port.prices.closed_before(port.day))]
    if len(ripe):
        receipts = port.receipts.live
        receipts = receipts[np.isin(port.receipts["facility"][receipts], ripe)]
        realise(port, receipts, port.world.recovery.auction_discount)


def _cure(port: Port) -> None:
    state = port.state
    ill = (state.default_day != NEVER) & state.trading
    clean = ill & (state.overdue_days == 0)
    state.clean_since[clean & (state.clean_since == NEVER)] = port.day
    state.clean_since[ill & ~clean] = NEVER
    cured = clean & (port.day - state.clean_since >= _CURE_DAYS)
    if cured.any():
        state.default_day[cured] = NEVER
        state.clean_since[cured] = NEVER
        rows = port.facilities.live
        owner, defaulted = port.facilities.of(rows, "owner", "defaulted")
        rows = rows[(defaulted > 0) & cured[owner]]
        _tell_outcome(port, "cure", rows)
        losses.end(port, rows, losses.Resolution.CURED)
        port.facilities["defaulted"][rows] = 0


def _ending(port: Port, position: Position) -> Ints:
    """Whoever stays in default beyond its creditors' patience, with less than nothing.

    Nobody while the port is closed: what there is could not be sold.
    """
    if port.prices.closed[port.day]:
        return np.zeros(0, np.int64)
    state = port.state
    waited = port.day - state.default_day
    ends: Bools = state.trading & (state.default_day != NEVER) & (state.overdue_days > 0)
    rows = np.flatnonzero(ends & (waited >= state.patience))
    if not len(rows):
        return rows
    lost = (port.net_worth(position)[rows] < 0) | (waited[rows] > _LONGEST_DAYS)
    ending: Ints = rows[lost]
    return ending
