"""Ingestion: every row is accepted, quarantined or a duplicate, on both databases."""

import dataclasses
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from supervision.archive import Archive
from supervision.batches import Backfill, Counts
from supervision.contract.messages import STREAMS
from supervision.errors import CargoworthyError
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from supervision.tables import BATCH, LOT, MESSAGE_KEY, NAME, QUARANTINE, indexes
from tests.supervision.conftest import Ingest
from tests.supervision.facts import (
    KEY,
    NOW,
    credit_code,
    fact,
    lot,
    table,
    write,
)
from tests.supervision.ingested import balanced, facts, ids, quarantined


@pytest.mark.parametrize("form", ["parquet", "csv", "ndjson"])
def test_a_file_of_each_stream_goes_in(record: Record, ingest: Ingest, tmp_path: Path, form: str):
    paths = [write(tmp_path / f"{s}.{form}", [fact(s, n) for n in range(3)]) for s in STREAMS]
    # Ids are unique within a provider over all streams.
    for path in paths:
        rows = [fact(path.stem, n, message_id=f"{path.stem}-{n}") for n in range(3)]
        write(path, rows)
    report = ingest(*paths)
    assert [f.counts for f in report.files] == [Counts(3, 3, 0, 0)] * len(STREAMS)
    assert record.position() == 3 * len(STREAMS)
    assert not report.failed


def test_bad_rows_are_kept_and_the_rest_goes_in(record: Record, ingest: Ingest, tmp_path: Path):
    rows = facts(0, 6)
    rows[1]["unit"] = "t"
    rows[3]["enterprise_id"] = credit_code(1)[:-1] + "0"
    rows[4]["cargo_code"] = lot(1)[:-1] + ("0" if lot(1)[-1] != "0" else "1")
    report = ingest(write(tmp_path / "custody.parquet", rows))
    assert report.files[0].counts == Counts(6, 3, 3, 0)
    assert report.files[0].reasons == {
        "wrong_unit": 1,
        "bad_credit_code": 1,
        "bad_cargo_code": 1,
    }
    assert quarantined(record) == [
        (2, "wrong_unit", rows[1]),
        (4, "bad_credit_code", rows[3]),
        (5, "bad_cargo_code", rows[4]),
    ]
    assert ids(record) == ["m-0", "m-2", "m-5"]


def test_names_of_refused_rows_are_not_kept(record: Record, ingest: Ingest, tmp_path: Path):
    rows = [fact("custody", 1, cargo_code=lot(5), unit="t"), fact("custody", 2)]
    rows.append(fact("custody", 3, cargo_code=lot(6), enterprise_id=credit_code(1)[:-1] + "0"))
    ingest(write(tmp_path / "custody.parquet", rows))
    assert set(record.number_of([lot(1), lot(5), lot(6)])) == {lot(1)}
    assert len(record.lots()["lot"]) == 1


def test_a_forged_cargo_code_is_found_only_with_the_ports_key(
    record: Record, ingest: Ingest, tmp_path: Path
):
    rows = [fact("custody", 1), fact("custody", 2, cargo_code=lot(2, key=b"a forger's key"))]
    path = write(tmp_path / "custody.parquet", rows)
    assert ingest(path, port_key=KEY).files[0].reasons == {"forged_cargo_code": 1}
    # Judged again without the key: the row goes in, the other is a duplicate.
    assert ingest(path).files[0].counts == Counts(2, 1, 0, 1)


def test_a_file_that_cannot_be_read_holds_up_no_other(
    record: Record, ingest: Ingest, tmp_path: Path
):
    good = write(tmp_path / "custody.parquet", facts(0, 2))
    wide = tmp_path / "title.parquet"
    rows = table("title", [fact("title", 1, message_id="t-1")])
    pq.write_table(rows.append_column("colour", pa.array(["blue"])), wide)
    unknown = tmp_path / "weather.parquet"
    unknown.write_bytes(b"rain")
    torn = tmp_path / "pledge.parquet"
    torn.write_bytes(good.read_bytes()[:500])
    report = ingest(wide, unknown, torn, good)
    assert report.failed
    errors = [file.error or "" for file in report.files]
    assert "colour" in errors[0]
    assert "named after its stream" in errors[1]
    assert "cannot be read" in errors[2]
    assert report.files[3].counts == Counts(2, 2, 0, 0)
    with record.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(BATCH)).scalar() == 1


