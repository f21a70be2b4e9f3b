"""What is asked of one table, as numbers that one loop over its rows can follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.engine.arrays import CODES
from features.facts import stream_of
from features.recipe import Rows
from supervision.arrays import NEVER, Integers
from supervision.contract.columns import column

TIMES = ("known_at", "reversed_at", "occurred_at")
"""The columns that are always read."""

MOST = 60
"""Sets that one loop can tell apart: a bit each."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A set of rows: those that meet the conditions, and when they count.

    Attributes
    ----------
    rows : Rows
    days : int or None
        Length of the window; None for no end.
    delay : str or None
        Column with a time before which a row does not count yet.
    grace : int
        Days by which it counts later still.
    is_sum : bool
        Whether they are added up; else the rows themselves are asked for.
    adds : str or None
        Column to be added up; None to count them.
    """

    rows: Rows
    days: int | None
    delay: str | None = None
    grace: int = 0
    is_sum: bool = False
    adds: str | None = None


@dataclass(frozen=True, eq=False)
class Selections:
    """Sets of rows of one table.

    Attributes
    ----------
    table : str
    sums, listed : tuple of int
        Places among all that are asked for: of the sets to be added up, which are written down
        first, and of the others.
    columns : tuple of str
        Columns that are read: the times, those with conditions, all others.
    admits : Integers
        Shape (columns with conditions, 64): for each choice a bit for each set that admits it.
    sets : Integers
        Shape (sets, 5): length of the window in microseconds (``NEVER`` for no end), place of the
        column with the time from which a row no longer counts, of the one with the time before
        which it does not yet, by how much later still it does, and place of the column to be
        added up; -1 for no column.
    """

    table: str
    sums: tuple[int, ...]
    listed: tuple[int, ...]
    columns: tuple[str, ...]
    admits: Integers
    sets: Integers

    @classmethod
    def by_table(cls, asked: Sequence[Asked]) -> "tuple[Selections, ...]":
        """Write down all sets, those of one table together."""
        tables: dict[str, list[int]] = {}
        for place, of in enumerate(asked):
            tables.setdefault(of.rows.table, []).append(place)
        return tuple(
            cls._of_table(table, places[start : start + MOST], asked)
            for table, places in tables.items()
            for start in range(0, len(places), MOST)
        )

    @classmethod
    def _of_table(cls, table: str, places: list[int], asked: Sequence[Asked]) -> "Selections":
        sums = tuple(place for place in places if asked[place].is_sum)
        listed = tuple(place for place in places if not asked[place].is_sum)
        own = [asked[place] for place in (*sums, *listed)]
        conditions = tuple(dict.fromkeys(name for of in own for name, _ in of.rows.where))
        columns = {name: place for place, name in enumerate((*TIMES, *conditions))}

        def place_of(name: str | None) -> int:
            return -1 if name is None else columns.setdefault(name, len(columns))

        sets = [
            (
                NEVER if of.days is None else of.days * DAY,
                place_of(of.rows.until),
                place_of(of.delay),
                of.grace * DAY,
                place_of(of.adds),
            )
            for of in own
        ]
        admits = [_admitted(name, [of.rows for of in own]) for name in conditions]
        return cls(
            table,
            sums,
            listed,
            tuple(columns),
            np.array(admits, np.int64).reshape(-1, CODES + 1),
            np.array(sets, np.int64),
        )


def _admitted(name: str, sets: Iterable[Rows]) -> list[int]:
    """For each choice of a column a bit for each set that admits it; last, for none of them."""
    bits = [0] * (CODES + 1)
    for place, rows in enumerate(sets):
        codes: Iterable[int] = range(CODES + 1)
        for told, choices in rows.where:
            if told == name:
                code = column(stream_of(rows.table), name).code
                codes = set(codes) & {code(choice) for choice in choices}
        for admitted in codes:
            bits[admitted] |= 1 << place
    return bits
