"""Files of the contract: names, formats, columns."""

from pathlib import Path

import pytest

from supervision.contract.messages import STREAMS
from supervision.errors import UsageError
from supervision.files import FileError, check_columns, expand, open_rows, source_of
from tests.supervision.facts import fact, write


def test_files_of_a_folder_come_in_the_order_of_streams(tmp_path: Path):
    for stream in sorted(STREAMS):
        write(tmp_path / f"{stream}.csv", [fact(stream, 1)])
    (tmp_path / "notes.txt").write_text("not a file of the contract")
    assert [path.stem for path in expand([tmp_path])] == list(STREAMS)


def test_files_that_are_named_come_as_they_are_named(tmp_path: Path):
    paths = [write(tmp_path / f"{s}.csv", [fact(s, 1)]) for s in ("outcome", "custody")]
    assert expand(paths) == paths


def test_a_path_that_is_not_there_is_a_wrong_call(tmp_path: Path):
    with pytest.raises(UsageError, match="found nothing"):
        expand([tmp_path / "custody.parquet"])


def test_a_folder_without_files_of_the_contract_is_a_wrong_call(tmp_path: Path):
    with pytest.raises(UsageError, match="found none"):
        expand([tmp_path])


def test_a_file_named_after_no_stream_is_refused(tmp_path: Path):
    with pytest.raises(FileError, match="expected a file named after its stream"):
        source_of(tmp_path / "weather.parquet")


def test_a_file_of_another_format_is_refused(tmp_path: Path):
    with pytest.raises(FileError, match=r"ending in \.parquet"):
        source_of(tmp_path / "custody.xlsx")


def test_a_column_too_many_is_refused():
    with pytest.raises(FileError, match="colour"):
        check_columns("custody", [*fact("custody", 1), "colour"])


def test_a_column_that_stands_twice_is_refused():
    with pytest.raises(FileError, match="more than once"):
        check_columns("custody", [*fact("custody", 1), "kind"])


@pytest.mark.parametrize("column", ["message_id", "provider_id", "warehouse", "kind"])
def test_a_required_column_that_is_missing_is_refused(column: str):
    with pytest.raises(FileError, match=column):
        check_columns("custody", [name for name in fact("custody", 1) if name != column])


def test_a_file_of_reversals_alone_needs_only_the_envelope():
    names = ["message_id", "provider_id", "occurred_at", "recorded_at", "reverses"]
    check_columns("custody", names)
    with pytest.raises(FileError, match="kind"):
        check_columns("custody", names[:-1])


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all"])
def test_a_broken_parquet_file_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "custody.parquet"
    path.write_bytes(content)
    with pytest.raises(FileError, match="cannot be read"):
        open_rows(path, "custody", "parquet")


def test_an_empty_csv_file_is_refused(tmp_path: Path):
    path = tmp_path / "custody.csv"
    path.write_bytes(b"")
    with pytest.raises(FileError, match="header"):
        open_rows(path, "custody", "csv")


@pytest.mark.parametrize("form", ["parquet", "csv", "ndjson"])
@pytest.mark.parametrize("after", [0, 1, 6, 7, 15, 16])
def test_chunks_go_on_after_any_row(tmp_path: Path, form: str, after: int):
    path = write(tmp_path / f"custody.{form}", [fact("custody", n) for n in range(1, 17)])
    chunks = list(open_rows(path, "custody", form).chunks(after, 5))
    ids = [i for chunk in chunks for i in chunk.columns["message_id"].to_pylist()]
    assert ids == [f"m-{n}" for n in range(after + 1, 17)]
    assert [n for c in chunks for n in c.numbers.tolist()] == list(range(after + 1, 17))
    assert [c.end for c in chunks][-1:] == ([16] if after < 16 else [])
    assert all(len(chunk) <= 5 for chunk in chunks)
