"""The streams as Parquet files: integer columns become the contract's texts and numbers."""

from collections.abc import Mapping
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.dirt import UNITS, Fault
from simulator.feeds import FAULT, Block
from simulator.goods import GOODS
from simulator.names import COUNTRIES, CURRENCIES, INDUSTRIES, MODES, PORTS, REGIONS, Names
from simulator.table import Bools, Ints
from simulator.texts import column as text_column
from simulator.texts import decimal, hexadecimal, mixed, taken
from supervision.arrays import MISSING
from supervision.cargo_code import check_digits
from supervision.contract.columns import Column, columns
from supervision.contract.messages import STREAMS

CODE_WIDTH = 60
"""Characters of a cargo code."""
_PARTIES = (
    "enterprise_id",
    "party",
    "trading_party",
    "consuming_party",
    "counterparty",
    "buyer",
    "lender",
    "holder",
)
_NUMBERED = {
    ("declaration", "number"): b"D",
    ("document", "number"): b"N",
    ("title", "number"): b"S",
    ("enterprise", "reference"): b"G",
    ("pledge", "receipt"): b"R",
    ("pledge", "release_order"): b"RO",
    ("custody", "release_order"): b"RO",
    ("pledge", "registration_number"): b"ZD",
    ("financing", "facility"): b"F",
    ("financing", "renewed_from"): b"F",
    ("outcome", "facility"): b"F",
}
"""Prefix of each number that is unique in the world."""
_UNREPEATED = ("message_id", "reverses", "digest", "occurred_at", "recorded_at")
"""Columns whose values hardly repeat: a dictionary of them would only cost time."""
_SHORT = 1_024
"""Longest vocabulary that is written as a dictionary: it stands whole in every row group."""


class CargoCodes:
    """Every cargo code issued, as one array of characters, by number of lot."""

    def __init__(self) -> None:
        self._rows = np.zeros((1024, CODE_WIDTH), np.uint8)

    def put(self, lots: Ints, codes: list[str]) -> None:
        """Keep the codes of some lots."""
        while len(lots) and int(lots[-1]) >= len(self._rows):
            # Zeros that nobody wrote to take no memory.
            longer = np.zeros((2 * len(self._rows), CODE_WIDTH), np.uint8)
            longer[: len(self._rows)] = self._rows
            self._rows = longer
        rows = np.frombuffer("".join(codes).encode("ascii"), np.uint8)
        self._rows[lots] = rows.reshape(-1, CODE_WIDTH)

    def take(self, lots: Ints) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        """Characters of the codes of some lots, one row a lot."""
        rows: np.ndarray[tuple[int, int], np.dtype[np.uint8]] = self._rows[lots]
        return rows

    def texts(self, lots: list[int]) -> list[str]:
        """The codes of some lots."""
        return [row.tobytes().decode("ascii") for row in self._rows[lots]] if lots else []


