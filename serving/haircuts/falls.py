"""How far a price falls while goods are sold: the worst hundredth of its history.

A monthly mean moves less than the price of a day does. For a random walk the change of the mean
over k months has the variance of k - 1/3 months, not of k: for neighbouring months two thirds.

References
----------
H. Working, *Note on the correlation of first differences of averages in a random chain*,
Econometrica 28 (1960).
"""

import math

import numpy as np

from serving.haircuts.series import Floats

QUANTILE = 0.01
MONTH = 30
"""Days of a month, as selling is counted."""


def understatement(months: int) -> float:
    """By what factor a change of monthly means is smaller than that of the price of a day.

    Parameters
    ----------
    months : int
        Between the two, at least 1.
    """
    return math.sqrt((months - 1.0 / 3.0) / months)


def changes(logs: Floats, months: int) -> Floats:
    """All changes of a logarithm over so many months, overlapping; without those that lack an end.

    Parameters
    ----------
    logs : float64 array
        One a month.
    months : int
    """
    found = logs[months:] - logs[:-months]
    return found[~np.isnan(found)]


def fall(logs: Floats, months: int, *, corrected: bool = True) -> float:
    """Share by which a price falls, or more, in the worst hundredth of all stretches of months.

    The empirical quantile is an observed change (the smallest that one in a hundred does not
    pass), divided by :func:`understatement` where it is ``corrected``; 0 where prices never fell.
    """
    worst = float(np.quantile(changes(logs, months), QUANTILE, method="inverted_cdf"))
    if corrected:
        worst /= understatement(months)
    return max(0.0, -math.expm1(worst))


def measured_understatement(daily: Floats, days_a_month: int, months: int) -> tuple[float, float]:
    """What :func:`understatement` says, measured on a price of every day.

    Parameters
    ----------
    daily : float64 array
        Logarithms, one a trading day.
    days_a_month : int
        Trading days.
    months : int

    Returns
    -------
    deviation, quantile : float
        Standard deviation and worst hundredth of the changes of monthly means, each over that of
        the changes from day to day as many days apart.
    """
    whole = len(daily) // days_a_month * days_a_month
    span = days_a_month * months
    # The logarithm of a month's mean, as a table of monthly means has it.
    means = np.log(np.exp(daily[:whole]).reshape(-1, days_a_month).mean(axis=1))
    of_means, of_days = changes(means, months), daily[span:] - daily[:-span]
    worst = [float(np.quantile(c, QUANTILE, method="inverted_cdf")) for c in (of_means, of_days)]
    return float(np.std(of_means) / np.std(of_days)), worst[0] / worst[1]
