"""The files of a mirror: what each holds, written from the record in bounded memory.

The record is scanned once, some rows at a time. Each file's rows are sorted outside memory (see
:mod:`supervision.runs`) and written in ranges of enterprises, each a row group of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.messages import STREAMS
from supervision.holders import buyers, distinct, keepers, of_market, purchases, take, under_holders
from supervision.record import Record, row_columns
from supervision.runs import RANGE_ROWS, Runs

Progress = Callable[[str], None]

_CHUNK = 100_000
"""Rows scanned at a time: some 50 MB as the database hands them over."""

_HELD = ("cargo_code", "enterprise_id")
_NAMED = ("enterprise_id", "cargo_code")
_LOTS = ("enterprise_id", "lot", "owner", "commodity")

# Bytes of equal weight together: smaller than with dictionaries and zstd, written in a third of
# the time and read in half.
_FORM: dict[str, Any] = {
    "compression": "lz4",
    "use_dictionary": False,
    "column_encoding": "BYTE_STREAM_SPLIT",
}


class MirrorFiles:
    """Writes a mirror's files.

    Parameters
    ----------
    record : Record
    position : int
        The newest position to show.
    folder : Path
        Where the files are written, and what is needed meanwhile.
    progress : callable
        Told the name of each table before it is written.
    """

    def __init__(self, record: Record, position: int, folder: Path, progress: Progress) -> None:
        self._record = record
        self._position = position
        self._folder = folder
        self._progress = progress

    def write(self) -> None:
        """Write all files."""
        numbers = np.empty(0, np.int64)
        with self._runs("held", _HELD, _HELD) as held, self._runs("named", _NAMED, _NAMED) as named:
            for stream in STREAMS:
                if stream != "valuation":
                    numbers = np.union1d(numbers, self._write_stream(stream, held, named))
            self._write_valuations(held)
            self._write("lots", _LOTS, self._lots(named))
        self._write("enterprises", ("enterprise_id",), [{"enterprise_id": numbers}])

    def _write_stream(self, stream: str, held: Runs, named: Runs) -> Integers:
        """Write the tables of a stream; the enterprises that its messages are about.

        Meanwhile gather who held which lot, and whose messages name it.
        """
        numbers = np.empty(0, np.int64)
        with ExitStack() as stack:
            tables = {
                name: stack.enter_context(self._table(name, stream, "enterprise_id"))
                for name in (("title", "purchase") if stream == "title" else (stream,))
            }
            for rows in self._scan(stream):
                numbers = np.union1d(numbers, rows["enterprise_id"])
                for name, table in tables.items():
                    own = purchases(rows) if name == "purchase" else rows
                    own = _stating(own, "enterprise_id")
                    table.add(own)
                    named.add(_naming(own))
                    if name in ("custody", "purchase"):
                        held.add(_holding(name, own))
            for name, table in tables.items():
                self._write(name, row_columns(stream), table.ranges())
        return np.asarray(numbers[numbers != MISSING], np.int64)

    def _write_valuations(self, held: Runs) -> None:
        """Write the market's prices, and the valuations of lots under all who held them."""
        with (
            self._table("market", "valuation", "hs_code") as market,
            self._table("valued", "valuation", "cargo_code") as valued,
            self._table("appraisal", "valuation", "enterprise_id") as appraisal,
        ):
            for rows in self._scan("valuation"):
                is_market = of_market(rows)
                market.add(_stating(take(rows, is_market), "hs_code"))
                valued.add(take(rows, ~is_market))
            for rows in valued.ranges():
                lots = rows["cargo_code"]
                pairs = held.between(int(lots[0]), int(lots[-1]))
                appraisal.add(under_holders(rows, distinct(*(pairs[name] for name in _HELD))))
            self._write("market", row_columns("valuation"), market.ranges())
            self._write("appraisal", row_columns("valuation"), appraisal.ranges())

    def _lots(self, named: Runs) -> Iterator[Columns]:
        """Lots, with what their codes say, under every enterprise whose messages name them."""
        for pairs in named.ranges():
            enterprise, lot = distinct(*(pairs[name] for name in _NAMED))
            lots = self._record.lots(np.unique(lot).tolist())
            place = np.searchsorted(lots["lot"], lot)
            yield {"enterprise_id": enterprise, **take(lots, place)}

    def _scan(self, stream: str) -> Iterator[Columns]:
        return self._record.scan(stream, up_to=self._position, chunk=_CHUNK)

    def _table(self, name: str, stream: str, by: str) -> Runs:
        return self._runs(name, row_columns(stream), (by, "occurred_at", "position"))

    def _runs(self, name: str, names: tuple[str, ...], keys: tuple[str, ...]) -> Runs:
        return Runs(self._folder / f"{name}.runs", names, keys)

    def _write(self, name: str, names: tuple[str, ...], ranges: Iterable[Columns]) -> None:
        self._progress(name)
        schema = pa.schema([(column_, pa.int64()) for column_ in names])
        with pq.ParquetWriter(self._folder / f"{name}.parquet", schema, **_FORM) as file:
            for rows in ranges:
                file.write_table(pa.table(dict(rows), schema), row_group_size=2 * RANGE_ROWS)


def _naming(rows: Columns) -> Columns:
    """Which enterprise's messages name which lot."""
    rows = _stating(rows, "cargo_code")
    pairs = distinct(*(rows[name] for name in _NAMED))
    return dict(zip(_NAMED, pairs, strict=True))


def _holding(table: str, rows: Columns) -> Columns:
    """Who held which lot by what custody messages or purchases say."""
    pairs = keepers(rows) if table == "custody" else buyers(rows)
    return dict(zip(_HELD, pairs, strict=True))


def _stating(rows: Columns, name: str) -> Columns:
    """Rows that state a column."""
    return take(rows, rows[name] != MISSING)
