"""The message that occurred last: of an enterprise, or of a group such as a lot or a facility.

Among messages of one moment the one with the greatest position is last.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from features.engine import kernels
from features.engine.cells import Cells
from features.engine.sweep import Sweep, span_of
from features.facts import Flags
from features.recipe import Reckoned, Rows
from supervision.arrays import Integers


def last_values(sweep: Sweep, rows: Rows, name: str, days: int | None) -> tuple[Integers, Flags]:
    """Column of the message that occurred last, and whether there is one, per spine row."""
    row = sweep.value(last_of(rows, days))
    return picked(sweep.span(rows, days).values(name), row), row >= 0


def first_values(sweep: Sweep, rows: Rows, name: str, days: int | None) -> tuple[Integers, Flags]:
    """Column of the message that occurred first, and whether there is one, per spine row."""
    row = sweep.value(last_of(rows, days, -1))
    return picked(sweep.span(rows, days).values(name), row), row >= 0


@dataclass(frozen=True, eq=False)
class LastOf(Reckoned[Integers]):
    """Place, among a span's rows, of the one that occurred last, at every spine row; or -1.

    With a ``sign`` of -1 it is the one that occurred first.
    """

    rows: Rows
    days: int | None
    sign: int

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Where the messages count."""
        yield span_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> Integers:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        table = span.table
        return kernels.cell_latest(
            sweep.size,
            (np.zeros(len(sweep.parties), np.int64), sweep.offsets[1:]),
            span.party,
            (span.index, span.first, span.end),
            (table.values("occurred_at"), table.values("position"), self.sign),
        )


@lru_cache(maxsize=1024)
def last_of(rows: Rows, days: int | None, sign: int = 1) -> LastOf:
    """The node of the row that occurred last."""
    return LastOf(rows, days, sign)


def last_in_cells(
    sweep: Sweep, cells: Cells, rows: Rows, by: str, days: int | None, sign: int = 1
) -> Integers:
    """Per cell the place, among the span's rows, of the one that occurred last; or -1.

    With a ``sign`` of -1 it is the one that occurred first.
    """
    span = sweep.span(rows, days)
    table = span.table
    return kernels.cell_latest(
        cells.size,
        (cells.shift, sweep.offsets[cells.party + 1] + cells.shift),
        cells.groups_of(span, by),
        (span.index, span.first, span.end),
        (table.values("occurred_at"), table.values("position"), sign),
    )


def picked(values: Integers, row: Integers) -> Integers:
    """Values of the rows found, 0 where there is none."""
    return np.where(row >= 0, values[row], 0) if len(values) else np.zeros(len(row), np.int64)
