"""A growing table of int64 columns: lots, parcels, sales, loans and obligations live in these."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Table:
    """Rows that are added and never removed; a row's number is its name for ever.

    Rows are *live* until they are closed, so that a day's work touches only what still matters.

    Attributes
    ----------
    live : int64 array
        Numbers of the rows not closed, ascending.
    """

    def __init__(self, *names: str) -> None:
        self._columns = {name: np.zeros(1024, np.int64) for name in names}
        self._open = np.zeros(1024, np.bool_)
        self.size = 0
        self.live: Ints = np.zeros(0, np.int64)

    def __getitem__(self, name: str) -> Ints:
        """A column of all rows, as a view that may be written to until rows are added."""
        return self._columns[name][: self.size]

    def of(self, rows: Ints, *names: str) -> tuple[Ints, ...]:
        """Some columns of some rows, copied."""
        return tuple(self._columns[name][rows] for name in names)

    def add(self, count: int, **values: Ints | int) -> Ints:
        """Append rows; columns not named are 0. The new rows' numbers."""
        first, self.size = self.size, self.size + count
        if self.size > len(self._open):
            self._grow()
        for name, value in values.items():
            self._columns[name][first : self.size] = value
        self._open[first : self.size] = True
        rows = np.arange(first, self.size, dtype=np.int64)
        self.live = np.concatenate((self.live, rows))
        return rows

    def close(self, rows: Ints) -> None:
        """Take rows out of ``live``."""
        if len(rows):
            self._open[rows] = False
            self.live = self.live[self._open[self.live]]

    def _grow(self) -> None:
        room = max(self.size, 2 * len(self._open))
        for name, column in self._columns.items():
            grown = np.zeros(room, np.int64)
            grown[: len(column)] = column
            self._columns[name] = grown
        grown_open = np.zeros(room, np.bool_)
        grown_open[: len(self._open)] = self._open
        self._open = grown_open


def first_of_each(group: Ints, key: Floats | Ints) -> Ints:
    """Places of the row with the smallest key of every group."""
    order = np.lexsort((key, group))
    sorted_group = group[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = sorted_group[1:] != sorted_group[:-1]
    return order[first]


def sums(group: Ints, values: Ints, count: int) -> Ints:
    """Exact sum of int64 values for each of ``count`` groups."""
    total = np.zeros(count, np.int64)
    np.add.at(total, group, values)
    return total