def test_a_file_without_rows_goes_in(record: Record, ingest: Ingest, tmp_path: Path):
    report = ingest(write(tmp_path / "custody.parquet", []))
    assert report.files[0].counts == Counts()
    assert record.status().unfinished == ()


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("form", ["parquet", "csv", "ndjson"])
def test_an_interrupted_file_goes_on_where_it_stopped(
    record: Record, ingest: Ingest, tmp_path: Path, form: str
):
    rows = facts(0, 20)
    rows[4]["unit"] = "t"
    path = write(tmp_path / f"custody.{form}", rows)

    def kill(progress):
        if progress.rows >= 9:
            raise Killed

    archive = Archive(tmp_path / "archive")
    ingestion = Ingestion(record.engine, archive, Terms(NOW), kill, chunk=3)
    with pytest.raises(Killed):
        ingestion.run([path])
    assert record.status().unfinished == (path.name,)
    report = ingest(path, chunk=4)
    assert report.files[0].resumed_after == 9
    assert report.files[0].counts == Counts(20, 19, 1, 0)
    assert ids(record) == [f"m-{n}" for n in range(20) if n != 4]
    assert record.status().unfinished == ()


def test_a_backfill_that_was_interrupted_goes_on_only_as_that_backfill(
    record: Record, ingest: Ingest, tmp_path: Path
):
    path = write(tmp_path / "custody.parquet", facts(0, 20))
    declared = Backfill("warehouse joins", "lin")

    def kill(_):
        raise Killed

    archive = Archive(tmp_path / "archive")
    ingestion = Ingestion(record.engine, archive, Terms(NOW, declared), kill, chunk=3)
    with pytest.raises(Killed):
        ingestion.run([path])
    assert "warehouse joins" in (ingest(path).files[0].error or "")
    assert ingest(path, backfill=declared).files[0].counts.accepted == 20


def test_the_record_is_the_same_whatever_the_chunks(record: Record, ingest: Ingest, tmp_path: Path):
    rows = [fact("custody", n % 11, quantity=n % 4) for n in range(40)]
    one = ingest(write(tmp_path / "custody.parquet", rows), chunk=100).files[0]
    (expected,) = record.scan("custody")
    other = Record.open(f"sqlite:///{tmp_path / 'other.db'}", create=True)
    terms = Terms(NOW)
    ingestion = Ingestion(other.engine, Archive(tmp_path / "archive"), terms, chunk=3)
    two = ingestion.run([tmp_path / "custody.parquet"]).files[0]
    (found,) = other.scan("custody")
    other.close()
    assert (one.counts, one.reasons) == (two.counts, two.reasons)
    assert {n: v.tolist() for n, v in expected.items()} == {n: v.tolist() for n, v in found.items()}


def test_indexes_are_built_after_the_first_ingestion(
    record: Record, ingest: Ingest, tmp_path: Path
):
    ingest(write(tmp_path / "title.parquet", [fact("title", 1)]))
    found = {index["name"] for index in sa.inspect(record.engine).get_indexes("title")}
    assert found == {name for name, _ in indexes("title")}
    assert sa.inspect(record.engine).get_indexes("custody") == []


def test_indexes_that_an_interruption_left_out_are_built_by_the_next_ingestion(
    record: Record, ingest: Ingest, tmp_path: Path
):
    path = write(tmp_path / "custody.parquet", facts(0, 3))
    ingest(path)
    with record.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX custody_by_enterprise_id")
    assert ingest(path).files[0].repeats == 1
    found = {index["name"] for index in sa.inspect(record.engine).get_indexes("custody")}
    assert found == {name for name, _ in indexes("custody")}


