"""Obligations: each day they are paid in order of their due days, as far as the cash goes."""

import numpy as np

from simulator.books import Account
from simulator.pledges import request_release
from simulator.port import Debt, Port
from simulator.sales import tell_paid
from simulator.table import Ints

_PATIENCE = np.array([-10, 0, 6, 4, 30, 10], np.int64)
"""Days by which each kind of :class:`Debt` stands behind instalments: wages first."""
_ACCOUNTS = {
    Debt.COSTS: Account.COSTS,
    Debt.INSTALMENT: Account.LENDERS,
    Debt.SUPPLIER: Account.SUPPLIERS,
    Debt.GUARANTEE: Account.GUARANTEED,
    Debt.CLAIM: Account.CLAIMANTS,
}


def pay(port: Port) -> None:
    """Pay what is due and can be paid.

    An enterprise pays in one order and stops at the first obligation that its cash does not
    cover, as whoever saves up for the most pressing one.
    """
    debts = port.debts.live
    start, due, called = port.debts.of(debts, "from", "due", "called")
    kind = port.debts["kind"][debts]
    falls_due = debts[(due == port.day) & (kind == Debt.INSTALMENT)]
    tell_due(port, falls_due)
    debts = debts[(start <= port.day) | (called > 0)]
    if not len(debts):
        return
    owner, amount, due, kind = port.debts.of(debts, "owner", "amount", "due", "kind")
    order = np.lexsort((debts, due + _PATIENCE[kind], owner))
    owner, amount, debts = owner[order], amount[order], debts[order]
    running = np.cumsum(amount)
    first = np.ones(len(owner), np.bool_)
    first[1:] = owner[1:] != owner[:-1]
    before = (running - amount)[first][np.cumsum(first) - 1]
    settle(port, debts[running - before <= port.books.cash[owner]])


def settle(port: Port, debts: Ints) -> None:
    """Pay some obligations in full, whoever's cash it comes from."""
    owner, amount, kind, ref = port.debts.of(debts, "owner", "amount", "kind", "ref")
    for debt, account in _ACCOUNTS.items():
        of_kind = kind == debt
        port.books.pay(account, owner[of_kind], amount[of_kind])
    trade = kind == Debt.TRADE
    sales = ref[trade]
    port.books.pass_on(owner[trade], port.sales["seller"][sales], amount[trade])
    tell_paid(port, sales)
    port.sales.close(sales)
    port.debts.close(debts)
    _repay(port, debts[kind == Debt.INSTALMENT])


def _repay(port: Port, instalments: Ints) -> None:
    """Reduce loans by paid instalments and ask for the release of the pledged parts."""
    if not len(instalments):
        return
    owner, amount, due, loan = port.debts.of(instalments, "owner", "amount", "due", "ref")
    tell_due(port, instalments[due > port.day])
    facility, receipt = port.loans.of(loan, "facility", "receipt")
    np.subtract.at(port.loans["left"], loan, amount)
    np.subtract.at(port.facilities["drawn"], facility, amount)
    lender = port.facilities["lender"][facility]
    port.feeds.emit(
        "financing",
        "instalment_paid",
        port.at(len(instalments), 9.5, 11),
        provider=port.names.lending_at + lender,
        enterprise=owner,
        facility=facility,
        lender=port.names.lenders_at + lender,
        amount=amount,
        due_at=port.micros(due),
        days_past_due=np.maximum(port.day - due, 0),
    )
    port.loans.close(np.unique(loan[port.loans["left"][loan] == 0]))
    request_release(port, receipt[receipt >= 0])


def tell_due(port: Port, instalments: Ints) -> None:
    """The lender states that instalments are due."""
    owner, amount, due, loan = port.debts.of(instalments, "owner", "amount", "due", "ref")
    facility = port.loans["facility"][loan]
    lender = port.facilities["lender"][facility]
    port.feeds.emit(
        "financing",
        "instalment_due",
        port.at(len(instalments), 8, 9),
        provider=port.names.lending_at + lender,
        enterprise=owner,
        facility=facility,
        lender=port.names.lenders_at + lender,
        amount=amount,
        due_at=port.micros(due),
    )
