"""Double-entry cash: every fen that one account pays another receives."""

from enum import IntEnum

import numpy as np

from simulator.table import Ints


class Account(IntEnum):
    """The accounts with which the port's enterprises deal."""

    OWNERS = 0
    BUYERS = 1
    """Buyers without a name, at sales of what was pledged."""
    SUPPLIERS = 2
    LENDERS = 3
    COSTS = 4
    CLAIMANTS = 5
    GUARANTEED = 6
    """Guarantors that are called pay here: the lenders of those whom they guaranteed."""
    LIQUIDATORS = 7
    """What insolvent enterprises leave goes here."""
    ENTERPRISES = 8
    """Other enterprises of the world; the sum over all enterprises is 0."""
    CUSTOMERS = 9
    """What customers pay; the sum is what :attr:`PartnerAccount.SELLERS` received from them."""


class PartnerAccount(IntEnum):
    """The accounts with which customers and suppliers deal."""

    OWNERS = 0
    SELLERS = 1
    """The port's enterprises from which customers buy."""
    MARKET = 2
    """Those to whom they sell on, and their other business."""
    COSTS = 3
    """Fixed costs, losses and claims."""
    LIQUIDATORS = 4


class Books:
    """Cash of every enterprise and, for each account, what it has had from each.

    Parameters
    ----------
    enterprises : int
    accounts : type of IntEnum
        :class:`Account` for the port's enterprises.

    Attributes
    ----------
    cash : int64 [enterprises]
        Fen.
    received : int64 [accounts x enterprises]
        Fen that each enterprise has received from each account, less what it paid to it.
    """

    def __init__(self, enterprises: int, accounts: type[IntEnum] = Account) -> None:
        self.cash: Ints = np.zeros(enterprises, np.int64)
        self.received: Ints = np.zeros((len(accounts), enterprises), np.int64)
        self._accounts = accounts

    def receive(self, account: IntEnum, enterprise: Ints, amount: Ints) -> None:
        """Money comes from an account; an enterprise may stand more than once."""
        if not len(enterprise):
            return
        np.add.at(self.cash, enterprise, amount)
        np.add.at(self.received[account], enterprise, amount)

    def pay(self, account: IntEnum, enterprise: Ints, amount: Ints) -> None:
        """Money goes to an account."""
        self.receive(account, enterprise, -amount)

    def receive_each(self, account: IntEnum, amount: Ints) -> None:
        """Money comes from an account to every enterprise; what is below 0 is paid."""
        self.cash += amount
        self.received[account] += amount

    def pass_on(self, payer: Ints, payee: Ints, amount: Ints) -> None:
        """Money goes from one enterprise of the world to another."""
        self.pay(Account.ENTERPRISES, payer, amount)
        self.receive(Account.ENTERPRISES, payee, amount)

    def total(self, account: IntEnum) -> int:
        """Fen received from an account by all together."""
        return int(self.received[account].sum())

    def difference(self) -> int:
        """Fen by which the books do not close: 0."""
        inside = int(np.abs(self.cash - self.received.sum(axis=0)).sum())
        if self._accounts is not Account:
            return inside
        return inside + abs(self.total(Account.ENTERPRISES))
