"""The sweep: windowed sums of every enterprise at every as-of point, without a join.

A message with a window of W days counts as of T exactly while ``k <= T < x``, where k is when
it was known and ``x = min(occurred_at + W, reversed_at)``; if that leaves nothing it never
counts. So a windowed sum is a step function of T: +v where the message enters, -v where it
leaves. The as-of points of an enterprise stand in order; each message finds its first and its
last by a search, and one cumulative sum gives all of them. All state is int64, so sums are
exact and independent of the order of rows.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from features.calendar import DAY
from features.facts import Facts, Flags, conditions, stream_of
from features.recipe import Recipe, Rows, Values
from features.sums import add_at, joined, steps
from supervision.arrays import MISSING, NEVER, Columns, Integers

T = TypeVar("T")


@dataclass(frozen=True)
class Spine:
    """The points at which features are wanted.

    Attributes
    ----------
    enterprise : Integers
        Numbers of names in the record, shape (n,), in any order, repeats allowed.
    as_of : Integers
        UTC microseconds, shape (n,).
    """

    enterprise: Integers
    as_of: Integers

    @classmethod
    def grid(cls, enterprises: Integers, as_of: Integers) -> "Spine":
        """Every enterprise at every as-of point."""
        return cls(np.repeat(enterprises, len(as_of)), np.tile(as_of, len(enterprises)))

    def __len__(self) -> int:
        return len(self.as_of)


@dataclass(frozen=True)
class Selection:
    """Rows of a table that concern the spine's enterprises and meet a recipe's conditions.

    ``index`` points into the table; ``party`` is the enterprise's place in the spine's list.
    """

    table: str
    index: Integers
    party: Integers
    columns: Columns

    def values(self, name: str) -> Integers:
        """One column of the selected rows; derived columns are reckoned here."""
        if name == "days_late":
            late = (self.values("occurred_at") - self.values("due_at")) // DAY
            return np.asarray(np.maximum(late, 0), np.int64)
        if name == "was_late":
            return np.asarray(self.values("days_past_due") > 0, np.int64)
        if name == "paid_late":
            return np.asarray(self.values("days_late") > 0, np.int64)
        if name == "is_renewal":
            return np.asarray(self.values("renewed_from") != MISSING, np.int64)
        if name == "each":
            return np.ones(len(self.index), np.int64)
        if name == "lot_of_lender":
            return joined(self.values("cargo_code"), self.values("lender"))
        if name == "value_through_agent":
            agent = self.values("trading_party")
            through = (agent != MISSING) & (agent != self.values("enterprise_id"))
            return np.asarray(np.where(through, self.values("declared_value"), 0), np.int64)
        values: Integers = self.columns[name][self.index]
        return values


@dataclass(frozen=True)
class Span:
    """Selected rows that count somewhere, with the first spine row that sees each and the end."""

    selection: Selection
    kept: Integers
    first: Integers
    end: Integers

    def values(self, name: str) -> Integers:
        """One column of the rows kept."""
        return self.selection.values(name)[self.kept]

    @property
    def party(self) -> Integers:
        """Place of each kept row's enterprise in the spine's list."""
        return self.selection.party[self.kept]


@dataclass
class Sweep:
    """Facts laid out along a sorted spine, with everything reckoned once and remembered."""

    facts: Facts
    spine: Spine
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        order = np.lexsort((self.spine.as_of, self.spine.enterprise))
        self.order: Integers = order
        self.as_of: Integers = self.spine.as_of[order]
        self.parties, self.row_party = np.unique(self.spine.enterprise[order], return_inverse=True)
        self.offsets: Integers = np.searchsorted(self.row_party, np.arange(len(self.parties) + 1))

    @property
    def size(self) -> int:
        """Number of spine rows."""
        return len(self.as_of)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Reckon a thing the first time it is asked for."""
        if key not in self.memory:
            self.memory[key] = make()
        found: T = self.memory[key]
        return found

    def value(self, recipe: Recipe) -> Values:
        """What a recipe gives at every spine row, reckoned once."""
        return self.once(recipe, lambda: recipe.reckon(self))

    @cached_property
    def _times(self) -> Integers:
        return np.unique(self.as_of)

    @cached_property
    def _keys(self) -> Integers:
        step = len(self._times) + 1
        return self.row_party * step + np.searchsorted(self._times, self.as_of)

    @cached_property
    def _is_grid(self) -> bool:
        shape = (len(self.parties), len(self._times))
        return self.size == shape[0] * shape[1] and bool(
            (self.as_of.reshape(shape) == self._times).all()
        )

    def slot(self, party: Integers, at: Integers) -> Integers:
        """First spine row of each party whose as-of is not before ``at``; its end if none is."""
        place = np.searchsorted(self._times, at)
        if self._is_grid:
            return self.offsets[party] + place
        return np.searchsorted(self._keys, party * (len(self._times) + 1) + place)

    def select(self, rows: Rows) -> Selection:
        """Rows of a table for this spine's enterprises that meet the conditions."""
        return self.once(("select", rows.table, rows.where), lambda: self._select(rows))

    def _select(self, rows: Rows) -> Selection:
        columns = self.facts.tables[rows.table]
        party, known = self.once(("party", rows.table), lambda: self._party(rows.table))
        if rows.where:
            known = known & conditions(columns, stream_of(rows.table), rows.where)
        index = np.flatnonzero(known)
        return Selection(rows.table, index, party[index], columns)

    def _party(self, table: str) -> tuple[Integers, Flags]:
        numbers = self.facts.tables[table]["enterprise_id"]
        if not len(self.parties):
            return np.zeros(len(numbers), np.int64), np.zeros(len(numbers), bool)
        place = np.minimum(np.searchsorted(self.parties, numbers), len(self.parties) - 1)
        return place, self.parties[place] == numbers

    def span(
        self, rows: Rows, days: int | None = None, delay: str | None = None, grace: int = 0
    ) -> Span:
        """Where each selected row counts.

        Parameters
        ----------
        rows : Rows
        days : int or None
            Window since the message occurred; None for as long as it stands.
        delay : str or None
            A column of times before which the row does not count (the due time of a sale).
        grace : int
            Days by which the row counts later still.
        """
        return self.once(
            ("span", rows, days, delay, grace), lambda: self._span(rows, days, delay, grace)
        )

    def _span(self, rows: Rows, days: int | None, delay: str | None, grace: int) -> Span:
        selection = self.select(rows)
        enter = selection.values("known_at")
        leave = selection.values("reversed_at")
        if days is not None:
            leave = np.minimum(leave, selection.values("occurred_at") + days * DAY)
        if rows.until is not None:
            until = selection.values(rows.until)
            leave = np.minimum(leave, np.where(until == MISSING, NEVER, until))
        if delay is not None:
            wait = selection.values(delay)
            enter = np.maximum(enter, np.where(wait == MISSING, NEVER, wait + grace * DAY))
        first, end = self.slot(selection.party, enter), self.slot(selection.party, leave)
        kept = np.flatnonzero(end > first)
        return Span(selection, kept, first[kept], end[kept])

    def sum_over(self, rows: Integers, values: Integers) -> Integers:
        """Add values into their spine rows."""
        return add_at(self.size, rows, values)


