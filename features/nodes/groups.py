"""Messages of a window told apart by a column: by buyer, by good, by facility."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from features.engine import kernels
from features.engine.cells import Cells, CellSets
from features.engine.latest import last_in_cells, picked
from features.engine.sums import add_at, parts_per_million
from features.engine.sweep import Sweep, span_of
from features.facts import Flags
from features.point.writing import Found, Keys, Line, Number, Point
from features.recipe import Leaf, Recipe, Reckoned, Rows, Values, always
from supervision.arrays import MISSING, Integers

MILLION = 1_000_000


@dataclass(frozen=True, eq=False)
class Greatest(Recipe):
    """Largest value of a column over the messages of the window; 0 if there is none."""

    rows: Rows
    column: str
    days: int

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Where the messages count."""
        yield span_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        span = sweep.span(self.rows, self.days)
        values, line_end = span.values(self.column), sweep.offsets[span.party + 1]
        position = span.values("position")
        row = kernels.latest(sweep.size, span.first, span.end, line_end, values, position)
        return always(sweep, np.maximum(picked(values, row), 0))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        said = point.said(point.rows(self.rows, self.days), self.column)
        return point.whole(point.line("greatest", said))


@dataclass(frozen=True, eq=False)
class GreatestLatest(Recipe):
    """Largest, over groups, of the group's last value within the window; 0 if there is none."""

    rows: Rows
    column: str
    group: str
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells = group_cells(sweep, self.rows, self.days, self.group)
        row = last_in_cells(sweep, cells, self.rows, self.group, self.days)
        values = sweep.span(self.rows, self.days).values(self.column)
        return always(sweep, sweep.greatest_over(cells.cell_row, picked(values, row)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        found, keys = point.value(Grouping(self.rows, self.group, self.days))
        last = point.last_of_each(found, keys.of, keys)
        said = point.line("take", point.said(found, self.column), last, 0)
        return point.whole(point.line("greatest", said))

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The groups."""
        yield Grouping(self.rows, self.group, self.days)


@dataclass(frozen=True, eq=False)
class OfTotal(Recipe):
    """Of the groups among which a column's total over a window is divided."""

    rows: Rows
    group: str
    column: str
    days: int

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The groups."""
        yield Grouping(self.rows, self.group, self.days)


@dataclass(frozen=True, eq=False)
class Herfindahl(OfTotal):
    """Sum of squared shares of the groups in a total; missing where the total is 0.

    Shares are whole parts per million, rounded down, so the sum is exact in any order.
    """

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        return self.together(sweep, (self,))[0]

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        _, sums, total = written_sums(point, self.rows, self.days, (self.group, self.column))
        share = point.line("per_million", sums, point.line("floor", total, 1))
        squares = point.sum(point.line("times", share, share))
        return point.number("part", squares, point.whole(total), MILLION * MILLION)

    @classmethod
    def together(cls, sweep: Sweep, nodes: Sequence[Self]) -> Sequence[Values]:
        """Evaluate all of them in one go, as if on one line, one after the other."""
        found = [group_sums(sweep, n.rows, n.days, (n.group, n.column)) for n in nodes]
        total = np.concatenate([total for *_, total in found])
        row = np.concatenate([c.cell_row + at * sweep.size for at, (c, *_) in enumerate(found)])
        sums = np.concatenate([sums for _, sums, _ in found])
        share = parts_per_million(sums, np.maximum(total, 1)[row])
        squares = add_at(len(total), row, share * share) / (MILLION * MILLION)
        shape = len(nodes), sweep.size
        both = squares.reshape(shape), (total > 0).reshape(shape)
        return [Values(*values) for values in zip(*both, strict=True)]


@dataclass(frozen=True, eq=False)
class TopShare(OfTotal):
    """Largest share of one group in a total; missing where the total is 0."""

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        return share_of(sweep.greatest_over(cells.cell_row, sums), total)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        _, sums, total = written_sums(point, self.rows, self.days, (self.group, self.column))
        return point.share(point.line("greatest", sums), total)


@dataclass(frozen=True, eq=False)
class Groups(Recipe):
    """Number of groups with at least so many messages in the window."""

    rows: Rows
    group: str
    least: int = 1
    days: int | None = None

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The groups."""
        yield Grouping(self.rows, self.group, self.days)

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, there = group_counts(sweep, self.rows, self.days, self.group)
        return always(sweep, sweep.sum_over(cells.cell_row, (there >= self.least).astype(np.int64)))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        _, keys = point.value(Grouping(self.rows, self.group, self.days))
        there = point.counts(keys, keys.of)
        return point.sum(point.line("at_least", there, self.least))


@dataclass(frozen=True, eq=False)
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

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        found, keys = point.value(Grouping(self.rows, self.group, self.days))
        back = point.rows(self.back, self.days)
        returned = point.find(keys, point.said(back, self.group))
        left = point.last_of_each(found, keys.of, keys, -1)
        came = point.last_of_each(back, returned, keys)
        moments = [
            point.line("take", point.said(of, "occurred_at"), row, MISSING)
            for of, row in ((back, came), (found, left))
        ]
        return point.sum(point.line("later", *moments))

    def _moments(self, sweep: Sweep, cells: Cells, rows: Rows, sign: int) -> tuple[Integers, Flags]:
        row = last_in_cells(sweep, cells, rows, self.group, self.days, sign)
        return picked(sweep.span(rows, self.days).values("occurred_at"), row), row >= 0

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The groups, and where what came back counts."""
        yield from (Grouping(self.rows, self.group, self.days), span_of(self.back, self.days))

    def leaves(self) -> Iterator[Leaf]:
        """What went, and what came back."""
        yield Leaf(self.rows, self.days, None)
        yield Leaf(self.back, self.days, None)


@dataclass(frozen=True, eq=False)
class ShareNamed(OfTotal):
    """Share of a total that falls on groups which any message of other rows names now.

    ``party`` is the column of the other rows that names them, ``within`` their window. Missing
    where the total is 0.
    """

    named: Rows
    party: str
    within: int | None = None

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The groups, and where what names them counts."""
        grouping = Grouping(self.rows, self.group, self.days)
        yield from (grouping, span_of(self.named, self.within))

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        span = sweep.span(self.named, self.within)
        there = cells.steps(span, self.party, np.ones(len(span), np.int64)) > 0
        return share_of(sweep.sum_over(cells.cell_row, np.where(there, sums, 0)), total)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        keys, sums, total = written_sums(point, self.rows, self.days, (self.group, self.column))
        named = point.said(point.rows(self.named, self.within), self.party)
        return point.share(
            point.line("sum", point.line("keep", sums, point.counts_of(keys, named))), total
        )

    def leaves(self) -> Iterator[Leaf]:
        """The messages added up, and those that name the groups."""
        yield Leaf(self.rows, self.days, self.column)
        yield Leaf(self.named, self.within, None)


def share_of(part: Integers, total: Integers) -> Values:
    """Share of a part in a total, missing where the total is 0."""
    return Values(part / np.maximum(total, 1), total > 0)


@dataclass(frozen=True, eq=False)
class Grouping(Reckoned[tuple[Cells, Integers]]):
    """Cells of the groups that a column makes of a window's messages, and each message's group."""

    rows: Rows
    by: str
    days: int | None

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Where the messages count."""
        yield span_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> tuple[Cells, Integers]:
        """Evaluate along a sweep."""
        return self.together(sweep, (self,))[0]

    def write(self, point: Point) -> tuple[Found, Keys]:
        """Write it for one point."""
        found = point.rows(self.rows, self.days)
        return found, point.keys(point.said(found, self.by))

    @classmethod
    def together(cls, sweep: Sweep, nodes: Sequence[Self]) -> Sequence[tuple[Cells, Integers]]:
        """Number all groups in one go."""
        spans = [sweep.span(node.rows, node.days) for node in nodes]
        sizes = [len(span) for span in spans]
        values = [span.values(node.by) for node, span in zip(nodes, spans, strict=True)]
        party = np.concatenate([span.party for span in spans])
        sets = CellSets.of(sweep, sizes, party, np.concatenate(values))
        found, end = [], 0
        for place, size in enumerate(sizes):
            start, end = end, end + size
            found.append((sets.one(place), sets.group_of[start:end] - sets.groups[place]))
        return found


def group_counts(sweep: Sweep, rows: Rows, days: int | None, by: str) -> tuple[Cells, Integers]:
    """Cells of groups, and the number of messages of each that stand."""
    span, (cells, group) = sweep.span(rows, days), sweep.value(Grouping(rows, by, days))
    return cells, cells.add(span.first, span.end, group, np.ones(len(span), np.int64))


def group_cells(sweep: Sweep, rows: Rows, days: int | None, by: str) -> Cells:
    """Cells of the groups that a column makes of the messages of a window."""
    return sweep.value(Grouping(rows, by, days))[0]


def group_sums(
    sweep: Sweep, rows: Rows, days: int | None, by: tuple[str, str]
) -> tuple[Cells, Integers, Integers]:
    """Cells of groups, the sum of a column in each, and the total of each spine row.

    ``by`` names the column that makes the groups and the one that is added up.
    """
    return sweep.once(("sums", rows, days, by), lambda: _group_sums(sweep, rows, days, by))


def _group_sums(
    sweep: Sweep, rows: Rows, days: int | None, by: tuple[str, str]
) -> tuple[Cells, Integers, Integers]:
    group, value = by
    span, (cells, group_of) = sweep.span(rows, days), sweep.value(Grouping(rows, group, days))
    sums = cells.add(span.first, span.end, group_of, span.amounts(value))
    return cells, sums, sweep.sum_over(cells.cell_row, sums)


def written_sums(
    point: Point, rows: Rows, days: int, by: tuple[str, str]
) -> tuple[Keys, Line, Line]:
    """Write for one point what :func:`group_sums` gives."""
    group, value = by
    found, keys = point.value(Grouping(rows, group, days))
    sums = point.sums(keys, keys.of, point.amounts(found, value))
    return keys, sums, point.line("sum", sums)
