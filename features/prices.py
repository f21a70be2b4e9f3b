"""Market prices: what a commodity cost, as it was known at a time."""

import numpy as np

from features.facts import Facts, Flags
from features.latest import last_values
from features.recipe import Rows
from features.sweep import Spine, Sweep, distinct, places
from supervision.arrays import Integers


def market_prices(facts: Facts, commodity: Integers, as_of: Integers) -> tuple[Integers, Flags]:
    """Last market price of each commodity as of each time, and whether there was one.

    Parameters
    ----------
    facts : Facts
    commodity, as_of : Integers
        Numbers of HS codes and UTC microseconds, of one shape.
    """
    pairs = Spine(commodity, as_of)
    market = {**facts.market, "enterprise_id": facts.market["hs_code"]}
    feed = Sweep(Facts({"valuation": market}, facts.market, facts.lots), distinct(pairs))
    prices, found = last_values(feed, Rows("valuation"), "unit_price", None)
    place = places(feed, commodity, as_of)
    return prices[place], found[place]


def commodities(facts: Facts, lots: Integers) -> Integers:
    """Commodity of each lot, -1 where the lot is unknown."""
    order = np.argsort(facts.lots["lot"])
    if not len(order):
        return np.full(len(lots), -1, np.int64)
    numbers = facts.lots["lot"][order]
    place = np.minimum(np.searchsorted(numbers, lots), len(numbers) - 1)
    return np.where(numbers[place] == lots, facts.lots["commodity"][order[place]], -1)
