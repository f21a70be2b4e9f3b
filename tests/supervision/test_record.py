"""The record as the rooms above read it, on both databases."""

import contextlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from supervision.arrays import MISSING, NEVER
from supervision.batches import Counts
from supervision.contract.columns import column, columns
from supervision.contract.messages import STREAMS
from supervision.database import DatabaseMissing, engine_of
from supervision.errors import UsageError
from supervision.message_reference import MessageReference
from supervision.record import Record, row_columns
from tests.supervision.conftest import Ingest
from tests.supervision.facts import NOW, Row, credit_code, fact, lot, reversal, write


@pytest.fixture
def custody(record: Record, ingest: Ingest, tmp_path: Path) -> list[Row]:
    """Forty custody messages of four enterprises and five lots, one of them reversed."""
    rows = [
        fact("custody", n, enterprise_id=credit_code(n % 4), cargo_code=lot(n % 5), quantity=n)
        for n in range(40)
    ]
    path = write(tmp_path / "custody.parquet", [*rows, reversal(99, "m-3")])
    ingest(path, chunk=16)
    return rows


def test_rows_come_as_columns_of_the_contract(record: Record, custody: list[Row]):
    (scanned,) = record.scan("custody")
    assert tuple(scanned) == row_columns("custody")
    assert set(scanned) == {"position", "batch", "known_at", "reversed_at"} | {
        c.name for c in columns("custody") if c.kind != "text"
    }
    assert all(v.dtype == np.int64 and len(v) == 40 for v in scanned.values())
    assert scanned["quantity"].tolist() == [row["quantity"] for row in custody]
    assert set(scanned["kind"].tolist()) == {column("custody", "kind").code("received")}
    assert set(scanned["pile"].tolist()) == {MISSING}
    assert scanned["reversed_at"].tolist() == [NEVER] * 3 + [NOW] + [NEVER] * 36


def test_names_are_numbers_that_lead_back(record: Record, custody: list[Row]):
    (scanned,) = record.scan("custody")
    texts = record.text_of(scanned["cargo_code"].tolist())
    assert [texts[n] for n in scanned["cargo_code"].tolist()] == [r["cargo_code"] for r in custody]
    numbers = record.number_of([credit_code(1), "nobody"])
    assert record.text_of(list(numbers.values())) == {numbers[credit_code(1)]: credit_code(1)}
    assert set(numbers) == {credit_code(1)}


@pytest.mark.parametrize("by", ["enterprise_id", "cargo_code"])
@pytest.mark.parametrize("up_to", [None, 0, 1, 17, 40])
def test_rows_of_subjects_are_those_a_scan_finds(
    record: Record, custody: list[Row], by: str, up_to: int | None
):
    (scanned,) = record.scan("custody")
    among = np.unique(scanned[by])[[0, 2]].tolist()
    chosen = np.isin(scanned[by], among)
    chosen &= scanned["position"] <= (10**6 if up_to is None else up_to)
    expected = {name: values[chosen] for name, values in scanned.items()}
    if up_to is not None:
        expected["reversed_at"] = np.full(int(chosen.sum()), NEVER)
    found = record.rows("custody", by, among, up_to)
    assert {n: v.tolist() for n, v in found.items()} == {n: v.tolist() for n, v in expected.items()}


def test_rows_of_nobody_are_none(record: Record, custody: list[Row]):
    found = record.rows("custody", "enterprise_id", [])
    assert tuple(found) == row_columns("custody")
    assert all(len(values) == 0 for values in found.values())


def test_rows_are_looked_up_only_by_what_is_indexed(record: Record):
    with pytest.raises(ValueError, match="expected one of"):
        record.rows("custody", "quantity", [1])


@pytest.mark.parametrize("chunk", [1, 7, 40, 1000])
def test_a_scan_gives_every_row_once_in_order(record: Record, custody: list[Row], chunk: int):
    found = list(record.scan("custody", chunk=chunk))
    positions = np.concatenate([c["position"] for c in found]).tolist()
    assert positions == list(range(1, 41))
    assert all(len(c["position"]) <= chunk for c in found)


def test_a_scan_starts_after_and_ends_at_a_position(record: Record, custody: list[Row]):
    (found,) = record.scan("custody", after=10, up_to=20)
    assert found["position"].tolist() == list(range(11, 21))
    assert list(record.scan("custody", after=41)) == []


def test_enterprises_are_all_that_messages_are_about(record: Record, custody: list[Row]):
    numbers = record.enterprises()
    assert numbers.tolist() == sorted(numbers.tolist())
    texts = record.text_of(numbers.tolist())
    assert set(texts.values()) == {credit_code(n) for n in range(4)}