def distinct(spine: Spine) -> Spine:
    """Each (enterprise, as-of) of a spine once."""
    parties, party = np.unique(spine.enterprise, return_inverse=True)
    times, time = np.unique(spine.as_of, return_inverse=True)
    keys = np.unique(party * len(times) + time)
    return Spine(parties[keys // len(times)], times[keys % len(times)])


def places(sweep: Sweep, enterprise: Integers, as_of: Integers) -> Integers:
    """Spine row of each (enterprise, as-of); all of them must stand on the spine."""
    return sweep.slot(np.searchsorted(sweep.parties, enterprise), as_of)


@dataclass(frozen=True)
class Cells:
    """Groups of each enterprise, each along its enterprise's as-of points.

    Attributes
    ----------
    group : Integers
        Value of the grouping column, one a group.
    cell_group, cell_row : Integers
        For every cell the place of its group, and its spine row.
    shift : Integers
        What to add to a spine row to get the cell of a group, one a group.
    """

    group: Integers
    cell_group: Integers
    cell_row: Integers
    shift: Integers
    _keys: Integers
    _width: int
    _values: Integers

    @classmethod
    def of(cls, sweep: Sweep, party: Integers, value: Integers) -> "Cells":
        """Make the cells of all (party, value) pairs that occur."""
        values, place = np.unique(value, return_inverse=True)
        width = max(len(values), 1)
        keys = np.unique(party * width + place)
        owner = keys // width
        lengths = sweep.offsets[owner + 1] - sweep.offsets[owner]
        starts = np.concatenate([[0], np.cumsum(lengths)])[:-1].astype(np.int64)
        shift = starts - sweep.offsets[owner]
        cell_group = np.repeat(np.arange(len(keys)), lengths)
        cell_row = np.arange(len(cell_group)) - shift[cell_group]
        return cls(values[keys % width], cell_group, cell_row, shift, keys, width, values)

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.cell_row)

    def groups(self, party: Integers, value: Integers) -> tuple[Integers, Flags]:
        """Place of the group of each (party, value), and whether there is one."""
        if not len(self._keys):
            return np.zeros(len(value), np.int64), np.zeros(len(value), bool)
        place = np.minimum(np.searchsorted(self._values, value), len(self._values) - 1)
        key = party * self._width + place
        group = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        return group, (self._values[place] == value) & (self._keys[group] == key)

    def steps(self, span: Span, by: str, values: Integers) -> Integers:
        """Per cell the sum over the rows that count there; rows of no group are left out."""
        group, known = self.groups(span.party, span.values(by))
        shift = self.shift[group[known]]
        return steps(self.size, span.first[known] + shift, span.end[known] + shift, values[known])
