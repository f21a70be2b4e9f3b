"""Cells: the groups of each enterprise (its lots, its buyers), each along its as-of points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.engine import kernels
from features.engine.sums import cell_steps
from features.facts import Flags
from supervision.arrays import Integers

if TYPE_CHECKING:
    from features.engine.sweep import Span, Sweep


# Hundreds are made for one enterprise; a frozen one takes three times as long to make.
@dataclass(eq=False, slots=True)
class Cells:
    """Groups of each enterprise, each along its enterprise's as-of points.

    Attributes
    ----------
    party : Integers
        Place of the enterprise in the spine's list, one a group.
    group : Integers
        Value of the grouping column, one a group.
    cell_group, cell_row : Integers
        For every cell the place of its group, and its spine row.
    shift : Integers
        What to add to a spine row to get the cell of a group, one a group.
    """

    party: Integers
    group: Integers
    cell_group: Integers
    cell_row: Integers
    shift: Integers

    @classmethod
    def of(cls, sweep: "Sweep", party: Integers, value: Integers) -> "Cells":
        """Make the cells of all (party, value) pairs that occur."""
        return CellSets.of(sweep, [len(party)], party, value).every

    @classmethod
    def along(cls, sweep: "Sweep", party: Integers, group: Integers) -> "Cells":
        """Make the cells of groups."""
        if sweep.size == 1:
            place = np.arange(len(party))
            return cls(party, group, place, np.zeros(len(party), np.int64), place)
        lengths = sweep.offsets[party + 1] - sweep.offsets[party]
        shift = np.cumsum(lengths) - lengths - sweep.offsets[party]
        cell_group = np.repeat(np.arange(len(party)), lengths)
        cell_row = np.arange(len(cell_group)) - shift[cell_group]
        return cls(party, group, cell_group, cell_row, shift)

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.cell_row)

    def groups(self, party: Integers, value: Integers) -> tuple[Integers, Flags]:
        """Place of the group of each (party, value), and whether there is one."""
        place = kernels.groups(self.party, self.group, party, value, np.arange(len(value)))
        known = place >= 0
        return np.where(known, place, 0), known

    def groups_of(self, span: "Span", by: str) -> Integers:
        """Place of the group of each row, -1 where there is none."""
        table = span.table
        return kernels.groups(self.party, self.group, table.party, table.values(by), span.index)

    def steps(self, span: "Span", by: str, values: Integers) -> Integers:
        """Per cell the sum over the rows that count there; rows of no group are left out."""
        return self.add(span.first, span.end, self.groups_of(span, by), values)

    def add(self, first: Integers, end: Integers, group: Integers, values: Integers) -> Integers:
        """Per cell the sum of the values of its group's spans that cover it; -1 is no group."""
        return cell_steps(self.size, self.shift, group, (first, end), values)


@dataclass(frozen=True, eq=False)
class CellSets:
    """Several sets of cells, made in one go.

    Attributes
    ----------
    every : Cells
        All of them, set after set.
    group_of : Integers
        Place of the group, among all, of each pair of which they were made.
    groups, cells : list of int
        Where the groups and the cells of each set begin, and the end.
    """

    every: Cells
    group_of: Integers
    groups: list[int]
    cells: list[int]

    @classmethod
    def of(
        cls, sweep: "Sweep", sizes: Sequence[int], party: Integers, value: Integers
    ) -> "CellSets":
        """Make the cells of all (party, value) pairs that occur in each set.

        Parameters
        ----------
        sweep : Sweep
        sizes : sequence of int
            Number of pairs of each set.
        party, value : Integers
            The pairs, set after set.
        """
        if len(sizes) == 1:
            apart = party
        else:  # those of another set are other parties
            apart = party + np.repeat(np.arange(len(sizes)) * len(sweep.parties), sizes)
        group_of, pair = kernels.number(apart, value)
        every = Cells.along(sweep, party[pair], value[pair])
        groups = pair.searchsorted(np.cumsum([0, *sizes]))
        cells = groups if sweep.size == 1 else every.cell_group.searchsorted(groups)
        return cls(every, group_of, groups.tolist(), cells.tolist())

    def one(self, place: int) -> Cells:
        """One of the sets."""
        every, start, end = self.every, self.groups[place], self.groups[place + 1]
        party, group = every.party[start:end], every.group[start:end]
        if every.cell_group is every.shift:  # there is one point: they count the groups from 0
            counted = every.shift[: end - start]
            return Cells(party, group, counted, every.cell_row[start:end], counted)
        first, last = self.cells[place], self.cells[place + 1]
        return Cells(
            party,
            group,
            every.cell_group[first:last] - start,
            every.cell_row[first:last],
            every.shift[start:end] - first,
        )
