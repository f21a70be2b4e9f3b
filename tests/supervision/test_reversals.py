"""Reversals: by the same provider, in the same stream, once, and only after their message."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from supervision.arrays import NEVER
from supervision.batches import Backfill, Counts
from supervision.record import Record
from supervision.tables import QUARANTINE
from tests.supervision.conftest import Ingest
from tests.supervision.facts import DAY, NOW, Row, fact, reversal, write


def reversed_at(record: Record, up_to: int | None = None) -> dict[int, int]:
    return {
        position: at
        for columns in record.scan("custody", up_to=up_to)
        for position, at in zip(
            columns["position"].tolist(), columns["reversed_at"].tolist(), strict=True
        )
    }


def reasons(record: Record) -> list[str]:
    query = sa.select(QUARANTINE.c.reason).where(QUARANTINE.c.settled_at.is_(None))
    with record.engine.connect() as connection:
        return sorted(connection.execute(query).scalars())


def custody(folder: Path, name: str, rows: list[Row]) -> Path:
    (folder / name).mkdir()
    return write(folder / name / "custody.ndjson", rows)


@pytest.mark.parametrize("chunk", [1, 100])
def test_a_reversal_takes_its_message_back(
    record: Record, ingest: Ingest, tmp_path: Path, chunk: int
):
    rows = [fact("custody", 1), fact("custody", 2), reversal(3, "m-1")]
    report = ingest(custody(tmp_path, "a", rows), chunk=chunk)
    assert report.files[0].counts == Counts(3, 3, 0, 0)
    assert reversed_at(record) == {1: NOW, 2: NEVER}


def test_a_reversal_is_not_seen_before_its_position(record: Record, ingest: Ingest, tmp_path: Path):
    ingest(custody(tmp_path, "a", [fact("custody", 1), reversal(2, "m-1")]))
    assert reversed_at(record, up_to=1) == {1: NEVER}
    assert reversed_at(record, up_to=2) == {1: NOW}


def test_a_reversal_in_a_backfill_is_known_when_its_provider_knew_it(
    record: Record, ingest: Ingest, tmp_path: Path
):
    rows = [fact("custody", 1), reversal(2, "m-1", recorded_at=NOW - DAY)]
    ingest(custody(tmp_path, "a", rows), backfill=Backfill("joins", "lin"))
    assert reversed_at(record) == {1: NOW - DAY}


@pytest.mark.parametrize("chunk", [1, 100])
def test_a_message_is_reversed_once(record: Record, ingest: Ingest, tmp_path: Path, chunk: int):
    rows = [fact("custody", 1), reversal(2, "m-1"), reversal(3, "m-1")]
    report = ingest(custody(tmp_path, "a", rows), chunk=chunk)
    assert report.files[0].reasons == {"reversal_repeated": 1}


@pytest.mark.parametrize("chunk", [1, 100])
def test_a_reversal_sent_twice_is_a_duplicate(
    record: Record, ingest: Ingest, tmp_path: Path, chunk: int
):
    rows = [fact("custody", 1), reversal(2, "m-1"), reversal(2, "m-1")]
    report = ingest(custody(tmp_path, "a", rows), chunk=chunk)
    assert report.files[0].counts == Counts(3, 2, 0, 1)


@pytest.mark.parametrize("chunk", [1, 100])
def test_a_reversal_cannot_be_reversed(record: Record, ingest: Ingest, tmp_path: Path, chunk: int):
    rows = [fact("custody", 1), reversal(2, "m-1"), reversal(3, "m-2"), reversal(4, "m-4")]
    report = ingest(custody(tmp_path, "a", rows), chunk=chunk)
    assert report.files[0].reasons == {"reversal_of_reversal": 2}


def test_another_stream_cannot_reverse(record: Record, ingest: Ingest, tmp_path: Path):
    title = write(tmp_path / "title.ndjson", [fact("title", 1)])
    report = ingest(title, custody(tmp_path, "a", [reversal(2, "m-1")]))
    assert report.files[1].reasons == {"reversal_of_other_stream": 1}


def test_another_provider_cannot_reverse(record: Record, ingest: Ingest, tmp_path: Path):
    rows = [fact("custody", 1), reversal(2, "m-1", provider_id="WH-2")]
    report = ingest(custody(tmp_path, "a", rows))
    assert report.files[0].reasons == {"reversal_waits": 1}
    assert reversed_at(record) == {1: NEVER}


@pytest.mark.parametrize("name", ["custody.ndjson", "custody.csv", "custody.parquet"])
def test_a_reversal_that_comes_too_early_waits_and_is_tried_again(
    record: Record, ingest: Ingest, tmp_path: Path, name: str
):
    early = ingest(write(tmp_path / name, [fact("custody", 9), reversal(2, "m-1")]))
    assert early.files[0].reasons == {"reversal_waits": 1}
    assert early.reversals_settled == 0
    assert reasons(record) == ["reversal_waits"]
    later = ingest(custody(tmp_path, "b", [fact("custody", 1)]), now=NOW + DAY)
    assert later.reversals_settled == 1
    assert reasons(record) == []
    # It takes effect when it is taken in, not when it first came: nothing is back-dated.
    assert reversed_at(record) == {1: NEVER, 2: NOW + DAY}
    assert record.status().streams[3].counts == Counts(3, 3, 0, 0)
    assert record.position() == 3


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_reversal_before_its_message_in_the_same_file_takes_effect_at_its_end(
    record: Record, ingest: Ingest, tmp_path: Path, chunk: int
):
    rows = [reversal(2, "m-1"), fact("custody", 1), fact("custody", 3)]
    report = ingest(custody(tmp_path, "a", rows), chunk=chunk)
    assert report.files[0].reasons == {"reversal_waits": 1}
    assert report.reversals_settled == 1
    assert reversed_at(record) == {1: NOW, 2: NEVER}


def test_two_waiting_reversals_of_one_message_are_settled_in_their_order(
    record: Record, ingest: Ingest, tmp_path: Path
):
    rows = [reversal(2, "m-1"), reversal(2, "m-1"), reversal(3, "m-1"), reversal(2, "m-7")]
    ingest(custody(tmp_path, "a", rows))
    ingest(custody(tmp_path, "b", [fact("custody", 1)]))
    assert reasons(record) == ["conflicting_content", "reversal_repeated"]
    assert record.status().streams[3].counts == Counts(5, 2, 2, 1)


def test_a_waiting_reversal_of_a_backfill_stays_a_backfill(
    record: Record, ingest: Ingest, tmp_path: Path
):
    early = reversal(2, "m-1")
    ingest(custody(tmp_path, "a", [early]), backfill=Backfill("joins", "lin"))
    ingest(custody(tmp_path, "b", [fact("custody", 1)]), now=NOW + DAY)
    assert reversed_at(record) == {1: early["recorded_at"]}
