"""What came late: known by a time, in the record only after a position."""

from pathlib import Path

from supervision.backfills import came_late
from supervision.batches import Backfill
from supervision.record import Record
from tests.supervision.conftest import Ingest
from tests.supervision.facts import DAY, NOW, Row, fact, reversal, write


def _file(folder: Path, name: str, stream: str, rows: list[Row]) -> Path:
    (folder / name).mkdir()
    return write(folder / name / f"{stream}.ndjson", rows)


def test_only_rows_between_the_positions_and_known_by_the_time_are_late(
    record: Record, ingest: Ingest, tmp_path: Path
) -> None:
    joins = Backfill("joins", "lin")
    ingest(_file(tmp_path, "a", "outcome", [fact("outcome", 1), fact("outcome", 2)]))
    before = record.position()
    ingest(_file(tmp_path, "b", "outcome", [fact("outcome", 3)]), backfill=joins)
    after = record.position()
    known = NOW - 9 * DAY + 3  # when its provider's system learnt it
    assert came_late(record, ["outcome"], (before, after), known)
    assert not came_late(record, ["outcome"], (before, after), known - 1)
    assert not came_late(record, ["outcome"], (before, before), known)
    assert not came_late(record, ["outcome"], (after, after + 9), known)
    assert not came_late(record, ["financing", "enterprise"], (before, after), known)
    assert came_late(record, ["financing", "outcome"], (0, before), NOW)


def test_a_late_reversal_is_late_too(record: Record, ingest: Ingest, tmp_path: Path) -> None:
    ingest(_file(tmp_path, "a", "outcome", [fact("outcome", 1)]))
    before = record.position()
    rows = [reversal(2, "m-1", recorded_at=NOW - DAY)]
    ingest(_file(tmp_path, "b", "outcome", rows), backfill=Backfill("joins", "lin"))
    between = (before, record.position())
    assert came_late(record, ["outcome"], between, NOW - DAY)
    assert not came_late(record, ["outcome"], between, NOW - DAY - 1)
    assert not came_late(record, ["custody"], between, NOW)
