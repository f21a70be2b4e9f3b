"""Rows of a CSV or NDJSON file, as chunks typed by the contract.

Every line is judged on its own: one that cannot be read, or a cell that cannot be cast, is a
fault of that row alone. No field of the contract may hold a line break, so a line is a row.
"""

import csv
import json
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson
import pyarrow as pa

from supervision.chunk import Chunk, Fault
from supervision.contract.columns import Column, columns
from supervision.files import FileError, check_columns
from supervision.reasons import Reason

LONGEST_LINE = 1 << 20
"""A longer line is not a row of the contract; it is quarantined, cut off at this length."""

_WHOLE = re.compile(r"-?[0-9]{1,30}")
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

Cell = object
_Row = dict[str, Cell]


@dataclass(frozen=True)
class _Line:
    """One line: its number, its text, and the row read from it or why there is none."""

    number: int
    text: str
    row: _Row | None


class CsvRows:
    """One CSV file of a stream: UTF-8, a header, commas; an empty cell is a field left out."""

    total: int | None = None

    def __init__(self, path: Path, stream: str) -> None:
        self._path = path
        self._stream = stream
        with path.open("rb") as file:
            header = file.readline(LONGEST_LINE)
        if not header.strip():
            raise FileError(f"{stream}: expected a CSV file with a header, found an empty one")
        self._header = _cells(_decoded(header).removeprefix("\ufeff")) or []
        check_columns(stream, self._header)

    def chunks(self, after: int, size: int) -> Iterator[Chunk]:
        """Chunks of at most ``size`` rows, from row ``after`` + 1 on."""
        with self._path.open("rb") as file:
            _skip_line(file)
            for lines in _grouped(file, after, size):
                rows = [_Line(n, text, self._row(text)) for n, text in lines if text]
                yield _chunk(self._stream, rows, lines[-1][0], from_text=True)

    def _row(self, text: str) -> _Row | None:
        cells = _cells(text)
        if cells is None or len(cells) != len(self._header):
            return None
        return {name: cell for name, cell in zip(self._header, cells, strict=True) if cell != ""}


class NdjsonRows:
    """One NDJSON file of a stream: UTF-8, one JSON object a line."""

    total: int | None = None

    def __init__(self, path: Path, stream: str) -> None:
        self._path = path
        self._stream = stream

    def chunks(self, after: int, size: int) -> Iterator[Chunk]:
        """Chunks of at most ``size`` rows, from row ``after`` + 1 on."""
        with self._path.open("rb") as file:
            for lines in _grouped(file, after, size):
                rows = [_Line(n, text, _json_row(text)) for n, text in lines if text]
                yield _chunk(self._stream, rows, lines[-1][0], from_text=False)


def _chunk(stream: str, lines: list[_Line], end: int, *, from_text: bool) -> Chunk:
    faults: list[Fault] = []
    known = {c.name: c for c in columns(stream)}
    for index, line in enumerate(lines):
        if line.row is None:
            faults.append(Fault(index, Reason.MALFORMED_ROW, "", line.text[:200]))
        elif line.row.keys() - known:
            faults.extend(_strays(stream, index, line.row, known))
    present = {field for line in lines for field in line.row or () if field in known}
    typed: dict[str, pa.Array] = {}
    for name, column in known.items():
        if name not in present:
            continue
        cells: list[Cell] = [None if line.row is None else line.row.get(name) for line in lines]
        if column.kind == "integer":
            typed[name] = _integers(column, cells, faults, from_text=from_text)
        else:
            typed[name] = _texts(column, cells, faults)

    def content(index: int) -> str:
        line = lines[index]
        if line.row is not None and not from_text:
            # The line itself is JSON, and keeps what a reader drops: a key that stands twice, the
            # spelling of a number, a nesting deeper than can be written again.
            return line.text
        return _written({"line": line.text} if line.row is None else line.row, line.text)

    numbers = np.array([line.number for line in lines], np.int64)
    return Chunk(stream, numbers, end, typed, tuple(faults), content)


def _written(row: _Row, text: str) -> str:
    try:
        return orjson.dumps(row).decode()
    except (TypeError, ValueError):
        # Whatever a row holds, the ingestion must go on; the standard library escapes all of it.
        return json.dumps({"line": text})


def _shown(cell: Cell) -> str:
    try:
        return str(cell)
    except RecursionError:
        return "a value nested too deeply to be shown"


def _strays(stream: str, index: int, row: _Row, known: Container[str]) -> Iterator[Fault]:
    """Faults of the fields that are not the stream's own columns."""
    for field, value in row.items():
        if field == "stream":
            if value is not None and value != stream:
                yield Fault(index, Reason.WRONG_STREAM, field, _shown(value))
        elif field not in known:
            yield Fault(index, Reason.UNKNOWN_FIELD, field, field)


def _integers(
    column: Column, cells: list[Cell], faults: list[Fault], *, from_text: bool
) -> pa.Array:
    values: list[int | None] = []
    for index, cell in enumerate(cells):
        value = cell
        if from_text and isinstance(cell, str) and _WHOLE.fullmatch(cell):
            value = int(cell)
        if value is None or (type(value) is int and _LOWEST <= value <= _HIGHEST):
            values.append(value)
            continue
        reason = Reason.OUT_OF_RANGE if type(value) is int else Reason.NOT_AN_INTEGER
        faults.append(Fault(index, reason, column.name, _shown(cell)))
        values.append(None)
    return pa.array(values, pa.int64())


def _texts(column: Column, cells: list[Cell], faults: list[Fault]) -> pa.Array:
    values: list[str | None] = []
    for index, cell in enumerate(cells):
        if cell is None or type(cell) is str:
            values.append(cell)
            continue
        faults.append(Fault(index, Reason.NOT_A_TEXT, column.name, _shown(cell)))
        values.append(None)
    array = pa.array(values, pa.string())
    return array if column.kind == "text" else array.dictionary_encode()


def _json_row(text: str) -> _Row | None:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def _cells(text: str) -> list[str] | None:
    try:
        return next(csv.reader([text.rstrip("\r\n")], strict=True), None)
    except csv.Error:
        return None


def _decoded(line: bytes) -> str:
    # Bytes that are no UTF-8 are escaped: no field of the contract allows a backslash, so the
    # row is quarantined, and its content can still be read.
    return line.decode(errors="backslashreplace").rstrip("\r\n")


def _grouped(file: BinaryIO, after: int, size: int) -> Iterator[list[tuple[int, str]]]:
    """Numbered lines from line ``after`` + 1 on, at most ``size`` at a time; blank ones empty."""
    number = 0
    lines: list[tuple[int, str]] = []
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _skip_line(file)
        number += 1
        if number <= after:
            continue
        text = _decoded(line)
        lines.append((number, text if text.strip() else ""))
        if len(lines) == size:
            yield lines
            lines = []
    if lines:
        yield lines


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
