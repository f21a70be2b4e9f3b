"""Market prices: what a commodity cost, as it was known at a time.

The last price of a commodity is a step function of time: it changes when a valuation becomes
known, or when a reversal takes one away. The steps are reckoned once and shared by everyone.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from features.engine import kernels
from supervision.arrays import NEVER, Columns, Integers

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Prices:
    """The last market price of each commodity, step by step.

    Attributes
    ----------
    goods : Integers
        Numbers of HS codes, rising.
    times : Integers
        All moments at which any price changes, rising, UTC microseconds.
    keys : Integers
        The steps, rising: place of the commodity times (moments + 1), plus place of the moment.
    unit_price : Integers
        From each step on; 0 where there is none.
    known : bool array
        Whether there is a price from each step on.
    """

    goods: Integers
    times: Integers
    keys: Integers
    unit_price: Integers
    known: Flags

    @classmethod
    def of(cls, market: Columns) -> Self:
        """Reckon the steps from ``market_price`` valuations.

        Parameters
        ----------
        market : Columns
            hs_code, unit_price, position, occurred_at, known_at and reversed_at, in any order.
        """
        goods, good = np.unique(market["hs_code"], return_inverse=True)
        enter, leave = market["known_at"], market["reversed_at"]
        times = np.unique(np.concatenate([enter, leave[leave < NEVER]]))
        width = len(times) + 1
        comes = good * width + np.searchsorted(times, enter)
        goes = good * width + np.where(leave < NEVER, np.searchsorted(times, leave), len(times))
        keys = np.unique(np.concatenate([comes, goes[leave < NEVER]]))
        counts = np.flatnonzero(comes < goes)
        row = kernels.latest(
            len(keys),
            np.searchsorted(keys, comes[counts]),
            np.searchsorted(keys, goes[counts]),
            np.searchsorted(keys, (good[counts] + 1) * width),
            market["occurred_at"][counts],
            market["position"][counts],
        )
        known: Flags = row >= 0
        unit_price = np.zeros(len(keys), np.int64)
        if len(counts):
            unit_price = np.where(known, market["unit_price"][counts[row]], 0)
        return cls(goods, times, keys, unit_price, known)

    def at(self, commodity: Integers, as_of: Integers) -> tuple[Integers, Flags]:
        """Last market price of each commodity as of each time, and whether there was one.

        Parameters
        ----------
        commodity, as_of : Integers
            Numbers of HS codes and UTC microseconds, of one shape.
        """
        steps = self.times, self.keys, self.unit_price, self.known
        return kernels.prices(self.goods, steps, commodity, as_of)


def commodities(lots: Columns, numbers: Integers) -> Integers:
    """Commodity of each lot, -1 where the lot is unknown.

    Parameters
    ----------
    lots : Columns
        ``lot`` and its ``commodity``, in any order.
    numbers : Integers
        Lots asked about.
    """
    known, commodity = lots["lot"], lots["commodity"]
    if not len(known):
        return np.full(len(numbers), -1, np.int64)
    place = np.minimum(known.searchsorted(numbers), len(known) - 1)
    if (known[place] == numbers).all():  # what was found is right, in whatever order they stand
        return commodity[place]
    order = known.argsort()
    known, commodity = known[order], commodity[order]
    place = np.minimum(known.searchsorted(numbers), len(known) - 1)
    return np.where(known[place] == numbers, commodity[place], -1)


_NOTHING = np.empty(0, np.int64)

NO_PRICES = Prices(_NOTHING, _NOTHING, _NOTHING, _NOTHING, np.empty(0, bool))
"""Where no commodity was ever priced."""
