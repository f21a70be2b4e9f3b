"""Columns of whole numbers as bytes: each as narrow as its values allow, decoded all at once.

Of each column its smallest value is kept, and of each row what it adds to that, in 1, 2, 4 or 8
bytes; a column of one value takes no bytes at all (frame of reference; Goldstein, Ramakrishnan
and Shaft, ICDE 1998). Columns of the same width stand together, so that a whole width is decoded
by one operation, however many columns and tables it has.
"""

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from supervision.arrays import MISSING, NEVER, Columns, Integers
from supervision.contract.messages import STREAMS, VERSION
from supervision.record import row_columns

FORMAT = 1

_LEFT_OUT = frozenset(("batch", "recorded_at"))
"""Columns that tell how a message came, not what it says: they stay in the record."""

_GROUPS: tuple[tuple[type[np.generic], bool], ...] = (
    (np.int64, False),
    (np.uint32, True),
    (np.uint32, False),
    (np.uint16, True),
    (np.uint16, False),
    (np.uint8, True),
    (np.uint8, False),
)
"""Widths, the widest first so that each is aligned, and whether the code 0 means a value that is
missing. After them come the columns of one value."""

_CONSTANT = len(_GROUPS)
_HEAD = struct.Struct(f"<{_CONSTANT}H2xI4x")
"""Columns of each width, and how many rows were reversed."""


@dataclass(frozen=True)
class _Column:
    """How a column is written: by what group, from what value on, and what each row adds."""

    group: int
    base: int
    codes: npt.NDArray[np.generic] | None = None


@dataclass(frozen=True)
class Layout:
    """Which columns of which tables are written, in what order.

    Attributes
    ----------
    tables : tuple of (str, tuple of str)
        Each table and its columns.
    """

    tables: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def digest(self) -> str:
        """Tells the bytes of this form, layout and contract from all others."""
        written = repr((FORMAT, VERSION, self.tables))
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def empty(self) -> dict[str, Columns]:
        """The tables without a row."""
        return {
            table: {name: np.empty(0, np.int64) for name in names} for table, names in self.tables
        }

    def encode(self, tables: dict[str, Columns]) -> bytes:
        """Write tables, of which each has at least the columns of this layout.

        A reversal is rare: ``reversed_at`` is written as never, and the exceptions apart.
        """
        written: list[_Column] = []
        reversed_rows: list[Integers] = []
        reversed_at: list[Integers] = []
        for table, names in self.tables:
            for name in names:
                values = tables[table][name]
                if name == "reversed_at":
                    rows = np.flatnonzero(values != NEVER)
                    reversed_rows.append(rows + (self._place[table, name] << 32))
                    reversed_at.append(values[rows])
                    written.append(_Column(_CONSTANT, NEVER))
                else:
                    written.append(_encoded(values))
        order = sorted(range(len(written)), key=lambda place: written[place].group)
        exceptions = np.concatenate([np.empty(0, np.int64), *reversed_rows])
        held = np.array([len(tables[table][names[0]]) for table, names in self.tables], np.int64)
        groups = [column.group for column in written]
        return b"".join(
            (
                _HEAD.pack(*(groups.count(g) for g in range(_CONSTANT)), len(exceptions)),
                held.tobytes(),
                np.array([written[place].base for place in order], np.int64).tobytes(),
                exceptions.tobytes(),
                np.concatenate([np.empty(0, np.int64), *reversed_at]).tobytes(),
                _padded(np.array(order, np.uint16).tobytes()),
                *(codes.tobytes() for p in order if (codes := written[p].codes) is not None),
            )
        )

    def decode(self, written: bytes) -> dict[str, Columns]:
        """Read tables; their columns can be written to."""
        *sizes, exceptions = _HEAD.unpack_from(written)
        columns = len(self._table_of)
        whole = np.frombuffer(written, np.int64, len(self.tables) + columns, _HEAD.size)
        held, base = whole[: len(self.tables)], whole[len(self.tables) :]
        at = _HEAD.size + whole.nbytes
        patches = np.frombuffer(written, np.int64, 2 * exceptions, at)
        at += patches.nbytes
        order = np.frombuffer(written, np.uint16, columns, at)
        at += -(-order.nbytes // 8) * 8
        lengths = held[self._table_of]
        counts = lengths[order]
        ends = np.zeros(columns + 1, np.int64)
        counts.cumsum(out=ends[1:])
        flat = _values(written, at, base, counts, ends, sizes)
        starts = np.empty(columns, np.int64)
        starts[order] = ends[:-1]
        if exceptions:
            places = patches[:exceptions]
            flat[starts[places >> 32] + (places & 0xFFFFFFFF)] = patches[exceptions:]
        bounds = zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
        values = iter([flat[start:end] for start, end in bounds])
        # A row of names ends first, so that it takes no value of the next one's.
        return {table: dict(zip(names, values, strict=False)) for table, names in self.tables}

    @cached_property
    def _table_of(self) -> Integers:
        """Place of the table of each column."""
        return np.repeat(
            np.arange(len(self.tables)), [len(names) for _, names in self.tables]
        ).astype(np.int64)

    @cached_property
    def _place(self) -> dict[tuple[str, str], int]:
        every = ((table, name) for table, names in self.tables for name in names)
        return {key: place for place, key in enumerate(every)}


def _values(
    written: bytes, at: int, base: Integers, counts: Integers, ends: Integers, sizes: list[int]
) -> Integers:
    """All values of all columns, in the order in which they are written."""
    flat = np.repeat(base, counts)
    columns = [0, *np.cumsum(sizes).tolist()]
    bounds = ends[columns].tolist()
    for (kind, nullable), (start, end) in zip(_GROUPS, pairwise(bounds), strict=True):
        if start == end:
            continue
        codes = np.frombuffer(written, kind, end - start, at)
        at += codes.nbytes
        part = flat[start:end]
        part += codes
        if nullable:
            np.putmask(part, codes == 0, MISSING)
    return flat


def _encoded(values: Integers) -> _Column:
    if not len(values):
        return _Column(_CONSTANT, 0)
    least, most = int(values.min()), int(values.max())
    if least == most:
        return _Column(_CONSTANT, least)
    nullable = least == MISSING
    if nullable:
        least = int(values[values != MISSING].min()) - 1
    for group, (kind, has_missing) in enumerate(_GROUPS[:0:-1], 1):
        if has_missing == nullable and most - least <= np.iinfo(kind).max:  # type: ignore[type-var]
            codes = np.where(values == MISSING, 0, values - least) if nullable else values - least
            return _Column(_CONSTANT - group, least, codes.astype(kind))
    return _Column(0, 0, values)


def _padded(written: bytes) -> bytes:
    return written + bytes(-len(written) % 8)


SOURCES = {stream: stream for stream in STREAMS if stream != "valuation"} | {
    "purchase": "title",
    "appraisal": "valuation",
}
"""The tables of one enterprise, and the stream whose columns each has."""


def _of(stream: str) -> tuple[str, ...]:
    return tuple(name for name in row_columns(stream) if name not in _LEFT_OUT)


LOTS = ("lot", "owner", "commodity", "held")
"""Columns of the lots: ``held`` is 1 where the enterprise ever held the lot."""

OWN = Layout((*((table, _of(stream)) for table, stream in SOURCES.items()), ("lots", LOTS)))
"""All that is kept of one enterprise."""

MARKET = Layout((("market", _of("valuation")),))
"""The market's prices, which everyone shares."""
