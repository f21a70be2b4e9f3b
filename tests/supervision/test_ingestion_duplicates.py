"""The same message twice is a duplicate; another under its id is quarantined."""

from pathlib import Path

import pyarrow as pa
import pytest

from supervision.batches import Counts
from supervision.record import Record
from tests.supervision.conftest import Ingest
from tests.supervision.facts import (
    fact,
    write,
)
from tests.supervision.ingested import facts, ids, quarantined


def test_the_same_file_again_is_all_duplicates_and_not_read(
    record: Record, ingest: Ingest, tmp_path: Path
):
    rows = facts(0, 5)
    rows[2]["unit"] = "t"
    path = write(tmp_path / "custody.parquet", rows)
    ingest(path)
    again = ingest(path).files[0]
    assert again.counts == Counts(5, 0, 0, 5)
    assert again.repeats == 1
    assert record.status().streams[3].counts == Counts(10, 4, 1, 5)


def test_the_same_rows_in_another_file_are_duplicates(
    record: Record, ingest: Ingest, tmp_path: Path
):
    ingest(write(tmp_path / "custody.parquet", facts(0, 50)))
    report = ingest(write(tmp_path / "custody.ndjson", facts(25, 75)), chunk=7)
    assert report.files[0].counts == Counts(50, 25, 0, 25)
    assert ids(record) == [f"m-{n}" for n in range(75)]


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_duplicates_within_a_file_are_found_whatever_the_chunks(
    record: Record, ingest: Ingest, tmp_path: Path, chunk: int
):
    rows = [fact("custody", n) for n in (1, 2, 1, 3, 2, 1)]
    report = ingest(write(tmp_path / "custody.csv", rows), chunk=chunk)
    assert report.files[0].counts == Counts(6, 3, 0, 3)


@pytest.mark.parametrize("chunk", [1, 100])
def test_other_content_under_an_id_is_quarantined(
    record: Record, ingest: Ingest, tmp_path: Path, chunk: int
):
    rows = [fact("custody", 1), fact("custody", 1, quantity=999), fact("custody", 1)]
    report = ingest(write(tmp_path / "custody.parquet", rows), chunk=chunk)
    assert report.files[0].counts == Counts(3, 1, 1, 1)
    assert quarantined(record) == [(2, "conflicting_content", rows[1])]


def test_an_id_is_unique_over_the_streams_of_a_provider(
    record: Record, ingest: Ingest, tmp_path: Path
):
    ingest(write(tmp_path / "custody.parquet", [fact("custody", 1)]))
    report = ingest(write(tmp_path / "title.parquet", [fact("title", 1)]))
    assert report.files[0].reasons == {"conflicting_content": 1}


def test_another_provider_may_use_the_same_id(record: Record, ingest: Ingest, tmp_path: Path):
    rows = [fact("custody", 1), fact("custody", 1, provider_id="WH-2")]
    assert ingest(write(tmp_path / "custody.parquet", rows)).files[0].counts.accepted == 2


def test_two_ids_of_one_hash_are_told_apart(
    record: Record, ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import supervision.settlement as settlement

    # A hash so poor that ids collide; the real one would need some 10**9 messages.
    def poor(providers, ids):
        return providers * 0 + pa.compute.binary_length(ids).to_numpy() % 2

    monkeypatch.setattr(settlement, "hashes", poor)
    ingest(write(tmp_path / "custody.parquet", facts(0, 30)))
    report = ingest(write(tmp_path / "custody.ndjson", [*facts(20, 40), *facts(35, 45)]), chunk=6)
    assert report.files[0].counts == Counts(30, 15, 0, 15)
    assert ids(record) == [f"m-{n}" for n in range(45)]
