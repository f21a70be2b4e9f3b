"""Which lots an enterprise holds or has pledged, and what they are worth.

Neither is defined a second time: the flows that are added up by lot are those of the features' own
balances, and the value is that of the feature's own recipe.
"""

from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np

from features.engine.silence import nothing_known
from features.engine.sums import LIMIT, Overflow, add_at, worth
from features.facts import Facts
from features.families.balances import PLEDGED_QUANTITY, PLEDGES_BY_RECEIPT
from features.families.cargo_value import STOCK_VALUE
from features.nodes.balances import Balance
from serving.limits import kernels
from serving.limits.about import STANDING, About, Asked, bits
from supervision.arrays import Integers


@dataclass(frozen=True)
class Held:
    """Lots that lie in custody or are pledged; arrays of one length.

    Attributes
    ----------
    lots : Integers
        Numbers of names, rising.
    value, quantity : Integers
        In custody.
    pledged, pledged_quantity : Integers
    """

    lots: Integers
    value: Integers
    quantity: Integers
    pledged: Integers
    pledged_quantity: Integers

    @property
    def columns(self) -> tuple[Integers, ...]:
        """All of them, in this order."""
        return self.lots, self.value, self.quantity, self.pledged, self.pledged_quantity


def held_by(facts: Facts, enterprise: int, as_of: int) -> Held:
    """Value the lots in custody and what is pledged on them.

    Parameters
    ----------
    facts : Facts
    enterprise : int
        Number of its name in the record.
    as_of : int
        UTC microseconds.

    Raises
    ------
    Overflow
        If what was moved of a lot, or its value, is more than int64 holds.
    """
    lots, quantity = _balance(facts, enterprise, as_of, STOCK_VALUE.stock)
    pledged = pledged_quantity = np.zeros(len(lots), np.int64)
    if len(facts.tables["pledge"]["position"]):
        stock = lots, quantity
        pledges = [_balance(facts, enterprise, as_of, each) for each in _PLEDGED]
        lots = np.unique(np.concatenate([lots, *(of for of, _ in pledges)]))
        quantity, pledged, pledged_quantity = (_by_lot(lots, *each) for each in (stock, *pledges))
    price = About(facts, enterprise, as_of, lots).latest(_APPRAISED, otherwise=0)
    return Held(lots, worth(quantity, price), quantity, pledged, pledged_quantity)


def warm_up() -> None:
    """Look for the lots of nobody, so that no later call waits for the loops to compile."""
    nobody = nothing_known()
    for balance in (STOCK_VALUE.stock, *_PLEDGED):
        _balance(nobody, 1, 0, balance)
    about = About(nobody, 1, 0, np.zeros(1, np.int64))
    about.latest(_APPRAISED)
    about.messages(_APPRAISED)


def _by_lot(lots: Integers, of: Integers, amounts: Integers) -> Integers:
    return add_at(len(lots), lots.searchsorted(of), amounts)


def _balance(
    facts: Facts, enterprise: int, as_of: int, balance: Balance
) -> tuple[Integers, Integers]:
    """Lots of which something is left, rising, one for each of its keys, and what."""
    read, terms = _flows(balance)
    flows = tuple([columns(facts.tables[table]) for table, columns in read])
    lots, left, moved = kernels.balance(enterprise, as_of, flows, terms)
    if moved >= LIMIT:
        raise Overflow(
            f"a lot's balance would pass 2^62: expected what is moved of it to stay below "
            f"{LIMIT:.1e}, found {moved:.1e}; look for a unit mistake in its largest messages"
        )
    return lots, left


@cache
def _flows(balance: Balance) -> tuple[tuple[tuple[str, Any], ...], Integers]:
    """The table of each flow with what takes its columns, and the terms of its rows."""
    read, terms = [], []
    for flow in balance.adds + balance.takes:
        table = flow.rows.table
        where = flow.rows.where
        one, other = where if len(where) == 2 else where * 2  # a single condition is asked twice
        names = (*STANDING, balance.key, flow.column, one[0], other[0])
        read.append((table, itemgetter(*names)))
        sign = 1 if flow in balance.adds else -1
        terms.append((sign, bits(table, *one), bits(table, *other)))
    return tuple(read), np.array(terms, np.int64)


_PLEDGED = (PLEDGES_BY_RECEIPT, PLEDGED_QUANTITY)
((_, _KINDS),) = STOCK_VALUE.prices.where
_APPRAISED = Asked.of(STOCK_VALUE.prices.table, _KINDS, "unit_price")
