"""Bounds: between what PD and AUC over everybody lie, if little is said of the unfinanced.

Nothing is known of those whom nobody financed, so their default rate may be anything: the interval
from 0 to 1 is the worst case (Manski). It narrows by a statement: *at equal features the unfinanced
default at least ``least`` and at most ``most`` times as often as the financed*. What is stated is
an opinion that the record cannot test; the interval says what hangs on it.

References
----------
C. Manski, *Nonparametric bounds on treatment effects*, American Economic Review 80 (1990);
J. Crook and J. Banasik, *Does reject inference really improve the performance of application
scoring models?*, Journal of Banking and Finance 28 (2004).
"""

from dataclasses import dataclass

import numpy as np

from supervision.errors import UsageError
from training.labels import Flags
from training.model.scale import Floats


@dataclass(frozen=True)
class Ratio:
    """How often the unfinanced default beside the financed at equal features.

    Attributes
    ----------
    least, most : float
        Times; 0 and infinity say nothing.
    """

    least: float = 0.5
    most: float = 3.0

    def __post_init__(self) -> None:
        """Refuse what is no interval of ratios."""
        if not 0.0 <= self.least <= self.most:
            raise UsageError(
                "expected ratios of the unfinanced default rate with 0 <= least <= most, found "
                f"{self.least} and {self.most}; give for example 0.5 and 3"
            )


_LEAST_PD = 1e-12
"""Keeps infinity times 0 from being no number."""

NOTHING_SAID = Ratio(0.0, float("inf"))


@dataclass(frozen=True)
class Interval:
    """Two ends."""

    low: float
    high: float


def pd_range(pd: Floats, chance: Floats, ratio: Ratio) -> tuple[Floats, Floats]:
    """Least and greatest PD of rows whose chance of having been financed is known.

    Parameters
    ----------
    pd : float64 [n]
        As of the financed with the same features.
    chance : float64 [n]
        That a row like this was financed; 1 or 0 where it is known of the row itself.
    ratio : Ratio

    Returns
    -------
    (float64 [n], float64 [n])
    """
    rest = 1.0 - chance
    greatest = np.minimum(1.0, ratio.most * np.maximum(pd, _LEAST_PD))
    least = np.minimum(1.0, ratio.least * pd)
    return chance * pd + rest * least, chance * pd + rest * greatest


def rate_range(pd: Floats, financed: Flags, outcome: Floats, ratio: Ratio) -> tuple[Floats, Floats]:
    """Least and greatest default rate of each row: the outcome, where it is known.

    Parameters
    ----------
    pd : float64 [n]
        As of the financed.
    financed : bool [n]
        Whose outcome is known.
    outcome : float64 [n]
        1 where a default followed; read of the financed alone.
    ratio : Ratio
    """
    low, high = pd_range(pd, np.zeros_like(pd), ratio)
    return np.where(financed, outcome, low), np.where(financed, outcome, high)


def auc_range(rank: Floats, low: Floats, high: Floats) -> Interval:
    """Least and greatest AUC that default rates within their ranges allow.

    For a given number of defaults the AUC grows with the defaults' mean rank alone. So it is
    greatest where the highest ranks have their highest rate and the rest their lowest, and least
    the other way round; from which rank on is tried at every row. Rates between low and high
    within one row could move the lower end by 1 / n.

    Parameters
    ----------
    rank : float64 [n]
        Larger is riskier; ties count half.
    low, high : float64 [n]
        Default rates in [0, 1].

    Returns
    -------
    Interval
        NaN where no rates give both defaults and the rest.
    """
    middle = _middle_ranks(rank)
    order = np.argsort(middle, kind="stable")
    areas = [
        _by_first(middle[order], low[order], high[order]),
        _by_first(middle[order], high[order], low[order]),
    ]
    greatest, least = (found[~np.isnan(found)] for found in areas)
    if len(greatest) == 0 or len(least) == 0:
        return Interval(float("nan"), float("nan"))
    return Interval(float(least.min()), float(greatest.max()))


def _by_first(middle: Floats, first: Floats, rest: Floats) -> Floats:
    """AUC where the first k rows have one rate and the rest the other, for k = 0 to n."""
    bad = _switched(first, rest)
    moment = _switched(first * middle, rest * middle)
    pairs = bad * (len(middle) - bad)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(pairs > 0, (moment - bad**2 / 2.0) / pairs, np.nan))


def _switched(first: Floats, rest: Floats) -> Floats:
    """Sums of the first k values of one row of numbers and of the others' rest, k = 0 to n."""
    head = np.concatenate([[0.0], np.cumsum(first)])
    tail = np.concatenate([[0.0], np.cumsum(rest)])
    return np.asarray(head + tail[-1] - tail)


def _middle_ranks(rank: Floats) -> Floats:
    """Rows below each row, and half of those equal to it, itself among them."""
    _, place, count = np.unique(rank, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - count / 2.0)[place])
