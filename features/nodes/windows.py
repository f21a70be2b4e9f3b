"""What a window of messages adds up to, or says last."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from features.calendar import DAY
from features.engine.latest import last_of, last_values
from features.engine.selection import Asked
from features.engine.sweep import Sweep
from features.engine.table_pass import OfTable
from features.facts import stated, stream_of
from features.point.writing import Line, Number, Point
from features.recipe import Leaf, Recipe, Reckoned, Rows, Values, always
from supervision.contract.columns import column


class Windowed(OfTable[Values], Recipe):
    """A sum over the messages of a window."""

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        rows, adds = self.asked.rows, self.asked.adds
        return point.whole(point.total(point.rows(rows, self.asked.days), adds))


@dataclass(frozen=True, eq=False)
class Count(Windowed):
    """Number of messages that occurred within the window (always, where there is none)."""

    rows: Rows
    days: int | None = None

    @property
    def asked(self) -> Asked:
        """The messages alone."""
        return Asked(self.rows, self.days, is_sum=True)


@dataclass(frozen=True, eq=False)
class Total(Windowed):
    """Sum of a column over the messages of the window."""

    rows: Rows
    column: str
    days: int | None = None

    @property
    def asked(self) -> Asked:
        """The messages and their column."""
        return Asked(self.rows, self.days, is_sum=True, adds=self.column)


@dataclass(frozen=True, eq=False)
class GreatestPart(Recipe):
    """Greatest of the sums of a column over the parts into which a window is cut.

    ``ends`` are days before T, rising: the first part is the newest days up to ``ends[0]``, the
    next those beyond it up to ``ends[1]``, and so on.
    """

    rows: Rows
    column: str
    ends: tuple[int, ...]

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        totals = [sweep.value(total).numbers for total in self.parts()]
        parts = [later - nearer for nearer, later in pairwise([np.zeros_like(totals[0]), *totals])]
        return always(sweep, np.max(parts, axis=0))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        totals = [point.total(point.rows(self.rows, days), self.column) for days in self.ends]
        greatest = totals[0]
        for nearer, later in pairwise(totals):
            greatest = point.line("greater", greatest, point.line("less", later, nearer))
        return point.whole(greatest)

    def parts(self) -> Iterator[Total]:
        """The sums from each end on."""
        for days in self.ends:
            yield Total(self.rows, self.column, days)

    def leaves(self) -> Iterator[Leaf]:
        """The messages of the whole window."""
        yield Leaf(self.rows, self.ends[-1], self.column)


@dataclass(frozen=True, eq=False)
class Latest(Recipe):
    """A column of the message that occurred last (by position among equals); missing if none."""

    rows: Rows
    column: str
    days: int | None = None

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The last message."""
        yield last_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values, found = last_values(sweep, self.rows, self.column, self.days)
        return Values(values, found & stated(values))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.whole(last_said(point, self.rows, self.column, self.days))


@dataclass(frozen=True, eq=False)
class LatestIs(Recipe):
    """1 where an enumerated column of the last message is the choice, else 0."""

    rows: Rows
    column: str
    choice: str

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The last message."""
        yield last_of(self.rows, None)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values, found = last_values(sweep, self.rows, self.column, None)
        code = column(stream_of(self.rows.table), self.column).code(self.choice)
        return always(sweep, (found & (values == code)).astype(np.int64))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        code = column(stream_of(self.rows.table), self.column).code(self.choice)
        last = last_said(point, self.rows, self.column, None)
        return point.number("is", last, code, is_whole=True)


@dataclass(frozen=True, eq=False)
class DaysSince(Recipe):
    """Whole days since the last message of the window; missing if there is none."""

    rows: Rows
    days: int | None = None

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The last message."""
        yield last_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        occurred, found = last_values(sweep, self.rows, "occurred_at", self.days)
        return Values((sweep.as_of - occurred) // DAY, found)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        last = last_said(point, self.rows, "occurred_at", self.days)
        return point.number("days_since", last, 0, point.back, is_whole=True)


def last_said(point: Point, rows: Rows, name: str, days: int | None, sign: int = 1) -> Line:
    """Write what a column says in the last message, or with a sign of -1 in the first."""
    return point.last(point.rows(rows, days), name, sign)
