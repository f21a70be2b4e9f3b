"""What a window of messages adds up to, or says last."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from features.calendar import DAY
from features.facts import stated, stream_of
from features.latest import last_values
from features.recipe import Leaf, Recipe, Rows, Values, always
from features.sums import steps
from features.sweep import Sweep
from supervision.contract.columns import column


@dataclass(frozen=True)
class Count(Recipe):
    """Number of messages that occurred within the window (always, where there is none)."""

    rows: Rows
    days: int | None = None

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        ones = np.ones(len(span.kept), np.int64)
        return always(sweep, steps(sweep.size, span.first, span.end, ones))


@dataclass(frozen=True)
class Total(Recipe):
    """Sum of a column over the messages of the window."""

    rows: Rows
    column: str
    days: int | None = None

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        values = span.values(self.column)
        values = np.where(stated(values), values, 0)
        return always(sweep, steps(sweep.size, span.first, span.end, values))


@dataclass(frozen=True)
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
        totals = [sweep.value(Total(self.rows, self.column, days)).numbers for days in self.ends]
        parts = [later - nearer for nearer, later in pairwise([np.zeros_like(totals[0]), *totals])]
        return always(sweep, np.max(parts, axis=0))

    def leaves(self) -> Iterator[Leaf]:
        """The messages of the whole window."""
        yield Leaf(self.rows, self.ends[-1], self.column)


@dataclass(frozen=True)
class Latest(Recipe):
    """A column of the message that occurred last (by position among equals); missing if none."""

    rows: Rows
    column: str
    days: int | None = None

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values, found = last_values(sweep, self.rows, self.column, self.days)
        return Values(values, found & stated(values))


@dataclass(frozen=True)
class LatestIs(Recipe):
    """1 where an enumerated column of the last message is the choice, else 0."""

    rows: Rows
    column: str
    choice: str

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values, found = last_values(sweep, self.rows, self.column, None)
        code = column(stream_of(self.rows.table), self.column).code(self.choice)
        return always(sweep, (found & (values == code)).astype(np.int64))


@dataclass(frozen=True)
class DaysSince(Recipe):
    """Whole days since the last message of the window; missing if there is none."""

    rows: Rows
    days: int | None = None

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        occurred, found = last_values(sweep, self.rows, "occurred_at", self.days)
        return Values((sweep.as_of - occurred) // DAY, found)
