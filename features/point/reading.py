"""Reading tables: the first part of a program selects rows and reads columns of them.

An instruction makes one line of numbers, and is named by its place. Rows are lines of their
places in a table. An instruction takes a line that came before it at most (``one``), a column
(``d``) and a parameter (``e``); :data:`NAMES` says what each makes.

All that is compiled stands in this one file: numba looks at no other to tell whether what it kept
on disk is stale.
"""

from typing import Any, Final

import numpy as np

from features.engine.compiled import compiled
from supervision.arrays import MISSING, NEVER, Integers

NAMES: Final = (
    # e is how long before the point
    "standing",  # rows of the enterprise that stand; d is the first column of a table
    "earliest",  # when the first row of the enterprise became known; never, if there is none
    "after",  # those of rows one whose column is after the moment
    "until",  # those of rows one whose column is after the moment, or not stated
    "due",  # those of rows one whose column is at or before the moment
    "among",  # those of rows one whose column is one of the choices, a bit each in e
    "column",  # what the column says in rows one
    "amounts",  # the same, times e, and 0 where it is not stated
    "whole",  # all of the column
)

(
    _STANDING, _EARLIEST, _AFTER, _UNTIL, _DUE, _AMONG, _COLUMN, _AMOUNTS, _WHOLE,
) = range(len(NAMES))  # fmt: skip

_CODES: Final = 63
"""Choices of a column that can be told apart, a bit each."""


@compiled
def read(program: Integers, more: int, who: Any, tables: Any) -> Any:
    """Read what a program asks for.

    Parameters
    ----------
    program : Integers
        Shape (instructions, 4): which, a line, a column, a parameter.
    more : int
        How many lines will be made of these.
    who : tuple of int
        The enterprise, and the point.
    tables : tuple of Integers
        All columns, one after the other; the table of each; and the rows of each table. Of each
        table the first columns are whose a row is, and when it became known and was reversed.

    Returns
    -------
    lines : Integers
        All lines, with room for more.
    bounds : Integers
        Where each ends.
    """
    flat, of_table, held = tables
    starts = np.zeros(len(of_table) + 1, np.int64)
    for column in range(len(of_table)):
        starts[column + 1] = starts[column] + held[of_table[column]]
    room = held.sum() + 1  # no instruction takes more
    lines = np.empty(24 * room, np.int64)
    bounds = np.zeros(len(program) + more + 1, np.int64)
    top = 0
    for place in range(len(program)):
        if top + room > len(lines):
            larger = np.empty(2 * (len(lines) + room), np.int64)
            larger[:top] = lines[:top]
            lines = larger
        op, of, d, e = program[place, 0], program[place, 1], program[place, 2], program[place, 3]
        one, end = bounds[of], bounds[of + 1]
        column, count = starts[d], held[of_table[d]]
        if op <= _EARLIEST:
            size = _own(op, lines, top, flat, (column, count), who[0], who[1] - e)
        elif op <= _AMONG:
            size = _chosen(op, lines, top, (one, end), flat, column, e, who[1] - e)
        else:
            size = _said(op, lines, top, (one, end), flat, (column, count), e)
        top += size
        bounds[place + 1] = top
    return lines, bounds


@compiled
def _own(op: int, lines: Any, top: int, flat: Any, table: Any, enterprise: int, at: int) -> Any:
    """Rows of an enterprise that stand, or when the first became known."""
    (whose, count), found = table, top
    known, reversed_ = whose + count, whose + 2 * count
    if op == _EARLIEST:
        lines[top] = NEVER
        for row in range(count):
            if flat[whose + row] == enterprise:
                lines[top] = min(lines[top], flat[known + row])
        return 1
    for row in range(count):
        lines[found] = row
        if flat[whose + row] == enterprise and flat[known + row] <= at < flat[reversed_ + row]:
            found += 1
    return found - top


@compiled
def _chosen(
    op: int, lines: Any, top: int, of: Any, flat: Any, column: int, bits: int, at: int
) -> Any:
    """Rows of which a column meets a condition."""
    found = top
    for place in range(of[0], of[1]):
        row = lines[place]
        value = flat[column + row]
        lines[found] = row
        if op == _AMONG:
            met = 0 <= value < _CODES and (bits >> value) & 1 == 1
        elif op == _AFTER:
            met = value > at
        elif op == _UNTIL:
            met = value > at or value == MISSING
        else:
            met = value <= at and value != MISSING
        if met:
            found += 1
    return found - top


@compiled
def _said(op: int, lines: Any, top: int, of: Any, flat: Any, table: Any, sign: int) -> Any:
    """What a column says."""
    (one, end), (column, count) = of, table
    if op == _WHOLE:
        lines[top : top + count] = flat[column : column + count]
        return count
    for place in range(one, end):
        value = flat[column + lines[place]]
        if op == _AMOUNTS:
            value = sign * value if value != MISSING else 0
        lines[top + place - one] = value
    return end - one
