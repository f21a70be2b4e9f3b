"""Memory does not grow with the file."""

import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from supervision.archive import Archive
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from tests.supervision.facts import NOW, fact, table

CHUNK = 1_000


def peak(folder: Path, form: str, rows: int) -> int:
    """Most bytes that Python and Arrow held at once while a file of so many rows went in."""
    folder.mkdir()
    path = folder / f"custody.{form}"
    whole = table("custody", [fact("custody", n) for n in range(rows)])
    if form == "parquet":
        # One row group is the worst case for a reader; pages are as small against it as in a
        # large file.
        pq.write_table(whole, path, use_dictionary=False, data_page_size=10_000)
    else:
        pa.csv.write_csv(whole.drop(["reverses"]), path)
    del whole
    record = Record.open(f"sqlite:///{folder / 'record.db'}", create=True)
    ingestion = Ingestion(record.engine, Archive(folder / "archive"), Terms(NOW), chunk=CHUNK)
    held = 0

    def watch(_: object) -> None:
        nonlocal held
        held = max(held, pa.total_allocated_bytes())

    ingestion.progress = watch
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        report = ingestion.run([path])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        record.close()
    assert report.files[0].counts.accepted == rows
    return most + held - before


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_ten_times_the_rows_need_no_more_memory(tmp_path: Path, form: str):
    peak(tmp_path / "warm", form, CHUNK)  # what is imported and cached at first use
    small = peak(tmp_path / "small", form, 2 * CHUNK)
    large = peak(tmp_path / "large", form, 20 * CHUNK)
    assert large < 1.5 * small