def test_lots_come_with_what_their_codes_name(record: Record, custody: list[Row]):
    lots = record.lots()
    texts = record.text_of(np.concatenate(list(lots.values())).tolist())
    assert {texts[n] for n in lots["lot"].tolist()} == {lot(n) for n in range(5)}
    assert {texts[n] for n in lots["owner"].tolist()} == {credit_code(1)}
    assert {texts[n] for n in lots["commodity"].tolist()} == {"0306170000"}
    one = record.lots([int(lots["lot"][2])])
    assert {n: v.tolist() for n, v in one.items()} == {n: [int(v[2])] for n, v in lots.items()}


def test_messages_are_named_by_position(record: Record, custody: list[Row]):
    second = custody[1]
    assert record.messages([999, 2]) == [
        MessageReference(
            "custody", 2, "m-1", "WH-1", second["occurred_at"], second["recorded_at"], NOW
        )
    ]


def test_a_message_is_looked_up_in_the_stream_that_is_told_alone(
    record: Record, custody: list[Row]
):
    assert record.messages({3: "custody", 2: "custody"}) == record.messages([2, 3])
    assert record.messages({3: "custody", 2: "title"}) == record.messages([3])
    assert record.messages({}) == []


def test_status_counts_every_row(record: Record, custody: list[Row]):
    status = record.status()
    assert [s.stream for s in status.streams] == list(STREAMS)
    held = next(s for s in status.streams if s.stream == "custody")
    assert held.counts == Counts(41, 41, 0, 0)
    assert (held.reasons, held.newest_known_at) == ({}, NOW)
    assert status.position == 41


def test_buyers_and_commodities_are_looked_up(record: Record, ingest: Ingest, tmp_path: Path):
    price = fact("valuation", 2, kind="market_price", hs_code="0306170000", cargo_code=None)
    price.pop("enterprise_id")
    ingest(
        write(tmp_path / "title.parquet", [fact("title", 1)]),
        write(tmp_path / "valuation.parquet", [price]),
    )
    buyer = record.number_of([credit_code(2)])[credit_code(2)]
    goods = record.number_of(["0306170000"])["0306170000"]
    assert record.rows("title", "buyer", [buyer])["price"].tolist() == [4_000_000]
    found = record.rows("valuation", "hs_code", [goods])
    assert found["unit_price"].tolist() == [4_000_000]
    assert found["enterprise_id"].tolist() == [MISSING]
    assert credit_code(1) in record.text_of(record.enterprises().tolist()).values()


def test_an_empty_record_has_nothing(record: Record):
    assert record.position() == 0
    assert record.enterprises().tolist() == []
    assert list(record.scan("custody")) == []
    assert record.lots()["lot"].tolist() == []
    assert record.messages([1]) == []
    assert record.status().streams[0].counts == Counts()


def test_a_record_that_is_not_there_is_told(url: str, tmp_path: Path):
    with pytest.raises(DatabaseMissing, match="run `cargoworthy ingest` first"):
        Record.open(url)
    assert not (tmp_path / "record.db").exists()


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    path = tmp_path / "record.db"
    path.write_text("no database at all, but long enough to be looked at by SQLite as a header")
    with pytest.raises(DatabaseMissing, match="none that answers"):
        Record.open(f"sqlite:///{path}")


def test_a_server_that_does_not_answer_is_told(tmp_path: Path):
    with pytest.raises(DatabaseMissing, match="none that answers"):
        Record.open(f"postgresql://nobody@/nothing?host={tmp_path}")


@pytest.mark.parametrize("url", ["record.db", "mysql://localhost/record", "sqlite://", ""])
def test_a_url_of_no_database_is_a_wrong_call(url: str):
    with pytest.raises(UsageError, match="sqlite:///"):
        engine_of(url)


def test_sqlite_commits_to_the_disk(tmp_path: Path):
    engine = engine_of(f"sqlite:///{tmp_path / 'deep' / 'record.db'}", create=True)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()


CREATOR = """
import sys
from supervision.record import Record
print("ready", flush=True)
for url in sys.stdin:
    record = Record.open(url.strip(), create=True)
    print(record.identity(), flush=True)
    record.close()
"""


def test_processes_that_create_a_record_at_once_create_one(tmp_path: Path):
    command = [sys.executable, "-c", CREATOR]
    with contextlib.ExitStack() as stack:
        creators = [
            stack.enter_context(
                subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
                )
            )
            for _ in range(3)
        ]
        pipes = [(c.stdin, c.stdout) for c in creators if c.stdin and c.stdout]
        assert [told.readline() for _, told in pipes] == ["ready\n"] * 3
        identities = []
        for number in range(12):
            for asked, _ in pipes:
                asked.write(f"sqlite:///{tmp_path / f'{number}.db'}\n")
            found = {told.readline().strip() for _, told in pipes}
            assert len(found) == 1
            identities += found
        for asked, _ in pipes:
            asked.close()
    assert len(set(identities)) == 12
    assert all(re.fullmatch("[0-9a-f]{32}", identity) for identity in identities)


def test_threads_that_create_a_record_at_once_create_one(url: str):
    def created(_: int) -> str:
        record = Record.open(url, create=True)
        try:
            return record.identity()
        finally:
            record.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(created, range(8)))) == 1
