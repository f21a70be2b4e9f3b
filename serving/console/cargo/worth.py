"""What the stock was worth over time, as appraised and at the market's prices, and its turnover."""

from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.catalogue import CATALOGUE
from features.engine.plan import values_of
from features.engine.sweep import Spine, Sweep
from features.facts import Facts
from features.families.balances import STOCK
from features.families.cargo_value import STOCK_VALUE
from features.feature import Feature
from features.nodes.market import MarketWorth
from serving.console.cargo.standpoint import Standpoint

STEPS, STEP = 52, 14 * DAY
"""Two years, fortnight by fortnight."""
TURNOVER = tuple(
    CATALOGUE.by_name[name]
    for name in (
        "turnover_90d",
        "turnover_365d",
        "days_of_stock_90d",
        "stock_age_mean_now",
        "dormant_stock_share_90d",
        "days_since_sale",
    )
)
_MARKET = MarketWorth(STOCK, days_ago=0, both_with=0)


@dataclass(frozen=True)
class Worth:
    """The stock at one moment, with what was known then.

    Attributes
    ----------
    at : int
        UTC microseconds.
    appraised : int
        All lots, fen.
    market : int
        Those whose goods have a market price, at that price, fen.
    """

    at: int
    appraised: int
    market: int


@dataclass(frozen=True)
class Turn:
    """One figure of how the stock turns over.

    Attributes
    ----------
    feature : Feature
    value : float or None
        None where it cannot be told.
    """

    feature: Feature
    value: float | None


def worth_over_time(facts: Facts, at: Standpoint) -> tuple[Worth, ...]:
    """Value the stock every fortnight of two years, up to the standpoint."""
    times = at.as_of - np.arange(STEPS, -1, -1, dtype=np.int64) * STEP
    spine = Spine.grid(np.array([at.enterprise], np.int64), times)
    appraised, market = values_of(Sweep(facts, spine), (STOCK_VALUE, _MARKET))
    return tuple(
        Worth(*map(int, each))
        for each in zip(times, appraised.numbers, market.numbers, strict=True)
    )


def turnover(facts: Facts, at: Standpoint) -> tuple[Turn, ...]:
    """Reckon how the stock turns over, by the features' own recipes."""
    spine = Spine(np.array([at.enterprise], np.int64), np.array([at.as_of], np.int64))
    found = values_of(Sweep(facts, spine), tuple(feature.recipe for feature in TURNOVER))
    return tuple(
        Turn(feature, float(values.numbers[0]) if values.known[0] else None)
        for feature, values in zip(TURNOVER, found, strict=True)
    )
