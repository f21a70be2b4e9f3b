"""How far two distributions over the same bins lie apart: PSI and information value.

Both are Jeffreys' divergence, and both are above 0 by chance alone.

References
----------
H. Jeffreys, "An invariant form for the prior probability in estimation problems", *Proceedings
of the Royal Society A* 186 (1946), 453-461.

N. Siddiqi, *Credit Risk Scorecards*, Wiley 2006: information value, and the stability index with
its rule of thumb (below 0.10 no change, up to 0.25 watch, above it changed).

B. Yurdakul, *Statistical Properties of Population Stability Index*, dissertation, Western
Michigan University 2018: the distribution of PSI when nothing has changed.
"""

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from features.profile.bins import Floats

WATCH = 0.10
CHANGED = 0.25
_LEVEL = 0.95
_STEPS = 200

Counts = npt.ArrayLike


def psi(reference: Counts, current: Counts) -> float:
    """Population stability index.

    With p the reference's share of each bin and q the present one::

        PSI = sum over bins of (q - p) ln(q / p)

    Bins that are empty on both sides do not count. If a bin is empty on one side, half a row is
    added to every bin of both, for else the index would be infinite.

    Parameters
    ----------
    reference, current : array_like
        Rows, or shares, of the same bins.

    Examples
    --------
    >>> round(psi([0.2, 0.3, 0.5], [0.25, 0.35, 0.40]), 7)
    0.0411791
    """
    p, q = _shares(reference, current)
    return float(((q - p) * np.log(q / p)).sum())


def information_value(good: Counts, bad: Counts) -> float:
    """Information value of bins for an outcome.

    With g the share of all good rows, and b that of all bad rows, in each bin::

        IV = sum over bins of (g - b) ln(g / b)

    where ln(g / b) is the bin's weight of evidence. Empty bins are treated as in :func:`psi`.

    Parameters
    ----------
    good, bad : array_like
        Rows of the same bins.
    """
    return psi(bad, good)


def chance_bound(reference: Counts, current: Counts, rows: int, current_rows: int) -> float:
    """What PSI stays below in 95 of 100 cases if nothing has changed.

    With B bins that are not empty, N rows of the reference and M of the present::

        chi2(B - 1, 0.95) (1 / N + 1 / M)

    It takes rows as independent; those of one enterprise month after month are not, so with the
    number of rows it is too small, and with the number of enterprises rather too large.

    Parameters
    ----------
    reference, current : array_like
        As for :func:`psi`.
    rows, current_rows : int
        N and M.
    """
    p, _ = _shares(reference, current)
    if len(p) < 2 or not rows or not current_rows:
        return 0.0
    return chi_square_quantile(len(p) - 1) * (1.0 / rows + 1.0 / current_rows)


@cache
def chi_square_quantile(freedom: int) -> float:
    """Quantile at 95 % of the chi-square distribution, by halving."""
    low, high = 0.0, 10.0 * freedom + 10.0
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        if _above(freedom, middle) > 1.0 - _LEVEL:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def rank_correlation(left: Floats, right: Floats) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; None if a side has one value only."""
    ranks = [_ranks(side) for side in (left, right)]
    x, y = (r - r.mean() if len(r) else r for r in ranks)
    size = math.sqrt(float((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / size if size > 0 else None


def _shares(left: Counts, right: Counts) -> tuple[Floats, Floats]:
    a, b = np.asarray(left, np.float64), np.asarray(right, np.float64)
    used = (a > 0) | (b > 0)
    a, b = a[used], b[used]
    if ((a == 0) | (b == 0)).any():
        a, b = a + 0.5, b + 0.5
    return a / max(a.sum(), 1e-300), b / max(b.sum(), 1e-300)


def _ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place], np.float64)


def _above(freedom: int, x: float) -> float:
    """Probability that chi-square is above x: a finite sum for whole degrees of freedom."""
    y = x / 2.0
    if freedom % 2 == 0:
        total, term, step = 0.0, math.exp(-y), 1.0
    else:
        total, term, step = math.erfc(math.sqrt(y)), math.exp(-y) * math.sqrt(y / math.pi) * 2, 1.5
    for i in range(freedom // 2):
        total += term
        term *= y / (i + step)
    return total
