"""Failures: default when an obligation lies unpaid for more than 90 days, cure, insolvency.

Nothing here draws a default: it is found by looking at the obligations that cash did not cover.
"""

import numpy as np

from simulator.books import Account
from simulator.clock import DAY
from simulator.lending import shut
from simulator.names import Lateness
from simulator.payments import settle
from simulator.pledges import enforce
from simulator.port import NEVER, Debt, Port, Position
from simulator.sales import tell_released
from simulator.table import Ints, sums
from supervision.contract.columns import column

_KINDS = {
    kind: column("outcome", "default_kind").code(kind)
    for kind in ("past_due_90", "write_off", "bankruptcy")
}
_CURE_DAYS = 90
"""Days without anything overdue after which a default counts as cured."""


def judge(port: Port, position: Position) -> None:
    """Measure how long obligations lie unpaid and draw the consequences."""
    state = port.state
    debts = port.debts.live
    owner, due, kind = port.debts.of(debts, "owner", "due", "kind")
    age = np.maximum(port.day - due, 0)
    state.overdue_days[:] = 0
    state.loan_overdue_days[:] = 0
    np.maximum.at(state.overdue_days, owner, age)
    loan = kind == Debt.INSTALMENT
    np.maximum.at(state.loan_overdue_days, owner[loan], age[loan])
    strained = (state.overdue_days > 4) | (2 * port.books.cash < position.soon)
    state.distress += (strained - state.distress) / 40.0
    limit = port.world.lending.default_days
    new = np.flatnonzero(
        (state.overdue_days > limit) & (state.default_day == NEVER) & state.trading
    )
    if len(new):
        _record_defaults(port, new)
    _default_facilities(port, debts[loan & (age > limit)])
    _enforce_facilities(port)
    _cure(port)
    _wind_up(port, position)


def _record_defaults(port: Port, owners: Ints) -> None:
    """Put the realised defaults of all enterprises, financed or not, into the truth."""
    port.state.default_day[owners] = port.day
    port.state.clean_since[owners] = NEVER
    debts = port.debts.live
    owner, due, kind = port.debts.of(debts, "owner", "due", "kind")
    financed = np.zeros(len(port.who.skill), np.bool_)
    financed[port.facilities["owner"][port.facilities.live]] = True
    for enterprise in owners.tolist():
        own = np.flatnonzero(owner == enterprise)
        oldest = int(kind[own[due[own].argmin()]])
        port.defaults.append((enterprise, port.day, oldest, bool(financed[enterprise])))


def _default_facilities(port: Port, instalments: Ints) -> None:
    """Lenders report facilities with an instalment more than 90 days past due."""
    rows = np.unique(port.loans["facility"][port.debts["ref"][instalments]])
    rows = rows[port.facilities["defaulted"][rows] == 0]
    if not len(rows):
        return
    port.facilities["defaulted"][rows] = port.day
    _tell_outcome(port, "default", rows, default_kind=_KINDS["past_due_90"])
    _call_guarantors(port, np.unique(port.facilities["owner"][rows]))


def _tell_outcome(port: Port, kind: str, rows: Ints, **facts: Ints | int) -> None:
    owner, lender, drawn = port.facilities.of(rows, "owner", "lender", "drawn")
    port.feeds.emit(
        "outcome",
        kind,
        port.at(len(rows), 17, 18),
        provider=port.names.lending_at + lender,
        enterprise=owner,
        facility=rows,
        lender=port.names.lenders_at + lender,
        amount=drawn,
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
    rows = port.facilities.live
    defaulted = port.facilities["defaulted"][rows]
    ripe = rows[(defaulted > 0) & (defaulted + port.world.lending.enforcement_days == port.day)]
    if len(ripe):
        receipts = port.receipts.live
        _realise(port, receipts[np.isin(port.receipts["facility"][receipts], ripe)])


def _realise(port: Port, receipts: Ints) -> None:
    """Sell what receipts cover and pay their loans' instalments out of it, the oldest first."""
    receipts = receipts[port.receipts["parts"][receipts] > 0]
    if not len(receipts):
        return
    proceeds = enforce(port, receipts)
    debts = port.debts.live
    kind, ref = port.debts.of(debts, "kind", "ref")
    for receipt, money in zip(receipts.tolist(), proceeds.tolist(), strict=True):
        loan = int(port.receipts["loan"][receipt])
        own = debts[(kind == Debt.INSTALMENT) & (ref == loan)]
        own = own[np.argsort(port.debts["due"][own], kind="stable")]
        settle(port, own[np.cumsum(port.debts["amount"][own]) <= money])


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
        port.facilities["defaulted"][rows] = 0


def _wind_up(port: Port, position: Position) -> None:
    """Whoever stays in default beyond its creditors' patience, with less than nothing, ends."""
    state = port.state
    waited = port.day - state.default_day
    ends = state.trading & (state.default_day != NEVER) & (state.overdue_days > 0)
    ends &= (waited >= state.patience) & ((port.net_worth(position) < 0) | (waited > 330))
    for enterprise in np.flatnonzero(ends).tolist():
        _liquidate(port, np.array([enterprise], np.int64))
    if ends.any():
        state.trading[ends] = False
        state.insolvent_day[ends] = port.day


def _liquidate(port: Port, one: Ints) -> None:
    """Sell the goods, hand the cash to the liquidators, strike out what stays unpaid."""
    receipts = port.receipts.live
    _realise(port, receipts[port.receipts["owner"][receipts] == one[0]])
    pending = port.releases.live
    port.releases.close(
        pending[port.receipts["owner"][port.releases["receipt"][pending]] == one[0]]
    )
    parcels = port.parcels.live
    parcels = parcels[port.parcels["owner"][parcels] == one[0]]
    held = port.parcels["quantity"][parcels].copy()
    port.parcels["quantity"][parcels] = 0
    tell_released(port, parcels, held, np.full(len(parcels), -1, np.int64))
    port.parcels.close(parcels)
    rows = port.facilities.live
    rows = rows[port.facilities["owner"][rows] == one[0]]
    owing = rows[port.facilities["drawn"][rows] > 0]
    _tell_outcome(port, "default", owing, default_kind=_KINDS["write_off"])
    if len(owing):
        _tell_court(port, one, int(port.facilities["drawn"][owing].sum()))
    shut(port, rows)
    debts = port.debts.live
    port.debts.close(debts[port.debts["owner"][debts] == one[0]])
    port.books.pay(Account.LIQUIDATORS, one, port.books.cash[one])


def _tell_court(port: Port, one: Ints, owed: int) -> None:
    at = port.at(1, 9, 17)
    port.feeds.emit(
        "outcome",
        "default",
        at,
        provider=port.names.court,
        enterprise=one,
        amount=owed,
        default_kind=_KINDS["bankruptcy"],
    )
    if port.who.honesty[one[0]] < 0.7:
        port.feeds.emit(
            "outcome",
            "dishonest_debtor",
            at + 20 * DAY,
            provider=port.names.court,
            enterprise=one,
            amount=owed,
        )
