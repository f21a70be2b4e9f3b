"""Enforcement: lenders sell what is pledged to them, and what it brings repays the loans."""

import numpy as np

from simulator import losses
from simulator.books import Account
from simulator.payments import settle_out_of
from simulator.pledges import enforce
from simulator.port import Debt, Port
from simulator.table import Ints, distinct


def realise(port: Port, receipts: Ints, discount: float) -> None:
    """Sell what receipts cover and pay their loans' instalments out of it, the oldest first.

    Goods that were not held well bring less, for others claim them too. A shortfall stays owed;
    what is over is the owner's.
    """
    receipts = receipts[port.receipts["parts"][receipts] > 0]
    if not len(receipts):
        return
    terms = port.world.recovery
    owner, loan = port.receipts.of(receipts, "owner", "loan")
    kept = losses.controlled(port, receipts)
    losses.enforced(port, receipts, kept)
    disputed = np.where(kept, 0.0, terms.disputed_discount)
    proceeds = enforce(port, receipts, 1.0 - (1.0 - discount) * (1.0 - disputed))
    costs = (proceeds * terms.enforcement_cost).astype(np.int64)
    port.books.pay(Account.COSTS, owner, costs)
    loans = distinct(loan)
    place = np.searchsorted(loans, loan)
    money = np.zeros(len(loans), np.int64)
    np.add.at(money, place, proceeds - costs)
    debts = port.debts.live
    kind, ref = port.debts.of(debts, "kind", "ref")
    rows = np.flatnonzero(kind == Debt.INSTALMENT)
    debts = debts[rows[np.isin(ref[rows], loans)]]
    settle_out_of(port, debts, np.searchsorted(loans, port.debts["ref"][debts]), money)