class Writer:
    """Writes ``<stream>.parquet`` of all nine streams, one row group a drained block.

    A thread writes while the world goes on; at most one block waits for it.

    Parameters
    ----------
    folder : Path
        Exists.
    seed : int
        Scrambles the message ids, so that two worlds share none.
    """

    def __init__(self, folder: Path, names: Names, codes: CargoCodes, seed: int) -> None:
        self._codes = codes
        self._seed = seed * 1_000_003
        self.rows = dict.fromkeys(STREAMS, 0)
        parties = pa.array(names.parties)
        self._vocabularies = {
            **dict.fromkeys(_PARTIES, parties),
            "provider_id": pa.array(names.providers),
            "warehouse": pa.array(names.places),
            "pile": pa.array(names.places),
            "hs_code": pa.array([good.hs_code for good in GOODS]),
            "origin": pa.array(COUNTRIES),
            "port": pa.array(PORTS),
            "currency": pa.array(CURRENCIES),
            "region": pa.array(REGIONS),
            "industry": pa.array(INDUSTRIES),
            "supervision_mode": pa.array(MODES),
            "unit": pa.array(UNITS),
        }
        self._choices = {
            (stream, column.name): pa.array(column.choices)
            for stream in STREAMS
            for column in columns(stream)
            if column.kind == "enumerated"
        }
        self._schemas = {stream: self._schema(stream) for stream in STREAMS}
        self._files = {
            stream: pq.ParquetWriter(
                folder / f"{stream}.parquet",
                schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=[name for name in schema.names if name not in _UNREPEATED],
                store_schema=False,
            )
            for stream, schema in self._schemas.items()
        }
        self._blocks: Queue[dict[str, Block] | None] = Queue(maxsize=1)
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._write_all, name="writer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._blocks.put(None)
        self._thread.join()
        for file in self._files.values():
            file.close()
        if kind is None and self._failure is not None:
            raise self._failure

    def write(self, blocks: Mapping[str, Block]) -> None:
        """Append a block to each stream's file, soon.

        Raises
        ------
        BaseException
            What went wrong with an earlier block.
        """
        if self._failure is not None:
            raise self._failure
        for stream, block in blocks.items():
            self.rows[stream] += len(block["message_id"])
        self._blocks.put(dict(blocks))

    def _write_all(self) -> None:
        """Write what comes until None does; after a failure, only take it."""
        while (blocks := self._blocks.get()) is not None:
            if self._failure is None:
                try:
                    self._append(blocks)
                except BaseException as failure:
                    self._failure = failure

    def _append(self, blocks: dict[str, Block]) -> None:
        while blocks:
            # Taken out, so that what is written no longer stands in memory.
            stream, block = blocks.popitem()
            if len(block["message_id"]) == 0:
                continue
            arrays = [self._array(stream, column, block) for column in columns(stream)]
            table = pa.Table.from_arrays(arrays, schema=self._schemas[stream])
            self._files[stream].write_table(table)

    def _array(self, stream: str, column: Column, block: Block) -> pa.Array:
        values, name = block[column.name], column.name
        present = values != MISSING
        if name == "unit":
            values = np.where(block[FAULT] == Fault.UNIT, 1, values)
        if column.kind == "integer":
            return pa.array(values, mask=~present)
        vocabulary = self._vocabulary(stream, column)
        if vocabulary is not None and len(vocabulary) <= _SHORT:
            places = pa.array(values.astype(np.int32), mask=~present)
            return pa.DictionaryArray.from_arrays(places, vocabulary)
        if vocabulary is not None:
            return taken(vocabulary, values, present)
        if name == "cargo_code":
            return self._cargo(values, present, block[FAULT])
        return self._text(stream, name, values, present)

    def _vocabulary(self, stream: str, column: Column) -> pa.Array | None:
        """Every text that a column can hold, where these are known."""
        return self._vocabularies.get(column.name, self._choices.get((stream, column.name)))

    def _schema(self, stream: str) -> pa.Schema:
        """Arrow's types of a stream's columns; in the file a dictionary is a text like others."""
        fields = []
        for column in columns(stream):
            vocabulary = self._vocabulary(stream, column)
            kind = pa.int64() if column.kind == "integer" else pa.string()
            if vocabulary is not None and len(vocabulary) <= _SHORT:
                kind = pa.dictionary(pa.int32(), pa.string())
            fields.append(pa.field(column.name, kind))
        return pa.schema(fields)

    def _text(self, stream: str, name: str, values: Ints, present: Bools) -> pa.Array:
        stated = values[present]
        if name in ("message_id", "reverses"):
            return text_column(hexadecimal(mixed(stated, self._seed)), present)
        if name == "digest":
            parts = [hexadecimal(mixed(stated * 4 + k, self._seed ^ 0xD16E57)) for k in range(4)]
            return text_column(np.concatenate(parts, axis=1), present)
        prefix = _NUMBERED.get((stream, name))
        if prefix is None:
            return pa.nulls(len(values), pa.string())
        return text_column(decimal(prefix, stated, 9), present)

    def _cargo(self, lots: Ints, present: Bools, faults: Ints) -> pa.Array:
        stated = lots[present]
        rows = self._codes.take(stated)
        for place in np.flatnonzero(faults[present] >= Fault.MISTYPED):
            code = rows[place].tobytes().decode("ascii")
            forged = faults[present][place] == Fault.FORGED
            spoilt = _forged(code) if forged else _mistyped(code, int(stated[place]))
            rows[place] = np.frombuffer(spoilt.encode("ascii"), np.uint8)
        return text_column(rows, present)


def _mistyped(code: str, place: int) -> str:
    """A code with one digit of its batch or commodity typed wrongly."""
    where = 19 + place % 10
    return code[:where] + str((int(code[where]) + 1 + place % 8) % 10) + code[where + 1 :]


def _forged(code: str) -> str:
    """A code with a security segment that somebody made up, and the check digits that fit it."""
    stem, security = code[:-12], code[-11:-3]
    body = f"{stem}-{security[::-1] if security != security[::-1] else 'A' * 8}"
    return f"{body}-{check_digits(body)}"
