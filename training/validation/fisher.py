"""Fisher's exact test of two shares, for many tables at once.

Tables with the same margins share one hypergeometric distribution, which is worked out once, from
logarithms of factorials.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from supervision.arrays import Integers
from training.model.scale import Floats
from training.validation.errors import EvidenceError

_SLACK = 1.0 + 1e-7
"""Two numbers of hits that are equally likely must not differ by rounding."""


def two_sided(
    hits: npt.ArrayLike, rows: npt.ArrayLike, other_hits: npt.ArrayLike, other_rows: npt.ArrayLike
) -> Floats:
    """Chance of a table at most as likely as the one found, if both shares are equal.

    Parameters
    ----------
    hits, rows, other_hits, other_rows : array_like
        Hits among the rows of one side and of the other; broadcast against each other.
    """
    tables = _tables(hits, rows, other_hits, other_rows)
    flat = tables.reshape(4, -1)
    p = np.empty(flat.shape[1])
    for found, least, chance in _margins(flat):
        ascending = np.sort(chance)
        total = np.concatenate([[0.0], np.cumsum(ascending)])
        own = chance[flat[0, found] - least] * _SLACK
        p[found] = total[np.searchsorted(ascending, own, side="right")]
    return np.minimum(1.0, p).reshape(tables.shape[1:])


def one_sided(
    hits: npt.ArrayLike, rows: npt.ArrayLike, other_hits: npt.ArrayLike, other_rows: npt.ArrayLike
) -> Floats:
    """Chance of at least so many of all hits on the first side, if both shares are equal.

    Parameters as for :func:`two_sided`.
    """
    tables = _tables(hits, rows, other_hits, other_rows)
    flat = tables.reshape(4, -1)
    p = np.empty(flat.shape[1])
    for found, least, chance in _margins(flat):
        p[found] = np.cumsum(chance[::-1])[::-1][flat[0, found] - least]
    return np.minimum(1.0, p).reshape(tables.shape[1:])


def _tables(
    hits: npt.ArrayLike, rows: npt.ArrayLike, other_hits: npt.ArrayLike, other_rows: npt.ArrayLike
) -> Integers:
    sides = (np.asarray(side, np.int64) for side in (hits, rows, other_hits, other_rows))
    tables = np.stack(np.broadcast_arrays(*sides))
    if ((tables[[0, 2]] < 0) | (tables[[0, 2]] > tables[[1, 3]])).any():
        raise EvidenceError(
            "Expected from none to all rows of a side to be hits, found more or less: count them "
            "anew."
        )
    return tables


def _margins(tables: Integers) -> Iterator[tuple[npt.NDArray[np.intp], int, Floats]]:
    """Tables with the same margins, their least number of hits, and the chance of each number."""
    margins = np.stack([tables[0] + tables[2], tables[1], tables[3]])
    distinct, which = np.unique(margins, axis=1, return_inverse=True)
    order = np.argsort(which, kind="stable")
    ends = np.cumsum(np.bincount(which, minlength=distinct.shape[1]))[:-1]
    factorial = gammaln(np.arange(int((tables[1] + tables[3]).max(initial=0)) + 1) + 1.0)
    for (together, one, other), found in zip(distinct.T, np.split(order, ends), strict=True):
        least, most = max(0, int(together - other)), min(int(one), int(together))
        here = np.arange(least, most + 1)
        there = together - here
        ways = factorial[here] + factorial[one - here] + factorial[there] + factorial[other - there]
        chance = np.exp(ways.min() - ways)
        yield found, least, np.asarray(chance / chance.sum(), np.float64)
