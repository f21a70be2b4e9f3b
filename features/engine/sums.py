"""Exact sums: whole numbers in 64 bits, guarded so that none can overflow unseen."""

import numpy as np

from features.engine import kernels
from supervision.arrays import Integers
from supervision.errors import CargoworthyError

LIMIT = 2.0**62
"""Sums that could pass this are refused, so that int64 can never overflow unseen."""

JOINED = 31
"""Bits of the number of a name."""


class Overflow(CargoworthyError):
    """A sum could leave the range of int64."""


def steps(size: int, first: Integers, end: Integers, values: Integers) -> Integers:
    """Sum along a line of the values of all spans that cover each place.

    Raises
    ------
    Overflow
        If the magnitudes that cover one place add up to more than int64 holds.
    """
    line, total = kernels.steps(size, first, end, values)
    if total >= LIMIT:  # all of them together would not fit: look at each sum on its own
        weight = np.abs(values.astype(np.float64))
        covering = np.zeros(size + 1)
        np.add.at(covering, first, weight)
        np.subtract.at(covering, end, weight)
        _refuse(np.cumsum(covering[:-1]).max(initial=0), "a windowed sum")
    return line


def cell_steps(
    size: int, shift: Integers, group: Integers, spans: tuple[Integers, Integers], values: Integers
) -> Integers:
    """Sum along the cells of groups of the values of all spans that cover each.

    Parameters
    ----------
    size : int
        Number of cells.
    shift : Integers
        What to add to a place of a span to get the cell, for each group.
    group : Integers
        Of each span; those of group -1 are left out.
    spans : tuple of Integers
        First place and end of each.
    values : Integers

    Raises
    ------
    Overflow
        If the magnitudes that cover one cell add up to more than int64 holds.
    """
    first, end = spans
    line, total = kernels.cell_steps(size, shift, group, first, end, values)
    if total >= LIMIT:  # all of them together would not fit: look at each sum on its own
        kept = (group >= 0).nonzero()[0]
        moved = shift[group[kept]]
        steps(size, first[kept] + moved, end[kept] + moved, values[kept])
    return line


def add_at(size: int, places: Integers, values: Integers) -> Integers:
    """Sum of the values that fall on each place.

    Raises
    ------
    Overflow
        If the magnitudes that fall on one place add up to more than int64 holds.
    """
    line, total = kernels.sums(size, places, values)
    if total >= LIMIT:  # all of them together would not fit: look at each sum on its own
        weight = np.abs(values.astype(np.float64))
        _refuse(np.bincount(places, weight, size).max(initial=0), "a sum over groups")
    return line


def worth(quantity: Integers, price: Integers) -> Integers:
    """Value in fen of quantities at prices per 1,000 units: ``floor(quantity * price / 1000)``.

    Raises
    ------
    Overflow
        If one value is more than int64 holds.
    """
    values, greatest = kernels.worth(quantity, price)
    _refuse(greatest, "the value of a lot")
    return values


def worths(
    size: int, places: Integers, quantity: Integers, good: Integers, prices: Integers
) -> Integers:
    """Sum of the values that fall on each place, at several prices.

    Parameters
    ----------
    size : int
        Number of places.
    places, quantity, good : Integers
        Where each quantity falls, and of which good it is.
    prices : Integers
        Of the goods, per 1,000 units, shape (prices, goods).

    Returns
    -------
    Integers
        Shape (prices, size).

    Raises
    ------
    Overflow
        If one value, or the magnitudes that fall on one place, are more than int64 holds.
    """
    lines, total = kernels.worths(size, places, quantity, good, prices)
    if total >= LIMIT:  # all of them together would not fit: look at each value and sum
        for price in prices:
            add_at(size, places, worth(quantity, price[good]))
    return lines


def product(one: Integers, other: Integers) -> Integers:
    """Product of whole numbers.

    Raises
    ------
    Overflow
        If one product is more than int64 holds.
    """
    _refuse(np.abs(one.astype(np.float64) * other).max(initial=0), "a product")
    return one * other


def parts_per_million(part: Integers, whole: Integers) -> Integers:
    """``floor(part * 10^6 / whole)``, digit by digit, so that sums near 2^62 still fit.

    Raises
    ------
    Overflow
        If ten times the whole is more than int64 holds.
    """
    if whole.max(initial=0) < LIMIT / 1_000_000 and part.max(initial=0) < LIMIT / 1_000_000:
        return part * 1_000_000 // whole
    _refuse(whole.max(initial=0) * 10.0, "ten times a total")
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
        _refuse(numbers.max(initial=0) * 2.0**JOINED, "the number of a pair of names")
    return (one << JOINED) + other


def first_of_joined(pairs: Integers) -> Integers:
    """The first of the two numbers that :func:`joined` made one."""
    return pairs >> JOINED


def _refuse(magnitude: float, what: str) -> None:
    if magnitude >= LIMIT:
        raise Overflow(
            f"{what} would pass 2^62: expected the amounts and quantities of one enterprise to "
            f"stay below {LIMIT:.1e}, found {magnitude:.1e}; look for a unit "
            "mistake in its largest messages"
        )
