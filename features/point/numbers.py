"""Numbers: the last part of a program, in which whole numbers become ratios of one another.

An instruction makes one number, or none where it is not known, of up to two numbers that came
before it (``one``, ``two``) or of up to two lines, with up to two parameters (``d``, ``e``);
:data:`NAMES` says what each makes. The operations and their order are those of the nodes' own
evaluation, so the bits are the same.

All that is compiled stands in this one file: numba looks at no other to tell whether what it kept
on disk is stale.
"""

from math import sqrt
from typing import Any, Final

import numpy as np

from features.calendar import DAY
from features.engine.compiled import compiled
from supervision.arrays import MISSING, Integers

NAMES: Final = (
    # of one line, or of two
    "value",  # its place d; not known where it is missing
    "is",  # 1 where its one place is d, else 0
    "days_since",  # whole days from its one place until e before the point
    "months_since",  # whole spans of 30 days; not known where that comes later
    "years_since",  # completed years since a day of the calendar, at least 0
    "volatility",  # root of the mean of d squared returns
    "drawdown",  # how far its first place is below its greatest
    "cover",  # greatest of one's places above 0 over those of two, at most d
    # of numbers
    "plus",  # whole numbers where d is 1
    "difference",
    "grown",  # one less 1
    "ratio",  # one * d / (two * e); not known where two is 0
    "share",  # the same; not known where two is not above 0
    "part",  # one / d, known where two is above 0
    "capped",  # one * e / two, at most d; d for more over 0, and 0 for 0 over 0
    "given",  # one where two is above 0
    "reaches",  # 1 where one is known and d or more, else 0
)

(
    _VALUE, _IS, _DAYS_SINCE, _MONTHS_SINCE, _YEARS_SINCE, _VOLATILITY, _DRAWDOWN, _COVER,
    _PLUS, _DIFFERENCE, _GROWN, _RATIO, _SHARE, _PART, _CAPPED, _GIVEN, _REACHES,
) = range(len(NAMES))  # fmt: skip


@compiled
def conclude(program: Integers, lines: Integers, bounds: Integers, at: int, today: int) -> Any:
    """Make the numbers that a program asks for.

    Parameters
    ----------
    program : Integers
        Shape (instructions, 7): which, up to two numbers, up to two lines, two parameters.
    lines, bounds : Integers
        All lines, and where each ends.
    at, today : int
        The point, and its day of the port's calendar (YYYYMMDD).

    Returns
    -------
    float64 array
        A number an instruction; NaN where it is not known.
    """
    size = len(program)
    known = np.zeros(size, np.bool_)
    whole = np.zeros(size, np.int64)
    real = np.zeros(size)
    for place in range(size):
        op, one, two, a, b, d, e = program[place]
        if op < _VOLATILITY:
            line = lines[bounds[a] : bounds[a + 1]]
            known[place], whole[place] = _read(op, line, d, at - e, today)
            real[place] = whole[place]
        elif op < _PLUS:
            line, other = lines[bounds[a] : bounds[a + 1]], lines[bounds[b] : bounds[b + 1]]
            known[place], real[place] = _along(op, line, other, d)
        elif op == _PLUS:
            known[place], whole[place] = known[one] and known[two], whole[one] + whole[two]
            real[place] = whole[place] if d else real[one] + real[two]
        elif op == _REACHES:
            known[place], whole[place] = True, np.int64(known[one] and real[one] >= d)
            real[place] = whole[place]
        elif op == _PART:
            known[place] = known[one] and known[two] and real[two] > 0
            real[place] = real[one] / d
        elif op == _GIVEN:
            known[place] = known[one] and real[two] > 0
            whole[place], real[place] = whole[one], real[one]
        else:
            both = known[one] and (op == _GROWN or known[two])
            known[place], real[place] = _over(op, both, real[one], real[two], d, e)
    for place in range(size):
        if not known[place]:
            real[place] = np.nan
    return real


@compiled
def _read(op: int, line: Any, d: int, at: int, today: int) -> Any:
    """A whole number that a line gives, and whether it does."""
    where = d if op == _VALUE else 0
    known = where < len(line) and line[where] != MISSING
    value = line[where] if known else 0
    if op == _IS:
        return True, np.int64(known and value == d)
    if op == _DAYS_SINCE:
        value = (at - value) // DAY
    elif op == _MONTHS_SINCE:
        known, value = value <= at, (at - value) // (30 * DAY)
    elif op == _YEARS_SINCE:
        value = max((today - value) // 10_000, 0)
    return known, value


@compiled
def _along(op: int, line: Any, other: Any, d: int) -> Any:
    """A number that several places of a line make up, and whether they do."""
    found = 0.0
    if op == _VOLATILITY:
        for place in range(1, len(line)):
            if line[place - 1] <= 0 or line[place] <= 0:
                return False, 0.0
            weekly = float(line[place - 1]) / float(line[place]) - 1.0
            found += weekly * weekly
        return True, sqrt(found / d)
    if op == _DRAWDOWN:
        greatest = np.int64(0)
        for place in range(len(line)):
            greatest = max(greatest, line[place])
        if greatest <= 0:
            return False, 0.0
        return True, 1.0 - float(line[0]) / float(greatest)
    for place in range(len(line)):
        if line[place] > 0:
            cover = float(d)
            if other[place] > 0:
                cover = min(float(line[place]) / float(other[place]), cover)
            found = max(found, cover)
    return True, found


@compiled
def _over(op: int, known: bool, one: float, two: float, d: int, e: int) -> Any:
    """One number compared with another."""
    if op == _DIFFERENCE:
        return known, one - two
    if op == _GROWN:
        return known, one - 1.0
    if op == _CAPPED:
        if two > 0:
            return known, min(one * e / two, float(d))
        return known, float(d) if one > 0 else 0.0
    if not known or two == 0 or (op == _SHARE and two < 0):
        return False, 0.0
    return True, one * d / (two * e)
