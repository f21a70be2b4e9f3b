"""Obligations: each day they are paid in order of their due days, as far as the cash goes."""

import numpy as np

from simulator import losses
from simulator.books import Account
from simulator.facilities import envelope
from simulator.pledges import release_rest, request_release
from simulator.port import Debt, Port
from simulator.table import Bools, Ints, distinct
from simulator.titles import tell_paid

_PATIENCE = np.array([-10, 0, 6, 4, 30, 10], np.int64)
"""Days by which each kind of :class:`Debt` stands behind instalments: wages first."""
ACCOUNTS = {
    Debt.COSTS: Account.COSTS,
    Debt.INSTALMENT: Account.LENDERS,
    Debt.SUPPLIER: Account.SUPPLIERS,
    Debt.GUARANTEE: Account.GUARANTEED,
    Debt.CLAIM: Account.CLAIMANTS,
}
"""To whom each kind is paid; the price of goods bought in storage goes to their seller."""


def pay(port: Port) -> None:
    """Pay what is due and can be paid.

    An enterprise pays in one order and stops at the first obligation that its cash does not
    cover, as whoever saves up for the most pressing one.
    """
    debts = port.debts.live
    if not port.feeds.muted:
        due, kind = port.debts.of(debts, "due", "kind")
        tell_due(port, debts[(due == port.day) & (kind == Debt.INSTALMENT)])
    start, called = port.debts.of(debts, "from", "called")
    debts = debts[(start <= port.day) | (called > 0)]
    if not len(debts):
        return
    owner, amount, due, kind = port.debts.of(debts, "owner", "amount", "due", "kind")
    order = np.lexsort((due + _PATIENCE[kind], owner))
    before = _before(owner[order], amount[order])
    covered = before + amount[order] <= port.books.cash[owner[order]]
    settle(port, debts[order][covered])


def settle(port: Port, debts: Ints, release: bool = True) -> None:
    """Pay some obligations in full, whoever's cash it comes from.

    Parameters
    ----------
    debts : int64 array
    release : bool
        Whether a paid instalment frees a part of what is pledged for it.
    """
    if not len(debts):
        return
    owner, amount, kind, ref = port.debts.of(debts, "owner", "amount", "kind", "ref")
    for debt, account in ACCOUNTS.items():
        of_kind = kind == debt
        port.books.pay(account, owner[of_kind], amount[of_kind])
    trade = kind == Debt.TRADE
    sales = ref[trade]
    port.books.pass_on(owner[trade], port.sales["seller"][sales], amount[trade])
    tell_paid(port, sales)
    port.sales.close(sales)
    port.debts.close(debts)
    instalments = debts[kind == Debt.INSTALMENT]
    _repay(port, instalments, amount[kind == Debt.INSTALMENT], release)
    called = kind == Debt.GUARANTEE
    if called.any():
        _relieve(port, port.guarantees["debtor"][ref[called]], amount[called])


def settle_out_of(port: Port, debts: Ints, group: Ints, money: Ints) -> None:
    """Pay instalments out of sums of money, the oldest first and the last one in part.

    Parameters
    ----------
    debts, group : int64 array
        Instalments, and for each the place of the money that pays it.
    money : int64 array
        Fen, all of it in the cash of the instalments' owners.
    """
    debts, part, whole = _within(port, debts, group, money)
    settle(port, debts[whole])
    partly = ~whole & (part > 0)
    port.books.pay(Account.LENDERS, port.debts["owner"][debts[partly]], part[partly])
    pay_part(port, debts[partly], part[partly])


def pay_part(port: Port, instalments: Ints, amount: Ints) -> None:
    """Instalments are paid in part, from money already entered in the books."""
    port.debts.increase("amount", instalments, -amount)
    _repay(port, instalments, amount, release=False)


def _relieve(port: Port, debtors: Ints, money: Ints) -> None:
    """What guarantors paid to lenders is no longer owed by those whom they guaranteed."""
    who = distinct(debtors)
    place = np.searchsorted(who, debtors)
    total = np.zeros(len(who), np.int64)
    np.add.at(total, place, money)
    debts = port.debts.live
    owner, kind = port.debts.of(debts, "owner", "kind")
    theirs = np.zeros(len(port.who.skill), np.bool_)
    theirs[who] = True
    debts = debts[(kind == Debt.INSTALMENT) & theirs[owner]]
    group = np.searchsorted(who, port.debts["owner"][debts])
    debts, part, whole = _within(port, debts, group, total)
    pay_part(port, debts[~whole & (part > 0)], part[~whole & (part > 0)])
    port.debts.close(debts[whole])
    _repay(port, debts[whole], part[whole], release=True)


def _within(port: Port, debts: Ints, group: Ints, money: Ints) -> tuple[Ints, Ints, Bools]:
    """Debts, the oldest of each group first, what money pays of each, and whether that is all."""
    due, amount = port.debts.of(debts, "due", "amount")
    order = np.lexsort((debts, due, group))
    debts, group, amount = debts[order], group[order], amount[order]
    part = np.clip(money[group] - _before(group, amount), 0, amount)
    return debts, part, np.asarray(part == amount, np.bool_)


def _before(group: Ints, amount: Ints) -> Ints:
    """Sum of the amounts before each in its group; the groups stand together."""
    running = np.cumsum(amount) - amount
    first = np.ones(len(group), np.bool_)
    first[1:] = group[1:] != group[:-1]
    return np.asarray(running - running[first][np.cumsum(first) - 1], np.int64)


def _repay(port: Port, instalments: Ints, amount: Ints, release: bool) -> None:
    """Reduce loans by what was paid on instalments and free the pledged parts."""
    if not len(instalments):
        return
    due, loan = port.debts.of(instalments, "due", "ref")
    if not port.feeds.muted:
        tell_due(port, instalments[due > port.day], amount[due > port.day])
    facility, receipt = port.loans.of(loan, "facility", "receipt")
    port.loans.increase("left", loan, -amount)
    port.facilities.increase("drawn", facility, -amount)
    losses.recover(port, facility, amount)
    if not port.feeds.muted:
        port.feeds.emit(
            "financing",
            "instalment_paid",
            port.at(len(instalments), 9.5, 11),
            **envelope(port, facility),
            amount=amount,
            due_at=port.micros(due),
            days_past_due=np.maximum(port.day - due, 0),
        )
    over = distinct(loan[port.loans["left"][loan] == 0])
    port.loans.close(over)
    if release:
        request_release(port, receipt[receipt >= 0])
    if len(over):
        release_rest(port, over)


def tell_due(port: Port, instalments: Ints, amount: Ints | None = None) -> None:
    """The lender states that instalments, or parts of them, are due."""
    if port.feeds.muted or not len(instalments):
        return
    owed, due, loan = port.debts.of(instalments, "amount", "due", "ref")
    port.feeds.emit(
        "financing",
        "instalment_due",
        port.at(len(instalments), 8, 9),
        **envelope(port, port.loans["facility"][loan]),
        amount=owed if amount is None else amount,
        due_at=port.micros(due),
    )
