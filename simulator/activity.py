"""How busy enterprises are: their size, the seasons, the months in which they do nothing."""

from dataclasses import dataclass

import numpy as np

from simulator.goods import GOODS
from simulator.table import Bools, Floats, Ints


@dataclass(frozen=True)
class Activity:
    """How much enterprises import, and under how many bills of lading.

    Set so that declarations a month have a median of 2 to 4, a mean of 8 to 10, a 95th percentile
    of 30 to 40 and none in a quarter of the months, while lots stay few.
    """

    lots_a_month_median: float = 2.2
    lots_a_month_sigma: float = 0.25
    lots_size: float = 0.05
    """Power of an enterprise's size in its lots a month."""
    most_lots: float = 9.0
    size_sigma: float = 1.5
    """Spread of the logarithm of size, which bills, lots and turnover share: a heavy tail."""
    bills_median: float = 1.6
    """Bills of lading of a lot beyond the first, of an enterprise of median size."""
    bills_size: float = 0.90
    bills_sigma: float = 0.30
    most_bills: int = 120
    bill_kilograms: int = 1_000
    """A lot comes under no more bills than it has of these."""
    lot_size: float = 0.45
    lot_sigma: float = 0.35
    """Spread of the size of a lot that has nothing to do with that of the enterprise."""
    dormant_share: float = 0.09
    """Share of enterprises of ordinary activity that order nothing for a time every year or two;
    of the least active three times as many."""
    dormant_days: tuple[int, int] = (60, 150)
    dormant_every_days: tuple[int, int] = (300, 700)


@dataclass(frozen=True)
class Spells:
    """When an enterprise orders nothing, as days of a period of its own.

    Attributes
    ----------
    every, phase, days : int64 [n]
        It sleeps for the first ``days`` of every ``every`` days, counted from ``phase``.
    """

    every: Ints
    phase: Ints
    days: Ints

    def awake(self, day: int) -> Bools:
        """Who orders on a day."""
        awake: Bools = (day + self.phase) % self.every >= self.days
        return awake


_SEASONS = {
    # Frozen food is sold before the New Year's feasts, grain and feed follow the southern and the
    # northern harvest, fuel the winter, metal and timber the building months.
    "cold": (345, 0.25),
    "grain": (290, 0.20),
    "feed": (150, 0.20),
    "oil": (260, 0.12),
    "fibre": (75, 0.15),
    "metal": (100, 0.12),
    "energy": (330, 0.20),
    "wood": (110, 0.18),
}
"""Day of the year on which a family's trade is at its height, and by what share it then is above
the mean. Estimates of the practice; families not named have no season."""
_PEAK = np.array([_SEASONS.get(good.family, (0, 0.0))[0] for good in GOODS])
_SWING = np.array([_SEASONS.get(good.family, (0, 0.0))[1] for good in GOODS])


def season(day_of_year: int) -> Floats:
    """Factor on the trade in each good on a day of the year; 1 on the mean of a year."""
    return np.asarray(1.0 + _SWING * np.cos(2.0 * np.pi * (day_of_year - _PEAK) / 365.25))


def spells(activity: Activity, lots_a_month: Floats, rng: np.random.Generator) -> Spells:
    """Draw the spells in which enterprises do nothing, more of them where there is little trade."""
    n = len(lots_a_month)
    chance = activity.dormant_share * np.clip(activity.lots_a_month_median / lots_a_month, 0.3, 3.0)
    sleeps = rng.random(n) < chance
    every = rng.integers(*activity.dormant_every_days, n)
    return Spells(
        every=every,
        phase=rng.integers(0, every),
        days=np.where(sleeps, rng.integers(*activity.dormant_days, n), 0),
    )


def bill_counts(
    activity: Activity, usual: Floats, quantity: Ints, rng: np.random.Generator
) -> Ints:
    """Under how many bills of lading each of some lots comes, at least one.

    Parameters
    ----------
    usual : float64
        Bills beyond the first that the owner of each lot has ordinarily.
    quantity : int64
        Kilograms of each lot.
    """
    mean = usual * rng.gamma(3.0, 1.0 / 3.0, len(usual))
    most = np.clip(quantity // activity.bill_kilograms, 1, activity.most_bills)
    return np.minimum(1 + rng.poisson(mean), most).astype(np.int64)
