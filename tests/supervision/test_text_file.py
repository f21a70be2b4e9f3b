"""CSV and NDJSON: what cannot be read is a fault of its row alone."""

from pathlib import Path

import pytest

from supervision.chunk import Chunk
from supervision.files import open_rows
from supervision.reasons import Reason
from supervision.text_file import LONGEST_LINE
from tests.supervision.facts import fact, write


def chunks(path: Path, size: int = 100) -> list[Chunk]:
    return list(open_rows(path, path.stem, path.suffix[1:]).chunks(0, size))


def faults(path: Path) -> list[tuple[int, Reason, str]]:
    return [
        (int(chunk.numbers[fault.index]), fault.reason, fault.field)
        for chunk in chunks(path)
        for fault in chunk.faults
    ]


def test_csv_and_ndjson_of_the_same_rows_are_the_same(tmp_path: Path):
    rows = [fact("title", n) for n in range(20)]
    (csv,) = chunks(write(tmp_path / "title.csv", rows))
    (ndjson,) = chunks(write(tmp_path / "title.ndjson", rows))
    assert csv.faults == ndjson.faults == ()
    assert {n: c.to_pylist() for n, c in csv.columns.items()} == {
        n: c.to_pylist() for n, c in ndjson.columns.items()
    }


@pytest.mark.parametrize("cell", ["12.0", "1e3", "+5", " 5", "0x10", "５", "abc", "-", "1_000"])
def test_a_csv_cell_that_is_no_integer_is_a_fault_of_its_row(tmp_path: Path, cell: str):
    rows = [fact("custody", 1), fact("custody", 2, quantity=cell), fact("custody", 3)]
    path = write(tmp_path / "custody.csv", rows)
    assert faults(path) == [(2, Reason.NOT_AN_INTEGER, "quantity")]
    (chunk,) = chunks(path)
    assert chunk.columns["quantity"].to_pylist() == [1000, None, 1000]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_an_integer_beyond_64_bits_is_out_of_range(tmp_path: Path, form: str):
    path = write(tmp_path / f"custody.{form}", [fact("custody", 1, quantity=2**64 - 1)])
    assert faults(path) == [(1, Reason.OUT_OF_RANGE, "quantity")]


@pytest.mark.parametrize(
    "line", ["{", "[1, 2]", "7", '{"a": 1} {"b": 2}', "null", '{"message_id": "\\ud800"}']
)
def test_a_json_line_that_is_no_object_is_a_fault_of_its_row(tmp_path: Path, line: str):
    path = write(tmp_path / "custody.ndjson", [fact("custody", 1), fact("custody", 2)])
    path.write_text(path.read_text() + line + "\n" + path.read_text())
    assert faults(path) == [(3, Reason.MALFORMED_ROW, "")]
    (chunk,) = chunks(path)
    assert line[:5].replace('"', '\\"') in chunk.content(2)


@pytest.mark.parametrize("line", ["a,b", '"open', 'x"y"z,' * 50])
def test_a_csv_line_of_another_width_is_a_fault_of_its_row(tmp_path: Path, line: str):
    path = write(tmp_path / "custody.csv", [fact("custody", 1), fact("custody", 2)])
    path.write_text(path.read_text() + line + "\n")
    assert faults(path) == [(3, Reason.MALFORMED_ROW, "")]


def test_blank_lines_are_no_rows_but_keep_the_numbers(tmp_path: Path):
    path = write(tmp_path / "custody.ndjson", [fact("custody", 1)])
    line = path.read_text()
    path.write_text(f"\n{line}\n \n{line}\n")
    (chunk,) = chunks(path)
    assert chunk.numbers.tolist() == [2, 5]
    assert chunk.end == 6


def test_bytes_that_are_no_utf8_stay_readable(tmp_path: Path):
    path = write(tmp_path / "custody.csv", [fact("custody", 1, warehouse="W@7")])
    path.write_bytes(path.read_bytes().replace(b"W@7", b"W\xff7"))
    (chunk,) = chunks(path)
    assert chunk.columns["warehouse"].to_pylist() == ["W\\xff7"]


def test_a_line_that_never_ends_is_cut_off(tmp_path: Path):
    path = write(tmp_path / "custody.ndjson", [fact("custody", 1)])
    line = path.read_bytes()
    path.write_bytes(line + b"x" * (3 * LONGEST_LINE) + b"\n" + line)
    assert faults(path) == [(2, Reason.MALFORMED_ROW, "")]
    (chunk,) = chunks(path)
    assert chunk.columns["message_id"].to_pylist() == ["m-1", None, "m-1"]


def test_a_byte_order_mark_and_quoted_cells_are_read(tmp_path: Path):
    path = write(tmp_path / "custody.csv", [fact("custody", 1)])
    header, line = path.read_text().splitlines()
    quoted = ",".join(f'"{cell}"' for cell in line.split(","))
    path.write_text(f"\ufeff{header}\r\n{quoted}\r\n", encoding="utf-8")
    (chunk,) = chunks(path)
    assert chunk.faults == ()
    assert chunk.columns["quantity"].to_pylist() == [1000]


@pytest.mark.parametrize("depth", [300, 1000])
@pytest.mark.parametrize("field", ["quantity", "warehouse", "stream", "colour"])
def test_a_deeply_nested_cell_is_a_fault_of_its_row(tmp_path: Path, field: str, depth: int):
    line = write(tmp_path / "custody.ndjson", [fact("custody", 1)]).read_text().strip()
    nested = f'{line[:-1]},"{field}":{"[" * depth}{"]" * depth}}}'
    path = tmp_path / "custody.ndjson"
    path.write_text(f"{line}\n{nested}\n{line}\n")
    assert {row for row, _, _ in faults(path)} == {2}
    (chunk,) = chunks(path)
    assert chunk.content(1) == nested


def test_a_json_row_keeps_repeated_keys_and_the_spelling_of_numbers(tmp_path: Path):
    path = tmp_path / "custody.ndjson"
    line = '{"quantity": 1.50, "quantity": 1e3}'
    path.write_text(line + "\n")
    (chunk,) = chunks(path)
    assert chunk.content(0) == line
