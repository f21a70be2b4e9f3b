"""Messages of a window told apart by a column: by buyer, by good, by facility."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.facts import Flags, stated
from features.latest import last_in_cells
from features.recipe import Leaf, Recipe, Rows, Values, always
from features.sums import add_at, parts_per_million
from features.sweep import Cells, Sweep
from supervision.arrays import Integers

MILLION = 1_000_000


@dataclass(frozen=True)
class Greatest(Recipe):
    """Largest value of a column over the messages of the window; 0 if there is none."""

    rows: Rows
    column: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        cells = group_cells(sweep, self.rows, self.days, self.column)
        count = cells.steps(span, self.column, np.ones(len(span.kept), np.int64))
        return _greatest_of_cells(sweep, cells, cells.group[cells.cell_group], count > 0)


@dataclass(frozen=True)
class GreatestLatest(Recipe):
    """Largest, over groups, of the group's last value within the window; 0 if there is none."""

    rows: Rows
    column: str
    group: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells = group_cells(sweep, self.rows, self.days, self.group)
        row, found = last_in_cells(sweep, cells, self.rows, self.group, self.days)
        values = sweep.span(self.rows, self.days).values(self.column)
        last = values[row] if len(values) else np.zeros(cells.size, np.int64)
        return _greatest_of_cells(sweep, cells, last, found)


@dataclass(frozen=True)
class Herfindahl(Recipe):
    """Sum of squared shares of the groups in a total; missing where the total is 0.

    Shares are whole parts per million, rounded down, so the sum is exact in any order.
    """

    rows: Rows
    group: str
    column: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        share = parts_per_million(sums, np.maximum(total, 1)[cells.cell_row])
        squares = add_at(sweep.size, cells.cell_row, share * share)
        return Values(squares / (MILLION * MILLION), total > 0)


@dataclass(frozen=True)
class TopShare(Recipe):
    """Largest share of one group in a total; missing where the total is 0."""

    rows: Rows
    group: str
    column: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        largest = np.zeros(sweep.size, np.int64)
        np.maximum.at(largest, cells.cell_row, sums)
        return share_of(largest, total)


@dataclass(frozen=True)
class Groups(Recipe):
    """Number of groups with at least so many messages in the window."""

    rows: Rows
    group: str
    least: int = 1
    days: int | None = None

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, there = group_counts(sweep, self.rows, self.days, self.group)
        return always(sweep, sweep.sum_over(cells.cell_row, (there >= self.least).astype(np.int64)))


@dataclass(frozen=True)
class RoundTrips(Recipe):
    """Number of groups with a message of ``back`` that occurred after one of ``rows``."""

    rows: Rows
    back: Rows
    group: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells = group_cells(sweep, self.rows, self.days, self.group)
        gone, left = self._moments(sweep, cells, self.rows, -1)
        came, returned = self._moments(sweep, cells, self.back, 1)
        trips = (left & returned & (came > gone)).astype(np.int64)
        return always(sweep, sweep.sum_over(cells.cell_row, trips))

    def _moments(self, sweep: Sweep, cells: Cells, rows: Rows, sign: int) -> tuple[Integers, Flags]:
        row, found = last_in_cells(sweep, cells, rows, self.group, self.days, sign)
        occurred = sweep.span(rows, self.days).values("occurred_at")
        return (occurred[row] if len(occurred) else np.zeros(cells.size, np.int64)), found

    def leaves(self) -> Iterator[Leaf]:
        """What went, and what came back."""
        yield Leaf(self.rows, self.days, None)
        yield Leaf(self.back, self.days, None)


@dataclass(frozen=True)
class ShareNamed(Recipe):
    """Share of a total that falls on groups which any message of other rows names now.

    ``party`` is the column of the other rows that names them. Missing where the total is 0.
    """

    rows: Rows
    group: str
    column: str
    days: int
    named: Rows
    party: str

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        span = sweep.span(self.named)
        there = cells.steps(span, self.party, np.ones(len(span.kept), np.int64)) > 0
        return share_of(sweep.sum_over(cells.cell_row, np.where(there, sums, 0)), total)

    def leaves(self) -> Iterator[Leaf]:
        """The messages added up, and those that name the groups."""
        yield Leaf(self.rows, self.days, self.column)
        yield Leaf(self.named, None, None)


def share_of(part: Integers, total: Integers) -> Values:
    """Share of a part in a total, missing where the total is 0."""
    share = part.astype(np.float64) / np.where(total > 0, total, 1).astype(np.float64)
    return Values(share, total > 0)


def group_counts(sweep: Sweep, rows: Rows, days: int | None, by: str) -> tuple[Cells, Integers]:
    """Cells of groups, and the number of messages of each that stand."""
    span, cells = sweep.span(rows, days), group_cells(sweep, rows, days, by)
    return cells, cells.steps(span, by, np.ones(len(span.kept), np.int64))


def group_cells(sweep: Sweep, rows: Rows, days: int | None, by: str) -> Cells:
    """Cells of the groups that a column makes of the messages of a window."""
    span = sweep.span(rows, days)
    return sweep.once(
        ("cells", rows, days, by), lambda: Cells.of(sweep, span.party, span.values(by))
    )


def _greatest_of_cells(sweep: Sweep, cells: Cells, values: Integers, counts: Flags) -> Values:
    best = np.zeros(sweep.size, np.int64)
    np.maximum.at(best, cells.cell_row[counts], values[counts])
    return always(sweep, best)


def group_sums(
    sweep: Sweep, rows: Rows, days: int | None, by: tuple[str, str]
) -> tuple[Cells, Integers, Integers]:
    """Cells of groups, the sum of a column in each, and the total of each spine row.

    ``by`` names the column that makes the groups and the one that is added up.
    """
    group, value = by
    span, cells = sweep.span(rows, days), group_cells(sweep, rows, days, group)
    values = span.values(value)
    sums = cells.steps(span, group, np.where(stated(values), values, 0))
    return cells, sums, sweep.sum_over(cells.cell_row, sums)