def test_a_database_that_cannot_go_on_is_told(tmp_path: Path):
    record = Record.open(f"sqlite:///{tmp_path / 'record.db'}", create=True)
    with record.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE message_key")
    path = write(tmp_path / "custody.parquet", facts(0, 3))
    ingestion = Ingestion(record.engine, Archive(tmp_path / "archive"), Terms(NOW))
    with pytest.raises(CargoworthyError, match="start the same ingestion again"):
        ingestion.run([path])
    record.close()


def test_every_accepted_message_has_its_key_and_every_lot_its_parts(
    record: Record, ingest: Ingest, tmp_path: Path
):
    given = [fact("custody", n, cargo_code=lot(n % 3, owner=n % 2)) for n in range(12)]
    ingest(write(tmp_path / "custody.parquet", given), chunk=5)
    with record.engine.connect() as connection:
        keys = connection.execute(sa.select(MESSAGE_KEY).order_by(MESSAGE_KEY.c.position)).all()
        lots = connection.execute(sa.select(LOT)).all()
        names = dict(connection.execute(sa.select(NAME.c.number, NAME.c.text)).all())
    assert [key.position for key in keys] == list(range(1, 13))
    assert all(0 <= key.hash < 2**60 for key in keys)
    for one in lots:
        assert names[one.lot].startswith(f"{names[one.owner]}-{names[one.commodity]}-")
    assert {names[one.lot] for one in lots} == {row["cargo_code"] for row in given}


def test_the_archive_keeps_what_came_even_if_it_is_refused(
    record: Record, ingest: Ingest, tmp_path: Path
):
    path = tmp_path / "custody.parquet"
    path.write_bytes(b"no parquet")
    ingest(path)
    kept = [p for p in (tmp_path / "archive").rglob("*") if p.is_file()]
    assert [p.read_bytes() for p in kept] == [b"no parquet"]


def test_all_reports_balance(record: Record, ingest: Ingest, tmp_path: Path):
    rows = [fact("custody", n % 5, quantity=n % 3 - 1) for n in range(30)]
    report = ingest(write(tmp_path / "custody.ndjson", rows), chunk=4)
    assert balanced(report)
    assert dataclasses.asdict(report)["files"][0]["counts"]["received"] == 30


def test_a_deeply_nested_row_holds_up_no_other(record: Record, ingest: Ingest, tmp_path: Path):
    path = write(tmp_path / "custody.ndjson", facts(0, 4))
    nested = f'{{"quantity":{"[" * 300}{"]" * 300}}}'
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], nested, *lines[2:]]) + "\n")
    assert ingest(path).files[0].counts == Counts(5, 4, 1, 0)
    with record.engine.connect() as connection:
        assert connection.execute(sa.select(QUARANTINE.c.content)).scalar_one() == nested


def test_a_damaged_file_is_told_as_failed_and_not_as_unfinished(
    record: Record, ingest: Ingest, tmp_path: Path
):
    path = tmp_path / "custody.parquet"
    pq.write_table(table("custody", facts(0, 40)), path, row_group_size=20, use_dictionary=False)
    groups = pq.ParquetFile(path).metadata
    start = groups.row_group(1).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + 200] = bytes(200)
    path.write_bytes(content)
    first, again = ingest(path, chunk=20).files[0], ingest(path, chunk=20).files[0]
    assert "damaged after row 20" in (first.error or "")
    assert first.counts == Counts(20, 20, 0, 0)
    assert again.error == first.error
    assert again.counts == Counts(20, 0, 0, 20)
    status = record.status()
    assert status.unfinished == ()
    assert status.failed == (f"custody.parquet: {first.error}",)


def test_what_a_killed_ingestion_left_in_the_archive_is_removed(
    record: Record, ingest: Ingest, tmp_path: Path
):
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "incoming-left").write_bytes(b"half")
    ingest(write(tmp_path / "custody.parquet", facts(0, 2)))
    assert list((tmp_path / "archive").glob("incoming-*")) == []
