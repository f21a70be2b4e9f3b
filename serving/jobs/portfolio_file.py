"""A portfolio file: one enterprise a row, as CSV, NDJSON or Parquet, read row by row.

A row of NDJSON is a request of ``POST /v1/scores``. The other two name the same in columns, with
the parts of ``funding`` side by side. A file that cannot be right as a whole is refused with its
column and row; a row that is wrong by itself is left for its own outcome.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from serving.jobs.errors import MalformedFile

Form = Literal["csv", "ndjson", "parquet"]
MEDIA_TYPES: dict[str, Form] = {
    "text/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/vnd.apache.parquet": "parquet",
}
REQUIRED = "enterprise_id"
TEXTS = (REQUIRED, "client_reference", "as_of")
FUNDING = ("own_funds_fen", "other_funding_fen", "payable_days")
COLUMNS = (*TEXTS, *FUNDING)
_LONGEST = 16_384
"""Bytes of one row."""
_BATCH = 1_024
"""Rows of a Parquet file that are unpacked at once."""
_UNPACKED = 1 << 28
"""Bytes that a Parquet file may say that it holds."""


def rows_of(path: Path, form: Form) -> Iterator[Any]:
    """Read the rows of a file, each as a request of one score.

    Raises
    ------
    MalformedFile
        If the file is none of its form, lacks ``enterprise_id``, or names an unknown column.
    """
    readers = {"csv": _of_csv, "ndjson": _of_ndjson, "parquet": _of_parquet}
    return readers[form](path)


def _of_csv(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            names = [name.strip() for name in next(reader, [])]
            _check_columns(names)
            for row, cells in enumerate(line for line in reader if line):
                if len(cells) != len(names):
                    raise _fault(row, f"{len(names)} cells, as the first line has", len(cells))
                stated = dict(zip(names, cells, strict=True))
                yield _request({name: _whole(name, cell) for name, cell in stated.items() if cell})
        except UnicodeDecodeError as error:
            raise MalformedFile(
                "CSV in UTF-8",
                f"bytes that are none after line {reader.line_num}: {error.object[error.start]:#x}",
                "save the file as CSV UTF-8",
            ) from error
        except csv.Error as error:
            raise MalformedFile(
                "CSV (RFC 4180)",
                f"line {reader.line_num}: {error!s:.120}",
                "quote cells that hold commas, quotes or line ends",
            ) from error


def _of_ndjson(path: Path) -> Iterator[Any]:
    row = 0
    with path.open("rb") as file:
        while line := file.readline(_LONGEST + 1):
            if len(line) > _LONGEST:
                raise _fault(row, f"at most {_LONGEST} bytes", "more")
            if line.strip():
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise _fault(row, "one JSON object a line, in UTF-8", error.msg) from error
                row += 1


def _of_parquet(path: Path) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        told = file.metadata
        size = sum(told.row_group(place).total_byte_size for place in range(told.num_row_groups))
        if size > _UNPACKED:
            raise MalformedFile(
                f"at most {_UNPACKED} bytes once unpacked", str(size), "hand in several files"
            )
        _check_columns(file.schema_arrow.names)
        for field in file.schema_arrow:
            _check_type(field)
        # Read as dictionaries, so that a long text that stands in many rows is held once.
        texts = [name for name in TEXTS if name in file.schema_arrow.names]
        file = pq.ParquetFile(path, read_dictionary=texts)
        for number, batch in enumerate(file.iter_batches(batch_size=_BATCH)):
            _check_lengths(batch, number * _BATCH)
            for stated in batch.to_pylist():
                yield _request({name: v for name, v in stated.items() if v is not None})
    except (pa.ArrowException, OSError) as error:
        raise MalformedFile(
            "a Parquet file", f"{error!s:.120}", "write it anew, or hand in CSV"
        ) from error


def _check_columns(names: Sequence[str]) -> None:
    if REQUIRED not in names:
        raise MalformedFile(
            f"a column {REQUIRED}",
            f"the columns {', '.join(names)!r:.120}" if names else "an empty file",
            f"name the columns in the first line, of {', '.join(COLUMNS)}",
        )
    for name in names:
        if name not in COLUMNS or names.count(name) > 1:
            raise MalformedFile(
                f"columns of {', '.join(COLUMNS)}, each once",
                f"the column {name!r:.60}{' twice' if name in COLUMNS else ''}",
                "take that column out",
            )


def _check_lengths(batch: Any, first: int) -> None:
    """See that no text is longer than a row of NDJSON may be, before any is unpacked."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        texts = getattr(column, "dictionary", column)
        if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
            continue
        longest = pc.max(pc.binary_length(texts)).as_py() or 0
        if longest > _LONGEST:
            raise MalformedFile(
                f"texts of at most {_LONGEST} bytes",
                f"one of {longest} in the column {name}, in row {first} or soon after it",
                "mend that row",
            )


def _check_type(field: Any) -> None:
    """See that a column of Parquet is of a type that can be read without a guess."""
    import pyarrow as pa

    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    is_time = pa.types.is_timestamp(kind) and kind.tz is not None
    if field.name in FUNDING:
        fits, wanted = pa.types.is_integer(kind), "whole numbers"
    elif field.name == "as_of":
        fits, wanted = is_text or is_time, "texts, or timestamps with a zone"
    else:
        fits, wanted = is_text, "texts"
    if not fits and not pa.types.is_null(kind):
        raise MalformedFile(
            f"{wanted} in the column {field.name}", f"{field.type!s:.60}", "cast that column"
        )


def _request(stated: dict[str, Any]) -> dict[str, Any]:
    """What the columns of a row say, as a request of one score."""
    request = {name: stated[name] for name in TEXTS if name in stated}
    if isinstance(at := request.get("as_of"), datetime):
        request["as_of"] = at.astimezone(UTC).isoformat()
    if funding := {name: stated[name] for name in FUNDING if name in stated}:
        request["funding"] = funding
    return request


def _whole(name: str, cell: str) -> str | int:
    digits = name in FUNDING and cell.isascii() and cell.isdigit() and len(cell) <= 18
    return int(cell) if digits else cell


def _fault(row: int, expected: str, found: object) -> MalformedFile:
    return MalformedFile(f"in row {row} {expected}", str(found)[:120], "mend that row")
