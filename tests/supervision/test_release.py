"""Releasing rows from quarantine: judged as ever, kept with their origin, counted once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from supervision import database, ingestion
from supervision.archive import Archive
from supervision.batches import Counts
from supervision.chunk import Chunk
from supervision.errors import CargoworthyError
from supervision.ingestion import Terms
from supervision.lock import Occupied
from supervision.reasons import REJUDGED, Reason
from supervision.record import Record
from supervision.refused import Refused, refused, refused_at
from supervision.release import (
    Release,
    Repair,
    Unrepairable,
    Verdict,
    digest_of,
    judged,
    line_of,
    release,
)
from supervision.screening import Verdicts, screen
from supervision.tables import BATCH, QUARANTINE
from tests.supervision.conftest import Ingest
from tests.supervision.facts import DAY, NOW, Row, fact, lot, reversal, write

LATER = NOW + 5 * DAY
GOOD = Verdict()
DUPLICATE = Verdict(is_duplicate=True)


def sums(record: Record) -> Counts:
    """What became of all rows, from the batches; open rows are counted for themselves."""
    with record.engine.connect() as connection:
        totals = [
            int(connection.execute(sa.select(sa.func.sum(BATCH.c[name]))).scalar_one())
            for name in ("received", "accepted", "quarantined", "duplicate")
        ]
        held = sa.select(sa.func.count()).where(QUARANTINE.c.settled_at.is_(None))
        assert connection.execute(held).scalar_one() == totals[2]
    assert totals[0] == sum(totals[1:])
    return Counts(*totals)


def held(record: Record) -> dict[int, Refused]:
    return {one.row: one for one in refused(record.engine)}


def let_go(
    record: Record, folder: Path, rows: list[Refused], repair: Repair | None = None
) -> Release:
    lines = [line_of(row, repair) for row in rows]
    return release(record.engine, Archive(folder / "archive"), rows, lines, Terms(now=LATER))


def file(folder: Path, rows: list[Row], name: str = "custody.ndjson") -> Path:
    folder.mkdir(exist_ok=True)
    return write(folder / name, rows)


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
def test_a_field_put_right_lets_the_row_in_whatever_file_it_came_in(
    record: Record, ingest: Ingest, tmp_path: Path, form: str
):
    rows = [fact("custody", 1), fact("custody", 2, unit="t")]
    ingest(file(tmp_path / "in", rows, f"custody.{form}"))
    (row,) = refused(record.engine)
    assert (row.batch, row.row, row.format, row.received_at) == (1, 2, form, NOW)
    line = line_of(row, Repair("unit", "kg"))
    assert judged(record.engine, "custody", [line], Terms(now=LATER)) == (GOOD,)
    assert refused(record.engine) == (row,)
    assert sums(record) == Counts(2, 1, 1, 0)
    found = let_go(record, tmp_path, [row], Repair("unit", "kg"))
    assert (found.batch, found.verdicts) == (2, (GOOD,))
    assert found.digest == digest_of([line])
    assert Archive(tmp_path / "archive").path_of(found.digest).read_text() == line + "\n"
    assert not refused(record.engine)
    assert sums(record) == Counts(3, 2, 0, 1)
    (columns,) = record.scan("custody", after=1)
    assert columns["known_at"].tolist() == [LATER]
    assert columns["quantity"].tolist() == [1000]


def test_what_is_still_wrong_is_told_and_changes_nothing(
    record: Record, ingest: Ingest, tmp_path: Path
):
    ingest(file(tmp_path / "in", [fact("custody", 1, unit="t"), fact("custody", 2, kind="sold")]))
    rows = held(record)
    lines = [line_of(rows[1], Repair("unit", "lb")), line_of(rows[2])]
    unit, kind = judged(record.engine, "custody", lines, Terms(now=LATER))
    assert (unit.reason, kind.reason) == ("wrong_unit", "unknown_kind")
    assert "'lb'" in unit.detail
    assert not unit.passes
    assert sums(record) == Counts(2, 0, 2, 0)


def test_a_row_refused_again_at_its_release_stays_where_it_was(
    record: Record, ingest: Ingest, tmp_path: Path
):
    ingest(file(tmp_path / "in", [fact("custody", 1, unit="t")]))
    (row,) = refused(record.engine)
    for expected in (Counts(2, 0, 1, 1), Counts(3, 0, 1, 2)):
        found = let_go(record, tmp_path, [row], Repair("quantity", "7"))
        assert [one.reason for one in found.verdicts] == ["wrong_unit"]
        assert refused(record.engine) == (row,)
        assert sums(record) == expected


def test_a_time_that_lay_ahead_is_taken_in_when_it_has_come(
    record: Record, ingest: Ingest, tmp_path: Path
):
    ahead = fact("custody", 1, occurred_at=NOW + DAY, recorded_at=NOW + DAY)
    ingest(file(tmp_path / "in", [ahead]))
    (row,) = refused(record.engine)
    line = line_of(row)
    (early,) = judged(record.engine, "custody", [line], Terms(now=NOW))
    assert early.reason == "in_the_future"
    assert let_go(record, tmp_path, [row]).verdicts == (GOOD,)
    assert sums(record) == Counts(2, 1, 0, 1)


def test_many_rows_each_have_their_own_end(record: Record, ingest: Ingest, tmp_path: Path):
    rows = [fact("custody", n, unit="t") for n in (1, 2, 3)]
    ingest(file(tmp_path / "in", rows))
    ingest(file(tmp_path / "again", [fact("custody", 2)]))
    parts = [held(record)[n] for n in (1, 2, 3)]
    lines = [
        line_of(row, Repair("unit", unit))
        for row, unit in zip(parts, ("kg", "kg", "lb"), strict=True)
    ]
    told = judged(record.engine, "custody", lines, Terms(now=LATER))
    archive = Archive(tmp_path / "archive")
    found = release(record.engine, archive, parts, lines, Terms(now=LATER))
    assert found.verdicts == told
    assert [(one.reason, one.is_duplicate) for one in told] == [
        (None, False),
        (None, True),
        ("wrong_unit", False),
    ]
    assert refused(record.engine) == (parts[2],)
    assert sums(record) == Counts(7, 2, 1, 4)


def test_the_same_row_is_released_once(record: Record, ingest: Ingest, tmp_path: Path):
    ingest(file(tmp_path / "in", [fact("custody", 1, unit="t")]))
    (row,) = refused(record.engine)
    assert let_go(record, tmp_path, [row], Repair("unit", "kg")).verdicts == (GOOD,)
    assert let_go(record, tmp_path, [row], Repair("unit", "kg")).verdicts == (DUPLICATE,)
    assert sums(record) == Counts(3, 1, 0, 2)


@pytest.fixture
def refused_before(
    record: Record, ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Refused:
    """The one row of a file, refused by an earlier contract that did not know a choice yet."""

    def earlier(chunk: Chunk, now: int, provider: str | None = None) -> Verdicts:
        verdicts = screen(chunk, now, provider)
        verdicts.refuse(0, Reason.UNKNOWN_CHOICE, "warehouse: expected another, found 'W-7'")
        return verdicts

    assert Reason.UNKNOWN_CHOICE not in REJUDGED
    with monkeypatch.context() as patched:
        patched.setattr(ingestion, "screen", earlier)
        ingest(file(tmp_path / "in", [fact("custody", 1)]))
    (row,) = refused(record.engine)
    return row


def test_a_file_that_came_before_is_judged_anew_whatever_its_row_was_refused_for(
    record: Record, refused_before: Refused, tmp_path: Path
):
    line = line_of(refused_before)
    found = let_go(record, tmp_path, [refused_before])
    assert found.verdicts == (GOOD,)
    assert not refused(record.engine)
    assert sums(record) == Counts(2, 1, 0, 1)
    (columns,) = record.scan("custody")
    assert columns["quantity"].tolist() == [1000]
    kept = Archive(tmp_path / "archive").path_of(found.digest).read_text()
    assert kept == line + "\n\n"
    assert let_go(record, tmp_path, [refused_before]).verdicts == (DUPLICATE,)


def test_a_row_that_was_not_taken_in_stays_where_it_was(
    record: Record, refused_before: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # As when the very same file is sent between the choice of a new one and its ingestion.
    monkeypatch.setattr("supervision.release._never_taken_in", lambda _, __, lines: lines)
    (verdict,) = let_go(record, tmp_path, [refused_before]).verdicts
    assert verdict == Verdict(refused_before.reason, refused_before.detail)
    assert refused(record.engine) == (refused_before,)
    assert sums(record) == Counts(2, 0, 1, 1)
    assert record.position() == 0


# Writers of PostgreSQL do not wait for each other, and a missing table is a fault of the program.
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_while_somebody_else_writes_a_judgement_says_so(
    record: Record, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "_BUSY_MS", 20)
    monkeypatch.setattr(database, "_TURNS", 2)
    writer = sqlite3.connect(str(record.engine.url.database), isolation_level=None)
    with closing(writer):
        writer.execute("BEGIN IMMEDIATE")
        line = orjson.dumps(fact("custody", 1)).decode()
        with pytest.raises(Occupied):
            judged(record.engine, "custody", [line], Terms(now=LATER))
        writer.execute("ROLLBACK")
        assert judged(record.engine, "custody", [line], Terms(now=LATER)) == (GOOD,)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_database_that_cannot_go_on_is_not_taken_for_a_busy_one(record: Record):
    with database.writing(record.engine).begin() as connection:
        connection.execute(sa.text("DROP TABLE message_key"))
    line = orjson.dumps(fact("custody", 1)).decode()
    with pytest.raises(CargoworthyError, match="could not go on") as told:
        judged(record.engine, "custody", [line], Terms(now=LATER))
    assert not isinstance(told.value, Occupied)


def test_a_reversal_put_right_takes_its_message_back(
    record: Record, ingest: Ingest, tmp_path: Path
):
    rows = [fact("custody", 1), reversal(2, "m-1", recorded_at=NOW // 1_000_000)]
    ingest(file(tmp_path / "in", rows))
    (row,) = refused(record.engine)
    found = let_go(record, tmp_path, [row], Repair("recorded_at", str(NOW - DAY)))
    assert found.verdicts == (GOOD,)
    (columns,) = record.scan("custody")
    assert columns["reversed_at"].tolist() == [LATER]


def test_with_the_ports_key_a_forged_code_stays_out(record: Record, ingest: Ingest, tmp_path: Path):
    forged = fact("custody", 1, cargo_code=lot(1, key=b"another"), unit="t")
    ingest(file(tmp_path / "in", [forged]), port_key=b"the port's key")
    (row,) = refused(record.engine)
    line = line_of(row, Repair("unit", "kg"))
    terms = Terms(now=LATER, port_key=b"the port's key")
    assert judged(record.engine, "custody", [line], terms)[0].reason == "forged_cargo_code"


def test_a_field_is_left_out(record: Record, ingest: Ingest, tmp_path: Path):
    ingest(file(tmp_path / "in", [fact("custody", 1, driver="Wang")]))
    (row,) = refused(record.engine)
    assert row.reason == "unknown_field"
    assert let_go(record, tmp_path, [row], Repair("driver", "")).verdicts == (GOOD,)


def test_a_line_that_cannot_be_read_is_its_providers_to_mend(
    record: Record, ingest: Ingest, tmp_path: Path
):
    path = tmp_path / "custody.ndjson"
    path.write_text("{broken\n")
    ingest(path)
    (row,) = refused(record.engine)
    with pytest.raises(Unrepairable, match="row 1: expected fields"):
        line_of(row)


def test_rows_are_found_by_their_places_and_a_page_at_a_time(
    record: Record, ingest: Ingest, tmp_path: Path
):
    ingest(file(tmp_path / "a", [fact("custody", n, unit="t") for n in (1, 2, 3)]))
    ingest(file(tmp_path / "b", [fact("custody", 4, unit="t")]))
    places = [(one.batch, one.row) for one in refused(record.engine)]
    assert places == [(2, 1), (1, 1), (1, 2), (1, 3)]
    paged = refused(record.engine, most=2, skip=1)
    assert [(one.batch, one.row) for one in paged] == [(1, 1), (1, 2)]
    found = refused_at(record.engine, [(1, 3), (2, 2), (2, 1)])
    assert [(one.batch, one.row) for one in found] == [(1, 3), (2, 1)]
