"""Rows of a Parquet file, as chunks typed by the contract."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from supervision.chunk import Chunk, Fault
from supervision.contract.columns import Column, columns
from supervision.contract.fields import EARLIEST
from supervision.files import FileError, check_columns
from supervision.reasons import Reason

_MICROSECONDS = pa.timestamp("us", "UTC")
_AS_TEXT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
_STRINGS = (pa.string(), pa.large_string(), pa.string_view(), pa.null())


class ParquetRows:
    """One Parquet file of a stream.

    Integer columns may be of any integer type, times also timestamps (UTC where no zone is
    given). Texts may be dictionary-encoded.
    """

    def __init__(self, path: Path, stream: str) -> None:
        try:
            # Column chunks are streamed rather than buffered whole: row groups may be large.
            self._file = pq.ParquetFile(path, memory_map=True, pre_buffer=False)
        except (pa.ArrowInvalid, OSError) as error:
            raise FileError(
                f"{stream}: expected a Parquet file, found one that cannot be read "
                f"({error!s:.200}); write or copy it again"
            ) from error
        check_columns(stream, self._file.schema_arrow.names)
        self._stream = stream
        self.total: int | None = self._file.metadata.num_rows

    def chunks(self, after: int, size: int) -> Iterator[Chunk]:
        """Chunks of at most ``size`` rows, from row ``after`` + 1 on."""
        metadata = self._file.metadata
        groups = list(range(metadata.num_row_groups))
        start = 0
        while groups and start + metadata.row_group(groups[0]).num_rows <= after:
            start += metadata.row_group(groups.pop(0)).num_rows
        batches = self._file.iter_batches(size, row_groups=groups)
        while (batch := self._next(batches, start)) is not None:
            end = start + batch.num_rows
            if end > after:
                yield typed_chunk(self._stream, batch.slice(max(after - start, 0)), end)
            start = end

    def _next(self, batches: Iterator[pa.RecordBatch], start: int) -> pa.RecordBatch | None:
        try:
            return next(batches, None)
        except (pa.ArrowInvalid, OSError) as error:
            raise FileError(
                f"{self._stream}: the Parquet file is damaged after row {start} "
                f"({error!s:.200}); the rows before are recorded, send the rest again"
            ) from error


def typed_chunk(stream: str, batch: pa.RecordBatch, end: int) -> Chunk:
    """Type a batch of rows, whose last is the file's row ``end``, by the contract."""
    typed: dict[str, pa.Array] = {}
    faults: list[Fault] = []
    for column in columns(stream):
        place = batch.schema.get_field_index(column.name)
        if place < 0:
            continue
        array = _plain(batch.column(place))
        if column.kind == "integer":
            array, wrong, reason = _integers(column, array)
        else:
            array, wrong = _texts(array)
            array = array if column.kind == "text" else array.dictionary_encode()
            reason = Reason.NOT_A_TEXT
        typed[column.name] = array
        faults.extend(
            Fault(int(i), reason, column.name, cell(batch, column.name, int(i))) for i in wrong
        )
    if "stream" in batch.schema.names:
        faults.extend(_strays(stream, batch))
    numbers = np.arange(end - batch.num_rows + 1, end + 1, dtype=np.int64)

    def content(index: int) -> str:
        row = {name: _value(batch.column(name)[index]) for name in batch.schema.names}
        stated = {name: value for name, value in row.items() if value is not None}
        try:
            return orjson.dumps(stated, default=str, option=_AS_TEXT).decode()
        except TypeError:
            # Whatever a cell holds, the ingestion must go on.
            return orjson.dumps({name: repr(value) for name, value in stated.items()}).decode()

    return Chunk(stream, numbers, end, typed, tuple(faults), content)


def cell(batch: pa.RecordBatch, name: str, index: int) -> str:
    """A cell as text, to be shown."""
    return str(_value(batch.column(name)[index]))


def _plain(array: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode()
    return array


def _integers(column: Column, array: pa.Array) -> tuple[pa.Array, list[int], Reason]:
    kind = array.type
    if kind == pa.int64():
        return array, [], Reason.NOT_AN_INTEGER
    if pa.types.is_timestamp(kind) and column.low == EARLIEST:
        zoned = array.cast(pa.timestamp(kind.unit, "UTC"))
        return zoned.cast(_MICROSECONDS, safe=False).cast(pa.int64()), [], Reason.NOT_AN_INTEGER
    if pa.types.is_uint64(kind):
        largest = pa.scalar(np.iinfo(np.int64).max, pa.uint64())
        wrong = pc.greater(array, largest)
        fitting = pc.if_else(wrong, pa.scalar(None, kind), array)
        return fitting.cast(pa.int64()), _places(wrong), Reason.OUT_OF_RANGE
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        return array.cast(pa.int64()), [], Reason.NOT_AN_INTEGER
    return pa.nulls(len(array), pa.int64()), _places(array.is_valid()), Reason.NOT_AN_INTEGER


def _texts(array: pa.Array) -> tuple[pa.Array, list[int]]:
    """Cells as strings, null where a cell is no text, and the places of those."""
    kind = array.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([_value(v) for v in array], pa.string()), []
    if kind in _STRINGS:
        return array.cast(pa.string()), []
    return pa.nulls(len(array), pa.string()), _places(array.is_valid())


def _strays(stream: str, batch: pa.RecordBatch) -> list[Fault]:
    stated, wrong = _texts(_plain(batch.column("stream")))
    strays = [*wrong, *_places(pc.not_equal(stated, stream))]
    return [Fault(i, Reason.WRONG_STREAM, "stream", cell(batch, "stream", i)) for i in strays]


def _places(mask: pa.Array) -> list[int]:
    places: list[int] = np.flatnonzero(
        mask.fill_null(False).to_numpy(zero_copy_only=False)
    ).tolist()
    return places


def _value(scalar: pa.Scalar) -> object:
    """A cell as Python sees it; bytes that are no UTF-8 are escaped so that they can be kept."""
    if not scalar.is_valid:
        return None
    if isinstance(scalar, pa.DictionaryScalar):
        return _value(scalar.value)
    if isinstance(scalar, (pa.StringScalar, pa.LargeStringScalar, pa.BinaryScalar)):
        return scalar.as_buffer().to_pybytes().decode(errors="backslashreplace")
    if isinstance(scalar, pa.TimestampScalar):
        return scalar.cast(pa.timestamp("us"), safe=False).value
    try:
        return _spelt(scalar.as_py())
    except (ValueError, OverflowError):
        # A nested text that is no UTF-8, a date that Python cannot hold.
        return f"a {scalar.type} that cannot be shown"


def _spelt(value: object) -> object:
    """A value whose floats JSON can hold: NaN and infinity are written as texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (list, tuple)):
        return [_spelt(item) for item in value]
    if isinstance(value, dict):
        return {name: _spelt(item) for name, item in value.items()}
    return value
