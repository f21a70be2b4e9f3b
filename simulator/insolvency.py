"""Insolvency: an enterprise is wound up and its creditors share what it leaves."""

import numpy as np

from simulator import losses
from simulator.books import Account
from simulator.clock import DAY
from simulator.enforcement import realise
from simulator.facilities import envelope, shut
from simulator.names import Lateness
from simulator.payments import ACCOUNTS, pay_part
from simulator.port import NEVER, Debt, Port
from simulator.table import Bools, Ints, distinct, sums
from simulator.titles import tell_released
from supervision.contract.columns import column

_DEFAULT_KIND = column("outcome", "default_kind")
_DISHONEST = 0.7
"""Debtors of less honesty hide what they own and are listed for it."""


def wind_up(port: Port, owners: Ints) -> None:
    """End enterprises.

    Lenders sell what is pledged to them; the free goods and the claims on customers are sold;
    what is left after the costs of the procedure is shared pro rata. The rest is written off.
    """
    if not len(owners):
        return
    receipts = _of(port, "receipts", owners)
    realise(port, receipts, port.world.recovery.auction_discount)
    _strike_pledges(port, owners)
    _sell_out(port, owners)
    facilities = _of(port, "facilities", owners)
    losses.begin(port, facilities[port.facilities["drawn"][facilities] > 0])
    _share_out(port, owners)
    owing = facilities[port.facilities["drawn"][facilities] > 0]
    _tell_written_off(port, owing)
    shut(port, facilities)
    _strike_debts(port, owners)
    port.state.trading[owners] = False
    port.state.insolvent_day[owners] = port.day


def sweep(port: Port) -> None:
    """What customers still pay to those who ended belongs to whoever bought the claims."""
    dead = np.flatnonzero((port.state.insolvent_day != NEVER) & (port.books.cash > 0))
    port.books.pay(Account.LIQUIDATORS, dead, port.books.cash[dead])


def _of(port: Port, name: str, owners: Ints) -> Ints:
    """Live rows of a table that belong to some owners."""
    table = getattr(port, name)
    (owner,) = table.of(table.live, "owner")
    mine: Ints = table.live[_among(port, owners)[owner]]
    return mine


def _among(port: Port, owners: Ints) -> Bools:
    """Whether each enterprise is one of some."""
    among = np.zeros(len(port.who.skill), np.bool_)
    among[owners] = True
    return among


def _strike_pledges(port: Port, owners: Ints) -> None:
    port.receipts.close(_of(port, "receipts", owners))
    orders = port.releases.live
    receipt = port.releases["receipt"][orders]
    port.releases.close(orders[_among(port, owners)[port.receipts["owner"][receipt]]])


def _sell_out(port: Port, owners: Ints) -> None:
    """Free goods and claims on customers become cash."""
    terms, n = port.world.recovery, len(port.who.skill)
    parcels = _of(port, "parcels", owners)
    owner, held, good = port.parcels.of(parcels, "owner", "quantity", "good")
    value = (held * port.spot[good] // 1000) * (1.0 - terms.liquidation_discount)
    port.parcels["quantity"][parcels] = 0
    port.parcels["pledged"][parcels] = 0
    real = held > 0
    tell_released(port, parcels[real], held[real], np.full(int(real.sum()), -1, np.int64))
    port.parcels.close(parcels)
    port.books.receive(Account.BUYERS, owner, value.astype(np.int64))
    sales = port.sales.live
    sales = sales[_among(port, owners)[port.sales["seller"][sales]]]
    seller, price, due = port.sales.of(sales, "seller", "price", "due")
    face = sums(seller, np.where(due + 180 >= port.day, price, 0), n)[owners]
    sold = (face * terms.receivables_value).astype(np.int64)
    port.books.receive(Account.LIQUIDATORS, owners, sold)


def _share_out(port: Port, owners: Ints) -> None:
    """The estate, less its costs, goes to all creditors alike; what is left to the liquidators."""
    books, n = port.books, len(port.who.skill)
    cost = (books.cash[owners] * port.world.recovery.liquidation_cost).astype(np.int64)
    books.pay(Account.LIQUIDATORS, owners, cost)
    debts = _of(port, "debts", owners)
    owner, amount, kind, ref = port.debts.of(debts, "owner", "amount", "kind", "ref")
    owed = np.maximum(sums(owner, amount, n), 1)
    # Rounded down a little further, so that the estate is never exceeded.
    share = np.minimum(books.cash / owed, 1.0) * (1.0 - 1e-9)
    paid = (amount * share[owner]).astype(np.int64)
    for debt, account in ACCOUNTS.items():
        books.pay(account, owner[kind == debt], paid[kind == debt])
    trade = kind == Debt.TRADE
    books.pass_on(owner[trade], port.sales["seller"][ref[trade]], paid[trade])
    loan = (kind == Debt.INSTALMENT) & (paid > 0)
    pay_part(port, debts[loan], paid[loan])
    books.pay(Account.LIQUIDATORS, owners, books.cash[owners])


def _tell_written_off(port: Port, owing: Ints) -> None:
    """Lenders write off what stays drawn; the court tells of those who owe a lender."""
    if port.feeds.muted:
        return
    owner, drawn = port.facilities.of(owing, "owner", "drawn")
    port.feeds.emit(
        "outcome",
        "default",
        port.at(len(owing), 17, 18),
        **envelope(port, owing),
        amount=drawn,
        default_kind=_DEFAULT_KIND.code("write_off"),
        _lateness=int(Lateness.SLOW),
    )
    debtors = distinct(owner)
    owed = sums(owner, drawn, len(port.who.skill))[debtors]
    at = port.at(len(debtors), 9, 17)
    port.feeds.emit(
        "outcome",
        "default",
        at,
        provider=port.names.court,
        enterprise=debtors,
        amount=owed,
        default_kind=_DEFAULT_KIND.code("bankruptcy"),
    )
    hiding = port.who.honesty[debtors] < _DISHONEST
    port.feeds.emit(
        "outcome",
        "dishonest_debtor",
        at[hiding] + 20 * DAY,
        provider=port.names.court,
        enterprise=debtors[hiding],
        amount=owed[hiding],
    )


def _strike_debts(port: Port, owners: Ints) -> None:
    """Creditors strike out what stays unpaid."""
    debts = _of(port, "debts", owners)
    kind, ref = port.debts.of(debts, "kind", "ref")
    port.sales.close(ref[kind == Debt.TRADE])
    port.debts.close(debts)
    port.loans.close(_of(port, "loans", owners))
