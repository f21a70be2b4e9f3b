"""Double-entry cash: every fen that one account pays another receives."""

from enum import IntEnum

import numpy as np

from simulator.table import Ints


class Account(IntEnum):
    """The accounts of the world outside its enterprises."""

    OWNERS = 0
    BUYERS = 1
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


class Books:
    """Cash of every enterprise and, for each account, what it has had from each.

    Attributes
    ----------
    cash : int64 [enterprises]
        Fen.
    received : int64 [accounts x enterprises]
        Fen that each enterprise has received from each account, less what it paid to it.
    """

    def __init__(self, enterprises: int) -> None:
        self.cash: Ints = np.zeros(enterprises, np.int64)
        self.received: Ints = np.zeros((len(Account), enterprises), np.int64)

    def receive(self, account: Account, enterprise: Ints, amount: Ints) -> None:
        """Money comes from an account; an enterprise may stand more than once."""
        np.add.at(self.cash, enterprise, amount)
        np.add.at(self.received[account], enterprise, amount)

    def pay(self, account: Account, enterprise: Ints, amount: Ints) -> None:
        """Money goes to an account."""
        self.receive(account, enterprise, -amount)

    def pass_on(self, payer: Ints, payee: Ints, amount: Ints) -> None:
        """Money goes from one enterprise of the world to another."""
        self.pay(Account.ENTERPRISES, payer, amount)
        self.receive(Account.ENTERPRISES, payee, amount)

    def difference(self) -> int:
        """Fen by which the books do not close: 0."""
        inside = int(np.abs(self.cash - self.received.sum(axis=0)).sum())
        return inside + abs(int(self.received[Account.ENTERPRISES].sum()))
