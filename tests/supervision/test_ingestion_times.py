"""Positions and times: what was known when, on both databases."""

from pathlib import Path

import sqlalchemy as sa

from supervision.archive import Archive
from supervision.batches import Backfill, Counts
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from supervision.tables import BATCH, FACTS
from tests.supervision.conftest import Ingest
from tests.supervision.facts import (
    DAY,
    NOW,
    fact,
    reversal,
    write,
)
from tests.supervision.ingested import facts


def test_positions_increase_strictly_over_all_streams(
    record: Record, ingest: Ingest, tmp_path: Path
):
    custody = write(tmp_path / "custody.parquet", facts(0, 10))
    title = write(
        tmp_path / "title.parquet", [fact("title", n, message_id=f"t-{n}") for n in range(10)]
    )
    ingest(custody, title, chunk=3)
    positions = [
        p for s in ("custody", "title") for c in record.scan(s) for p in c["position"].tolist()
    ]
    assert positions == sorted(set(positions))
    assert record.position() == positions[-1]


def test_what_is_known_is_known_when_it_was_received(
    record: Record, ingest: Ingest, tmp_path: Path
):
    rows = [fact("custody", 1), fact("custody", 2, recorded_at=NOW + 60_000_000)]
    ingest(write(tmp_path / "custody.parquet", rows))
    (columns,) = record.scan("custody")
    assert columns["known_at"].tolist() == [NOW, NOW + 60_000_000]


def test_a_declared_backfill_is_known_when_its_provider_knew_it(
    record: Record, ingest: Ingest, tmp_path: Path
):
    rows = [fact("custody", 1), fact("custody", 2, occurred_at=NOW - DAY)]
    path = write(tmp_path / "custody.parquet", rows)
    ingest(path, backfill=Backfill("warehouse joins", "lin"))
    (columns,) = record.scan("custody")
    assert columns["known_at"].tolist() == [rows[0]["recorded_at"], NOW - DAY]
    with record.engine.connect() as connection:
        batch = connection.execute(sa.select(BATCH)).one()
        received = connection.execute(sa.select(FACTS["custody"].c.received_at)).scalars().all()
    assert (batch.backfill_reason, batch.backfill_by) == ("warehouse joins", "lin")
    assert received == [None, None]


def test_a_row_in_the_future_goes_in_when_its_time_has_come(
    record: Record, ingest: Ingest, tmp_path: Path
):
    path = write(
        tmp_path / "custody.parquet",
        [fact("custody", 1), fact("custody", 2, recorded_at=NOW + DAY)],
    )
    assert ingest(path).files[0].reasons == {"in_the_future": 1}
    assert ingest(path, now=NOW + DAY).files[0].counts == Counts(2, 1, 0, 1)


def test_each_file_is_received_when_it_arrived(record: Record, tmp_path: Path):
    files = [
        write(tmp_path / "custody.parquet", [fact("custody", 1)]),
        write(tmp_path / "title.parquet", [fact("title", 1, message_id="t-2")]),
    ]
    times = iter(range(NOW + 1, NOW + 100))
    archive = Archive(tmp_path / "archive")
    ingestion = Ingestion(record.engine, archive, Terms(NOW), clock=lambda: next(times))
    assert not ingestion.run(files).failed
    received = {
        stream: [known for rows in record.scan(stream) for known in rows["known_at"].tolist()]
        for stream in ("custody", "title")
    }
    assert received == {"custody": [NOW + 1], "title": [NOW + 2]}


def test_a_reversal_that_waited_is_known_after_the_file_it_waited_for(
    record: Record, tmp_path: Path
):
    first = tmp_path / "first"
    first.mkdir()
    files = [
        write(first / "custody.parquet", [reversal(9, "m-1")]),
        write(tmp_path / "custody.parquet", [fact("custody", 1)]),
    ]
    times = iter(range(NOW + 1, NOW + 100))
    archive = Archive(tmp_path / "archive")
    ingestion = Ingestion(record.engine, archive, Terms(NOW), clock=lambda: next(times))
    assert ingestion.run(files).reversals_settled == 1
    (rows,) = record.scan("custody")
    assert (rows["known_at"].tolist(), rows["reversed_at"].tolist()) == ([NOW + 2], [NOW + 3])
