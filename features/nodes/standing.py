"""How long an enterprise has been known, has existed, and how many sources speak of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from features.calendar import DAY, PORT_OFFSET
from features.engine.latest import first_values, last_of, last_values
from features.engine.sweep import Sweep
from features.facts import stated, stream_of, table_names
from features.nodes.windows import Count, last_said
from features.point.writing import OWN, Number, Point
from features.recipe import Leaf, Recipe, Reckoned, Rows, Unwritten, Values, always
from supervision.arrays import NEVER, Integers


@dataclass(frozen=True, eq=False)
class MonthsKnown(Recipe):
    """Whole spans of 30 days since anything about the enterprise was first known."""

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        earliest = np.full(len(sweep.parties), NEVER, np.int64)
        tables = [sweep.table(name) for name in sweep.facts.tables if stream_of(name) == name]
        party = np.concatenate([table.party for table in tables])
        np.minimum.at(earliest, party, np.concatenate([t.values("known_at") for t in tables]))
        since = earliest[sweep.row_party]
        known = since <= sweep.as_of
        return Values((sweep.as_of - np.where(known, since, 0)) // (30 * DAY), known)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        tables = [name for name in table_names() if stream_of(name) == name]
        earliest = [point.read("earliest", point.column(name, OWN[0])) for name in tables]
        first = reduce(lambda one, two: point.line("lesser", one, two), earliest)
        return point.number("months_since", first, 0, point.back, is_whole=True)


@dataclass(frozen=True, eq=False)
class DaysSinceFirst(Recipe):
    """Whole days since the first message that stands; missing if there is none."""

    rows: Rows

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The last message."""
        yield last_of(self.rows, None, -1)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        occurred, found = first_values(sweep, self.rows, "occurred_at", None)
        return Values((sweep.as_of - np.where(found, occurred, 0)) // DAY, found)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        first = last_said(point, self.rows, "occurred_at", None, -1)
        return point.number("days_since", first, 0, point.back, is_whole=True)


@dataclass(frozen=True, eq=False)
class YearsSince(Recipe):
    """Completed years since a day of the calendar (YYYYMMDD) that the last message states.

    At least 0; missing where there is no such message or it states no day.
    """

    rows: Rows
    column: str

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The last message."""
        yield last_of(self.rows, None)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        day, found = last_values(sweep, self.rows, self.column, None)
        found = found & stated(day)
        years = (_calendar_days(sweep.as_of) - np.where(found, day, 0)) // 10_000
        return Values(np.maximum(years, 0), found)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        if point.back:  # the calendar knows of the point alone
            raise Unwritten(self)
        return point.number(
            "years_since", last_said(point, self.rows, self.column, None), is_whole=True
        )


@dataclass(frozen=True, eq=False)
class Speaking(Recipe):
    """How many of several tables have a message in the window."""

    sources: tuple[Rows, ...]
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        numbers = np.zeros(sweep.size, np.int64)
        for count in self.parts():
            numbers += sweep.value(count).numbers > 0
        return always(sweep, numbers)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        counts = [point.total(point.rows(rows, self.days), None) for rows in self.sources]
        speaking = [point.line("at_least", count, 1) for count in counts]
        return point.whole(reduce(lambda one, two: point.line("plus", one, two), speaking))

    def parts(self) -> Iterator[Count]:
        """How many messages each has."""
        for rows in self.sources:
            yield Count(rows, self.days)

    def leaves(self) -> Iterator[Leaf]:
        """The messages of the window."""
        for rows in self.sources:
            yield Leaf(rows, self.days, None)


def _calendar_days(at: Integers) -> Integers:
    """Days of the port's calendar as YYYYMMDD."""
    days = ((at + PORT_OFFSET) // DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64)
    day = (days - months).astype(np.int64) + 1
    return np.asarray((1970 + month // 12) * 10_000 + (month % 12 + 1) * 100 + day, np.int64)
