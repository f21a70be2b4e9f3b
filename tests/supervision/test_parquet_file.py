"""Parquet: which physical types are read, and what happens to the others."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supervision.chunk import Chunk
from supervision.files import FileError, open_rows
from supervision.reasons import Reason
from tests.supervision.facts import NOW, fact, table


def read(folder: Path, rows: pa.Table) -> Chunk:
    path = folder / "custody.parquet"
    pq.write_table(rows, path)
    (chunk,) = open_rows(path, "custody", "parquet").chunks(0, 1000)
    return chunk


def with_column(name: str, array: pa.Array) -> pa.Table:
    rows = table("custody", [fact("custody", n) for n in range(len(array))])
    return rows.set_column(rows.schema.get_field_index(name), name, array)


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.uint16(), pa.int64(), pa.uint64()])
def test_any_integer_type_is_read(tmp_path: Path, kind: pa.DataType):
    chunk = read(tmp_path, with_column("quantity", pa.array([7, None], kind)))
    assert chunk.columns["quantity"].to_pylist() == [7, None]
    assert chunk.columns["quantity"].type == pa.int64()


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_a_timestamp_is_read_as_utc_microseconds(tmp_path: Path, unit: str, zone: str | None):
    at = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    given = pa.array([at.replace(tzinfo=None)], pa.timestamp(unit))
    if zone is not None:
        given = given.cast(pa.timestamp(unit, "UTC")).cast(pa.timestamp(unit, zone))
    chunk = read(tmp_path, with_column("occurred_at", given))
    assert chunk.columns["occurred_at"].to_pylist() == [NOW]
    assert f'"occurred_at":{NOW}' in chunk.content(0)


@pytest.mark.parametrize(
    "array",
    [pa.array([1.0]), pa.array(["1"]), pa.array([True]), pa.array([NOW], pa.timestamp("us"))],
)
def test_another_type_is_a_fault_of_each_cell(tmp_path: Path, array: pa.Array):
    chunk = read(tmp_path, with_column("quantity", array))
    assert [(f.index, f.reason, f.field) for f in chunk.faults] == [
        (0, Reason.NOT_AN_INTEGER, "quantity")
    ]


def test_an_integer_beyond_63_bits_is_out_of_range(tmp_path: Path):
    chunk = read(tmp_path, with_column("quantity", pa.array([1, 2**63], pa.uint64())))
    assert [(f.index, f.reason) for f in chunk.faults] == [(1, Reason.OUT_OF_RANGE)]


@pytest.mark.parametrize(
    "array",
    [
        pa.array(["W-7"], pa.large_string()),
        pa.array([b"W-7"], pa.binary()),
        pa.array(["W-7"]).dictionary_encode(),
    ],
)
def test_a_text_of_any_kind_is_read(tmp_path: Path, array: pa.Array):
    chunk = read(tmp_path, with_column("warehouse", array))
    assert chunk.columns["warehouse"].to_pylist() == ["W-7"]
    assert '"warehouse":"W-7"' in chunk.content(0)


def test_a_number_where_a_text_is_expected_is_a_fault(tmp_path: Path):
    chunk = read(tmp_path, with_column("warehouse", pa.array([7])))
    assert [(f.index, f.reason) for f in chunk.faults] == [(0, Reason.NOT_A_TEXT)]


def test_an_empty_column_is_left_out(tmp_path: Path):
    chunk = read(tmp_path, with_column("pile", pa.nulls(1)))
    assert chunk.columns["pile"].to_pylist() == [None]
    assert chunk.faults == ()


def test_a_file_that_is_damaged_inside_is_told_with_its_row(tmp_path: Path):
    path = tmp_path / "custody.parquet"
    pq.write_table(table("custody", [fact("custody", n) for n in range(5000)]), path)
    content = bytearray(path.read_bytes())
    content[200:20_000] = bytes(len(content[200:20_000]))
    path.write_bytes(content)
    rows = open_rows(path, "custody", "parquet")
    with pytest.raises(FileError, match="damaged after row 0"):
        list(rows.chunks(0, 1000))


@pytest.mark.parametrize(
    "array",
    [
        pa.array([["custody"]]),
        pa.array([{"of": "custody"}]),
        pa.array([7]),
        pa.array([b"\xff"], pa.binary()),
        pa.array([b"\xff"], pa.large_binary()),
        pa.array([b"\xff"], pa.binary()).dictionary_encode(),
        pa.array([b"\xff"], pa.binary()).cast(pa.string(), safe=False),
        pa.array(["title"]),
    ],
    ids=lambda array: str(array.type).replace(" ", "")[:30],
)
def test_a_stream_column_that_names_no_stream_is_a_fault_of_each_row(
    tmp_path: Path, array: pa.Array
):
    rows = table("custody", [fact("custody", 1)]).append_column("stream", array)
    chunk = read(tmp_path, rows)
    assert [(f.index, f.reason, f.field) for f in chunk.faults] == [
        (0, Reason.WRONG_STREAM, "stream")
    ]
    assert '"stream":' in chunk.content(0)


@pytest.mark.parametrize("array", [pa.array(["custody"]), pa.array([b"custody"]), pa.nulls(1)])
def test_a_stream_column_may_name_the_files_own_stream(tmp_path: Path, array: pa.Array):
    rows = table("custody", [fact("custody", 1)]).append_column("stream", array)
    assert read(tmp_path, rows).faults == ()


@pytest.mark.parametrize(
    ("number", "kept"),
    [(float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity")],
)
def test_a_float_that_is_no_number_is_kept_by_its_name(tmp_path: Path, number: float, kept: str):
    flat = read(tmp_path, with_column("quantity", pa.array([number])))
    assert orjson.loads(flat.content(0))["quantity"] == kept
    nested = read(tmp_path, with_column("quantity", pa.array([[number, 1.0]])))
    assert orjson.loads(nested.content(0))["quantity"] == [kept, 1.0]


def test_a_nested_text_that_is_no_utf8_holds_up_nothing(tmp_path: Path):
    nested = pa.array([[b"\xff"]], pa.list_(pa.binary())).cast(pa.list_(pa.string()), safe=False)
    chunk = read(tmp_path, with_column("quantity", nested))
    assert "cannot be shown" in chunk.content(0)
