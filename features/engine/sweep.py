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
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np

from features.engine import kernels
from features.engine.cells import Cells
from features.engine.own_table import OwnTable, Span
from features.engine.selection import Asked
from features.engine.sums import add_at
from features.engine.table_pass import OfTable
from features.facts import Facts, Flags
from features.recipe import Reckoned, Rows
from supervision.arrays import Integers

__all__ = ["Cells", "Span", "Spine", "Sweep", "distinct", "places"]

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


@dataclass
class Sweep:
    """Facts laid out along a sorted spine, with everything reckoned once and remembered.

    Attributes
    ----------
    facts : Facts
    spine : Spine
    memory : dict
        What was reckoned, by what it was asked for with.
    tables : dict of str to OwnTable
        Those read so far; sweeps of the same enterprises may share them.
    """

    facts: Facts
    spine: Spine
    memory: dict[Hashable, Any] = field(default_factory=dict)
    tables: dict[str, OwnTable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order: Integers = np.lexsort((self.spine.as_of, self.spine.enterprise))
        self.as_of: Integers = self.spine.as_of[self.order]
        enterprise = self.spine.enterprise[self.order]
        begins = np.ones(len(enterprise), bool)
        np.not_equal(enterprise[1:], enterprise[:-1], out=begins[1:])
        starts = begins.nonzero()[0]
        self.parties: Integers = enterprise[starts]
        self.row_party: Integers = begins.cumsum() - 1
        self.offsets: Integers = np.append(starts, len(enterprise))

    @property
    def size(self) -> int:
        """Number of spine rows."""
        return len(self.as_of)

    @cached_property
    def everywhere(self) -> Flags:
        """True at every spine row."""
        return np.ones(self.size, bool)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Reckon a thing the first time it is asked for."""
        if key not in self.memory:
            self.memory[key] = make()
        found: T = self.memory[key]
        return found

    def value(self, node: Reckoned[T]) -> T:
        """What a node gives along the spine, reckoned once."""
        if node not in self.memory:
            self.memory[node] = node.reckon(self)
        found: T = self.memory[node]
        return found

    def slot(self, party: Integers, at: Integers) -> Integers:
        """First spine row of each party whose as-of is not before ``at``; its end if none is."""
        return kernels.slots(self.as_of, self.offsets, party, at)

    def table(self, name: str) -> OwnTable:
        """Rows of a table that concern this spine's enterprises."""
        if name not in self.tables:
            self.tables[name] = OwnTable(self.facts.tables[name], self.parties)
        return self.tables[name]

    def span(
        self, rows: Rows, days: int | None = None, delay: str | None = None, grace: int = 0
    ) -> Span:
        """Where each row that meets the conditions counts.

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
        return self.value(span_of(rows, days, delay, grace))

    def sum_over(self, rows: Integers, values: Integers) -> Integers:
        """Add values into their spine rows."""
        return add_at(self.size, rows, values)

    def greatest_over(self, rows: Integers, values: Integers) -> Integers:
        """Greatest of the values of each spine row, at least 0."""
        greatest = np.zeros(self.size, np.int64)
        np.maximum.at(greatest, rows, values)
        return greatest


@dataclass(frozen=True, eq=False)
class SpanOf(OfTable[Span]):
    """Rows that meet conditions, and where each counts; see :meth:`Sweep.span`."""

    rows: Rows
    days: int | None
    delay: str | None
    grace: int

    @property
    def asked(self) -> Asked:
        """The rows themselves."""
        return Asked(self.rows, self.days, self.delay, self.grace)


@lru_cache(maxsize=1024)
def span_of(
    rows: Rows, days: int | None = None, delay: str | None = None, grace: int = 0
) -> SpanOf:
    """The node of a span."""
    return SpanOf(rows, days, delay, grace)


def distinct(spine: Spine) -> Spine:
    """Each (enterprise, as-of) of a spine once."""
    parties, party = np.unique(spine.enterprise, return_inverse=True)
    times, time = np.unique(spine.as_of, return_inverse=True)
    keys = np.unique(party * len(times) + time)
    return Spine(parties[keys // len(times)], times[keys % len(times)])


def places(sweep: Sweep, enterprise: Integers, as_of: Integers) -> Integers:
    """Spine row of each (enterprise, as-of); all of them must stand on the spine."""
    return sweep.slot(np.searchsorted(sweep.parties, enterprise), as_of)
