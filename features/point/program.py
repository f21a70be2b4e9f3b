"""A program: recipes as instructions, written once and followed for every enterprise."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from features.calendar import calendar_day, midnight
from features.engine.own_table import DERIVED
from features.point import lines, numbers, reading
from features.point.published import Arrays
from features.point.writing import LINES, Line, Number, Point, Script
from features.recipe import Recipe, Reckoned, Unwritten
from supervision.arrays import Columns, Integers

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Columns of a table (``lots`` is one, too): those it has, and those reckoned from them."""

    name: str
    plain: tuple[str, ...]
    derived: tuple[str, ...]

    @cached_property
    def pick(self) -> Callable[[Columns], tuple[Integers, ...]]:
        """Takes the plain columns, of which there are several, out of a table at once."""
        return itemgetter(*self.plain)


@dataclass(frozen=True)
class Program:
    """Recipes as instructions.

    Attributes
    ----------
    reads, lines, numbers : Integers
        Instructions of :mod:`features.point.reading`, ``lines`` and ``numbers``.
    wanted : Integers
        Which number each recipe gives.
    tables : tuple of Table
        What is read, in the order in which instructions count the columns.
    of_table : Integers
        Place of the table of each column.
    days : Integers
        Days before the point of all baskets.
    states, balances : tuple
        What is asked of others.
    """

    reads: Integers
    lines: Integers
    numbers: Integers
    wanted: Integers
    tables: tuple[Table, ...]
    of_table: Integers
    days: Integers
    states: tuple[Recipe, ...]
    balances: tuple[Reckoned[Any], ...]

    @property
    def asks_others(self) -> bool:
        """Whether it rests on what is known of others."""
        return bool(self.states or self.balances)

    def follow(
        self, who: tuple[int, int], tables: tuple[Integers, Integers], others: Arrays, market: Any
    ) -> Floats | None:
        """Follow it for one enterprise at one point.

        Parameters
        ----------
        who : tuple of int
            Number of the enterprise's name, and the point, UTC microseconds.
        tables : tuple of Integers
            All columns, one after the other, and how many rows each table has.
        others : tuple of Integers
            What was published; see :meth:`features.point.published.Laid.asked`.
        market : tuple of arrays
            Fields of :class:`features.prices.Prices`.

        Returns
        -------
        float64 array or None
            What each recipe gives, NaN where that is nothing; None where a number comes near to
            the end of 64 bits.
        """
        (enterprise, at), (flat, held) = who, tables
        told = reading.read(self.reads, len(self.lines), who, (flat, self.of_table, held))
        seen = enterprise, at, midnight(at)
        whole, bounds, fits = lines.follow(self.lines, told, seen, others, (*market, self.days))
        if not fits:
            return None
        found: Floats = numbers.conclude(self.numbers, whole, bounds, at, calendar_day(at))
        return found[self.wanted]


@lru_cache(maxsize=64)
def written(recipes: tuple[Recipe, ...]) -> Program | None:
    """Write recipes as instructions; None if one of them cannot be."""
    script = Script()
    point = Point(script)
    try:
        wanted: list[Number] = [point.value(recipe) for recipe in recipes]
    except Unwritten:
        return None
    tables, place = _tables(script.columns)
    first = len(script.reads)
    reads = _laid_out(script.reads, reading.NAMES, ((Line, 1), (int, 2)), first)
    reads[:, 2] = place[reads[:, 2]]
    return Program(
        reads,
        _laid_out(script.lines, lines.NAMES, ((Line, LINES), (int, 3)), first),
        _laid_out(script.numbers, numbers.NAMES, ((Number, 2), (Line, 2), (int, 2)), first),
        np.array([number.place for number in wanted], np.int64),
        tables,
        np.repeat(np.arange(len(tables)), [len(of.plain) + len(of.derived) for of in tables]),
        np.array(script.days, np.int64),
        tuple(script.states),
        tuple(script.balances),
    )


def _tables(columns: Iterable[tuple[str, str]]) -> tuple[tuple[Table, ...], Integers]:
    """Columns table by table, the derived ones last, and the place there of each."""
    of: dict[str, list[str]] = {}
    for table, name in columns:
        of.setdefault(table, []).append(name)
    tables = tuple(
        Table(
            table,
            tuple(name for name in names if name not in DERIVED),
            tuple(name for name in names if name in DERIVED),
        )
        for table, names in of.items()
    )
    order = [(table.name, name) for table in tables for name in (*table.plain, *table.derived)]
    return tables, np.array([order.index(one) for one in columns], np.int64)


def _laid_out(
    made: Iterable[tuple[Any, ...]],
    names: tuple[str, ...],
    slots: tuple[tuple[type, int], ...],
    reads: int,
) -> Integers:
    """Instructions as rows of numbers: which, and what it is made of, kind by kind.

    Lines are counted through: those that are read, of which there are so many, then the others.
    """
    rows = []
    for name, *of in made:
        row = [names.index(name)]
        for kind, most in slots:
            own: list[Any] = [one for one in of if isinstance(one, kind)]
            row += [*(_place(one, reads) for one in own), *[0] * (most - len(own))]
        rows.append(row)
    width = 1 + sum(most for _, most in slots)
    return np.array(rows, np.int64).reshape(-1, width)


def _place(of: Line | Number | int, reads: int) -> int:
    if isinstance(of, Line):
        return of.place if of.is_read else reads + of.place
    return of.place if isinstance(of, Number) else of
