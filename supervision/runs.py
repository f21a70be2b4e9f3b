"""Sorting what does not fit in memory: sorted runs on disk, read back range by range.

Rows come in any order, some at a time; each time they are sorted by their first key and written
to a file as one run. Of each run only every so-manieth key is kept in memory: enough to cut all
runs at the same values of that key, so that each range has few enough rows to sort in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from supervision.arrays import Columns, Integers

RANGE_ROWS = 65_536
"""Rows of one range, roughly; only the rows of a single value can be many more."""

_EVERY = 16
"""One key in so many is kept: half a byte a row."""

_RANGE_MARKS = RANGE_ROWS // _EVERY
_BYTES = np.dtype(np.int64).itemsize
_LIMITS = np.iinfo(np.int64)


@dataclass(frozen=True)
class _Run:
    """Where a run begins in the file, its rows, and the first key of every 16th of them."""

    begins: int
    rows: int
    marks: Integers

    def around(self, first: int, last: int) -> tuple[int, int]:
        """Place in the file of rows among which all of some values are, and how many they are."""
        low = max(int(np.searchsorted(self.marks, first, side="left")) - 1, 0) * _EVERY
        end = min(int(np.searchsorted(self.marks, last, side="right")) * _EVERY, self.rows)
        return self.begins + low, max(end - low, 0)


class Runs:
    """Rows that are added in any order and given back in order.

    Parameters
    ----------
    path : Path
        The file of the runs, made anew; it is removed on leaving the context.
    names : tuple of str
        Columns of the rows.
    keys : tuple of str
        Columns to sort by, the most significant first. Ranges are cut by the first.
    """

    def __init__(self, path: Path, names: tuple[str, ...], keys: tuple[str, ...]) -> None:
        self.names = names
        self._keys = [names.index(key) for key in keys]
        self._path = path
        self._file = path.open("w+b")
        self._runs: list[_Run] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink()

    def add(self, rows: Columns) -> None:
        """Write some rows as a run."""
        by = rows[self.names[self._keys[0]]]
        order = np.argsort(by, kind="stable")
        self._file.seek(self._rows * len(self.names) * _BYTES)
        self._file.write(np.stack([rows[name] for name in self.names], axis=1)[order].data)
        self._runs.append(_Run(self._rows, len(order), by[order[::_EVERY]]))
        self._rows += len(order)

    def ranges(self) -> Iterator[Columns]:
        """All rows in order, some :data:`RANGE_ROWS` at a time; a value is never cut in two."""
        marks = np.sort(np.concatenate([np.empty(0, np.int64), *(r.marks for r in self._runs)]))
        cuts = np.unique(marks[_RANGE_MARKS - 1 :: _RANGE_MARKS])
        firsts, lasts = [_LIMITS.min, *(cuts + 1).tolist()], [*cuts.tolist(), _LIMITS.max]
        for first, last in zip(firsts, lasts, strict=True):
            rows = self.between(first, last)
            if len(rows[self.names[0]]):
                yield rows

    def between(self, first: int, last: int) -> Columns:
        """All rows whose first key lies between two values, both included, in order."""
        table = self._read([run.around(first, last) for run in self._runs])
        by = table[:, self._keys[0]]
        table = table[(by >= first) & (by <= last)]
        order = np.lexsort([table[:, key] for key in reversed(self._keys)])
        columns = np.ascontiguousarray(table[order].T)
        return dict(zip(self.names, columns, strict=True))

    def _read(self, places: list[tuple[int, int]]) -> Integers:
        """Rows at some places of the file."""
        width = len(self.names)
        table = np.empty((sum(count for _, count in places), width), np.int64)
        bytes_ = table.reshape(-1).view(np.uint8).data
        filled = 0
        for begins, count in places:
            self._file.seek(begins * width * _BYTES)
            filled += self._file.readinto(bytes_[filled : filled + count * width * _BYTES])
        return table
