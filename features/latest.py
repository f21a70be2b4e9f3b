"""The message that occurred last: of an enterprise, or of a group such as a lot or a facility.

Among messages of one moment the one with the greatest position is last.
"""

import numpy as np

from features.facts import Flags
from features.recipe import Rows
from features.sums import latest
from features.sweep import Cells, Sweep
from supervision.arrays import Integers


def _last_rows(sweep: Sweep, rows: Rows, days: int | None, sign: int = 1) -> tuple[Integers, Flags]:
    """Place, among the span's rows, of the one that occurred last, at every spine row.

    With a ``sign`` of -1 it is the one that occurred first.
    """
    span = sweep.span(rows, days)
    occurred, position = sign * span.values("occurred_at"), sign * span.values("position")
    order = np.lexsort((position, occurred, span.party))
    line_end = sweep.offsets[span.party[order] + 1]
    rank = np.arange(len(order))
    best = latest(sweep.size, span.first[order], span.end[order], line_end, rank)
    found = best >= 0
    row = order[best] if len(order) else np.zeros(sweep.size, np.int64)
    if len(order):
        found &= span.party[row] == sweep.row_party
    return row, found


def last_values(sweep: Sweep, rows: Rows, name: str, days: int | None) -> tuple[Integers, Flags]:
    """Column of the message that occurred last, and whether there is one, per spine row."""
    row, found = sweep.once(("last", rows, days), lambda: _last_rows(sweep, rows, days))
    values = sweep.span(rows, days).values(name)
    if not len(values):
        return np.zeros(sweep.size, np.int64), np.zeros(sweep.size, bool)
    return values[row], found


def first_values(sweep: Sweep, rows: Rows, name: str, days: int | None) -> tuple[Integers, Flags]:
    """Column of the message that occurred first, and whether there is one, per spine row."""
    row, found = sweep.once(("first", rows, days), lambda: _last_rows(sweep, rows, days, -1))
    values = sweep.span(rows, days).values(name)
    if not len(values):
        return np.zeros(sweep.size, np.int64), np.zeros(sweep.size, bool)
    return values[row], found


def last_in_cells(
    sweep: Sweep, cells: Cells, rows: Rows, by: str, days: int | None, sign: int = 1
) -> tuple[Integers, Flags]:
    """Per cell the place, among the span's kept rows, of the one that occurred last.

    With a ``sign`` of -1 it is the one that occurred first.
    """
    span = sweep.span(rows, days)
    group, known = cells.groups(span.party, span.values(by))
    chosen = np.flatnonzero(known)
    occurred = sign * span.values("occurred_at")[chosen]
    position = sign * span.values("position")[chosen]
    order = np.lexsort((position, occurred, group[chosen]))
    row = chosen[order]
    group = group[row]
    line_end = sweep.offsets[span.party[row] + 1] + cells.shift[group]
    best = latest(
        cells.size,
        span.first[row] + cells.shift[group],
        span.end[row] + cells.shift[group],
        line_end,
        np.arange(len(row)),
    )
    if not len(row):
        return np.zeros(cells.size, np.int64), np.zeros(cells.size, bool)
    return row[best], (best >= 0) & (group[best] == cells.cell_group)
