"""A growing table of int64 columns: lots, parcels, sales, loans and obligations live in these."""

from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_Values = TypeVar("_Values", bound=npt.NDArray[Any])

_ROOM = 1024
_EXACT = 2.0**53
_GONE = np.iinfo(np.int32).max
"""The slot of a row that was dropped or never was: no column is so long, so numpy refuses it."""


class Column:
    """One column of a table, read and written by the numbers of rows."""

    def __init__(self, table: "Table", name: str) -> None:
        self._table = table
        self._name = name

    def __getitem__(self, rows: Ints) -> Ints:
        """Values of some rows, copied."""
        (values,) = self._table.of(rows, self._name)
        return values if values.flags.writeable else values.copy()

    def __setitem__(self, rows: Ints, values: Ints | int) -> None:
        self._table.write(self._name, rows, values)


class Table:
    """Rows that are added and numbered for ever; rows that no longer matter can be dropped.

    Rows are *live* until they are closed, so that a day's work touches only what still matters.
    A closed row stays until :meth:`compact` drops it; reading a dropped row is an error.

    Attributes
    ----------
    size : int
        Rows ever added: the number of the next one.
    """

    def __init__(self, *names: str) -> None:
        self._columns = {name: np.zeros(_ROOM, np.int64) for name in names}
        self._open = np.zeros(_ROOM, np.bool_)
        self._numbers = np.zeros(_ROOM, np.int64)
        self._kept = 0
        # Narrow, as there is one for every number ever given; the last place is never used, so
        # that -1 as a number finds no row either.
        self._slot = np.full(_ROOM, _GONE, np.int32)
        self.size = 0
        self._live: Ints | None = None
        self._live_slots: Ints = np.zeros(0, np.int64)
        # Kept rows when the live ones were last looked for; those added since are live.
        self._seen = 0
        # Columns of the live rows, as last read: a day reads them often. Rows may be lacking at
        # the end.
        self._read: dict[str, Ints] = {}

    def __getitem__(self, name: str) -> Column:
        """A column, to be read or written by numbers of rows."""
        return Column(self, name)

    @property
    def live(self) -> Ints:
        """Numbers of the rows not closed, ascending; the same array until that changes."""
        if self._live is None:
            self._live_slots = np.flatnonzero(self._open[: self._kept])
            self._live = self._numbers.take(self._live_slots)
            self._read = {}
        elif self._seen < self._kept:
            added = np.arange(self._seen, self._kept)
            self._live_slots = np.concatenate((self._live_slots, added))
            self._live = np.concatenate((self._live, self._numbers[self._seen : self._kept]))
        self._seen = self._kept
        return self._live

    @property
    def numbers(self) -> Ints:
        """Numbers of all rows that are kept, live or not, ascending."""
        return self._numbers[: self._kept].copy()

    def slots(self, rows: Ints) -> npt.NDArray[np.signedinteger[Any]]:
        """Where rows stand in the columns, beyond their end if they were dropped."""
        if rows is self._live:
            return self._live_slots
        if isinstance(rows, np.ndarray) and rows.dtype == np.bool_:
            raise IndexError
        return self._slot.take(rows)

    def missing(self, rows: Ints) -> IndexError:
        """What to say when some rows were not found."""
        numbers = np.atleast_1d(np.asarray(rows))
        if numbers.dtype == np.bool_:
            return IndexError("expected numbers of rows, found a mask: take the rows it marks")
        kept = (numbers >= 0) & (numbers < self.size)
        kept[kept] = self._slot[numbers[kept]] != _GONE
        return IndexError(
            f"expected rows that are kept, found {numbers[~kept][:3].tolist()}, which were dropped "
            "or never added; keep what is still referred to (simulator.port.REFERENCES)"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._columns)

    def of(self, rows: Ints, *names: str) -> tuple[Ints, ...]:
        """Some columns of some rows, as they are now; those of ``live`` cannot be written to."""
        if rows is self._live:
            return tuple([self._of_live(name) for name in names])
        try:
            slots = self.slots(rows)
            return tuple([self._columns[name].take(slots) for name in names])
        except IndexError:
            raise self.missing(rows) from None

    def _of_live(self, name: str) -> Ints:
        found = self._read.get(name)
        count = 0 if found is None else len(found)
        if found is None or count < len(self._live_slots):
            rest = self._columns[name].take(self._live_slots[count:])
            found = rest if found is None else np.concatenate((found, rest))
            found.flags.writeable = False
            self._read[name] = found
        return found

    def is_live(self, rows: Ints) -> Bools:
        """Whether each row, which may be dropped by now, is not closed."""
        slots = self._slot.take(rows)
        found: Bools = slots != _GONE
        found[found] = self._open.take(slots[found])
        return found

    def write(self, name: str, rows: Ints, values: Ints | int) -> None:
        """Set a column of some rows."""
        try:
            self._columns[name][self.slots(rows)] = values
        except IndexError:
            raise self.missing(rows) from None
        self._read.pop(name, None)

    def increase(self, name: str, rows: Ints, amount: Ints | int) -> None:
        """Add to a column; a row that stands more than once has every amount added."""
        try:
            np.add.at(self._columns[name], self.slots(rows), amount)
        except IndexError:
            raise self.missing(rows) from None
        self._read.pop(name, None)

    def add(self, count: int, **values: Ints | int) -> Ints:
        """Append rows; columns not named are 0. The new rows' numbers."""
        if not count:
            return np.zeros(0, np.int64)
        first, self.size = self.size, self.size + count
        start, self._kept = self._kept, self._kept + count
        self._make_room()
        rows = np.arange(first, self.size, dtype=np.int64)
        for name, value in values.items():
            self._columns[name][start : self._kept] = value
        self._open[start : self._kept] = True
        self._numbers[start : self._kept] = rows
        self._slot[first : self.size] = np.arange(start, self._kept)
        return rows

    def close(self, rows: Ints) -> None:
        """Take rows out of ``live``."""
        if not len(rows):
            return
        try:
            self._open[self.slots(rows)] = False
        except IndexError:
            raise self.missing(rows) from None
        self._live = None

    def marks(self) -> Bools:
        """A mask over kept rows, live or not: the live ones; :meth:`mark` adds to it."""
        return self._open[: self._kept].copy()

    def marked(self, marks: Bools) -> Ints:
        """Numbers of the kept rows that a mask marks."""
        return self._numbers[: self._kept][marks]

    def mark(self, marks: Bools, rows: Ints) -> None:
        """Mark rows; what is below 0 or was dropped names nothing and is passed over."""
        slots = self._slot[rows[rows >= 0]]
        marks[slots[slots != _GONE]] = True

    def compact(self, stay: Bools) -> None:
        """Drop the closed rows that a mask over the kept ones does not mark."""
        self._slot[self._numbers[: self._kept][~stay]] = _GONE
        old, self._kept = self._kept, int(stay.sum())
        for column in (*self._columns.values(), self._open, self._numbers):
            column[: self._kept] = column[:old][stay]
            # Rows to come expect zeros.
            column[self._kept : old] = 0
        self._slot[self._numbers[: self._kept]] = np.arange(self._kept)
        self._live = None

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        """An independent table with the same rows under the same numbers, and little room."""
        copy = type(self)()
        room = self._kept + _ROOM
        for name, column in self._columns.items():
            copy._columns[name] = _resized(column[: self._kept], room)
        copy._open = _resized(self._open[: self._kept], room)
        copy._numbers = _resized(self._numbers[: self._kept], room)
        copy._slot = _resized(self._slot[: self.size], self.size + _ROOM, _GONE)
        copy._kept, copy.size = self._kept, self.size
        return copy

    def _make_room(self) -> None:
        if self._kept > len(self._open):
            room = max(self._kept, len(self._open) * 3 // 2)
            for name, column in self._columns.items():
                self._columns[name] = _resized(column, room)
            self._open = _resized(self._open, room)
            self._numbers = _resized(self._numbers, room)
        if self.size >= len(self._slot):
            room = max(self.size + 1, len(self._slot) * 3 // 2)
            self._slot = _resized(self._slot, room, _GONE)


def _resized(values: _Values, length: int, filling: int = 0) -> _Values:
    """A longer array that begins as ``values`` does."""
    longer: _Values = np.full(length, filling, values.dtype)  # type: ignore[assignment]
    longer[: len(values)] = values
    return longer


def first_of_each(group: Ints, key: Floats | Ints) -> Ints:
    """Places of the row with the smallest key of every group."""
    order = np.lexsort((key, group))
    sorted_group = group[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = sorted_group[1:] != sorted_group[:-1]
    return order[first]


def distinct(values: Ints) -> Ints:
    """Each value once, ascending; far faster than ``np.unique``, which hashes."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def sums(group: Ints, values: Ints, count: int) -> Ints:
    """Exact sum of int64 values for each of ``count`` groups."""
    if not len(group):
        return np.zeros(count, np.int64)
    # Whole numbers that add up to less than 2^53 do so exactly in float64 too, far faster.
    fast = np.bincount(group, values, count)
    if values.min() >= 0 and fast.max() < _EXACT:
        return fast.astype(np.int64)
    total = np.zeros(count, np.int64)
    np.add.at(total, group, values)
    return total
