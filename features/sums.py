"""Exact sums: whole numbers in 64 bits, guarded so that none can overflow unseen."""

import numpy as np
import numpy.typing as npt

from supervision.arrays import Integers
from supervision.errors import CargoworthyError

LIMIT = 2.0**62
"""Sums that could pass this are refused, so that int64 can never overflow unseen."""


class Overflow(CargoworthyError):
    """A sum could leave the range of int64."""


def steps(size: int, first: Integers, end: Integers, values: Integers) -> Integers:
    """Sum along a line of the values of all spans that cover each place.

    Raises
    ------
    Overflow
        If the magnitudes that cover one place add up to more than int64 holds.
    """
    if _may_overflow(values):
        weight = np.abs(values.astype(np.float64))
        covering = np.zeros(size + 1)
        np.add.at(covering, first, weight)
        np.subtract.at(covering, end, weight)
        _refuse(np.cumsum(covering[:-1]), "a windowed sum")
    line = np.zeros(size + 1, np.int64)
    np.add.at(line, first, values)
    np.subtract.at(line, end, values)
    return np.cumsum(line[:-1])


def add_at(size: int, places: Integers, values: Integers) -> Integers:
    """Sum of the values that fall on each place.

    Raises
    ------
    Overflow
        If the magnitudes that fall on one place add up to more than int64 holds.
    """
    if _may_overflow(values):
        weight = np.abs(values.astype(np.float64))
        _refuse(np.bincount(places, weight, size).astype(np.float64), "a sum over groups")
    line = np.zeros(size, np.int64)
    np.add.at(line, places, values)
    return line


def worth(quantity: Integers, price: Integers) -> Integers:
    """Value in fen of quantities at prices per 1,000 units: ``floor(quantity * price / 1000)``.

    Raises
    ------
    Overflow
        If one value is more than int64 holds.
    """
    _refuse(quantity.astype(np.float64) * price.astype(np.float64) / 1_000, "the value of a lot")
    return quantity // 1_000 * price + quantity % 1_000 * price // 1_000


def product(one: Integers, other: Integers) -> Integers:
    """Product of whole numbers.

    Raises
    ------
    Overflow
        If one product is more than int64 holds.
    """
    _refuse(np.abs(one.astype(np.float64) * other.astype(np.float64)), "a product")
    return one * other


def parts_per_million(part: Integers, whole: Integers) -> Integers:
    """``floor(part * 10^6 / whole)``, digit by digit, so that sums near 2^62 still fit.

    Raises
    ------
    Overflow
        If ten times the whole is more than int64 holds.
    """
    _refuse(whole.astype(np.float64) * 10, "ten times a total")
    found, rest = np.divmod(part, whole)
    for _ in range(6):
        digit, rest = np.divmod(rest * 10, whole)
        found = found * 10 + digit
    return found


def joined(one: Integers, other: Integers) -> Integers:
    """One number for each pair of numbers of names: ``one * 2^31 + other``.

    Raises
    ------
    Overflow
        If a record had named more things than 31 bits can number.
    """
    for numbers in (one, other):
        _refuse(numbers.astype(np.float64) * 2.0**31, "the number of a pair of names")
    return (one << 31) + other


def first_of_joined(pairs: Integers) -> Integers:
    """The first of the two numbers that :func:`joined` made one."""
    return pairs >> 31


def latest(
    size: int, first: Integers, end: Integers, line_end: Integers, rank: Integers
) -> Integers:
    """Highest rank among the spans that cover each place, -1 where none does.

    Parameters
    ----------
    size : int
        Number of places.
    first, end : Integers
        Places that each span covers.
    line_end : Integers
        End of the stretch (one enterprise or one group) to which each span belongs; ranks of a
        later stretch must be higher than those of an earlier one.
    rank : Integers
        Rank of each span.
    """
    best = np.full(size, -1, np.int64)
    lasting = end >= line_end
    np.maximum.at(best, first[lasting], rank[lasting])
    best = np.maximum.accumulate(best) if size else best
    brief = np.flatnonzero(~lasting)
    lengths = (end - first)[brief]
    starts = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(first[brief] - starts, lengths)
    np.maximum.at(best, places, np.repeat(rank[brief], lengths))
    return best


def _may_overflow(values: Integers) -> bool:
    """Whether all values together could; only then is each sum looked at on its own."""
    return bool(len(values)) and float(np.abs(values.astype(np.float64)).sum()) >= LIMIT


def _refuse(magnitudes: npt.NDArray[np.float64], what: str) -> None:
    if len(magnitudes) and float(magnitudes.max()) >= LIMIT:
        raise Overflow(
            f"{what} would pass 2^62: expected the amounts and quantities of one enterprise to "
            f"stay below {LIMIT:.1e}, found {float(magnitudes.max()):.1e}; look for a unit "
            "mistake in its largest messages"
        )
