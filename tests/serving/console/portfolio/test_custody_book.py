"""The custody book, against what answers tell of the same stock, and against counts by hand."""

import sqlite3
import threading
import uuid
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from features.calendar import DAY, midnight
from features.engine.sums import Overflow
from serving.cases.standing import STANDING
from serving.console.portfolio.books import Books
from serving.console.portfolio.custody_book import CustodyBook, own, read_book
from serving.console.portfolio.keepers import FEWEST, Ground, keepers
from supervision.arrays import MISSING
from supervision.contract.columns import column
from supervision.database import engine_of
from supervision.record import Record
from supervision.tables import FACTS, REVERSAL
from tests.serving.conftest import ingest, populate
from tests.serving.console.conftest import AS_OFS, CASES, Console

AT = AS_OFS[-1]


@pytest.fixture(scope="module")
def record(console: Console) -> Record:
    return console.rooms.record()


@pytest.fixture(scope="module")
def book(record: Record) -> CustodyBook:
    return read_book(record, AT)


def test_the_stock_is_what_the_answers_tell(
    console: Console, record: Record, book: CustodyBook
) -> None:
    assert midnight(AT) == AT
    numbers = record.number_of(CASES)
    with console.rooms.ledger().engine.connect() as connection:
        query = sa.select(STANDING.c.enterprise_id, STANDING.c.stock).where(
            STANDING.c.tenant == "BANK-7", STANDING.c.as_of == AT, STANDING.c.stock.is_not(None)
        )
        told = {
            code: sum(orjson.loads(stock).values()) for code, stock in connection.execute(query)
        }
    found = {
        code: int(own(book.lots, np.array([numbers[code]]))["value"].sum())
        for code in told
        if code in numbers
    }
    assert found == {code: value for code, value in told.items() if code in numbers}
    assert sum(found.values()) > 0


def test_reports_are_counted_as_the_record_has_them(record: Record, book: CustodyBook) -> None:
    table, kind = FACTS["custody"], column("custody", "kind")
    with record.engine.connect() as connection:
        rows = connection.execute(sa.select(table)).mappings().all()
        gone = dict(
            tuple(row)
            for row in connection.execute(
                sa.select(REVERSAL.c.target_position, REVERSAL.c.known_at)
            )
        )
    stood = [
        row
        for row in rows
        if row["known_at"] <= AT
        and row["occurred_at"] > AT - 365 * DAY
        and gone.get(row["position"], AT + 1) > AT
    ]
    for name, codes in (
        ("exceptions", [kind.code("exception")]),
        ("counts", [kind.code("counted")]),
    ):
        assert int(book.keeping[name].sum()) == sum(row["kind"] in codes for row in stood)
    counts = [row["occurred_at"] for row in stood if row["kind"] == kind.code("counted")]
    assert int(book.keeping["last_count"].max()) == max(counts)


def test_an_earlier_midnight_sees_less(record: Record, book: CustodyBook) -> None:
    assert len(read_book(record, 0).lots["lot"]) == 0
    assert read_book(record, 0).regions == {}
    assert len(read_book(record, AS_OFS[0]).keeping["agent"]) > 0
    assert set(book.regions) >= set(record.number_of(CASES).values()) & set(book.regions)


def made(lots: list[tuple[int, ...]], keeping: list[tuple[int, ...]]) -> CustodyBook:
    of_lots = ("enterprise", "lot", "value", "warehouse", "agent", "confirmed")
    of_keeping = (
        "warehouse", "agent", "enterprise", "exceptions", "mismatches", "counts", "last_count",
    )  # fmt: skip
    return CustodyBook(
        100 * DAY,
        {n: np.array(v, np.int64) for n, v in zip(of_lots, zip(*lots, strict=True), strict=True)},
        {
            n: np.array(v, np.int64)
            for n, v in zip(of_keeping, zip(*keeping, strict=True), strict=True)
        },
        {},
    )


GROUND = Ground(np.array([1, 2]), {7: "WH-7", 8: "WH-8", 9: "WH-9", 70: "AG"}, 90)


def test_a_keeper_is_told_by_the_lenders_own_cases() -> None:
    book = made(
        [
            (1, 11, 600, 7, 70, 50 * DAY),
            (1, 12, 100, 8, 70, 9 * DAY),
            (2, 13, 300, MISSING, MISSING, MISSING),
            (3, 14, 9_999, 8, 70, 1),
        ],
        [
            (7, 70, 1, 2, 1, 40, 90 * DAY),
            (8, 70, 3, 50, 50, 1, 99 * DAY),
            (9, 70, 2, 1, 0, 0, MISSING),
        ],
    )
    found = keepers(book, "warehouse", GROUND, Decimal("0.5"))
    first, second, third = found.keepers
    assert [one.portion.key for one in found.keepers] == ["WH-7", "WH-8", "WH-9"]
    assert (first.portion.amount, first.portion.is_over, first.lots, first.stale) == (
        600,
        True,
        1,
        0,
    )
    assert (first.cases.exceptions, first.cases.mismatches, first.cases.counts) == (2, 1, 40)
    assert (first.last_count, first.cases.rate) == (90 * DAY, 0.05)
    assert (second.portion.amount, second.stale, second.cases.counts) == (100, 1, 0)
    assert (third.portion.amount, third.last_count, third.cases.exceptions) == (0, None, 1)
    assert found.spread.total == 1_000, "goods of which no place is on record count in the whole"
    (agent,) = keepers(book, "agent", GROUND, None).keepers
    assert (agent.portion.key, agent.portion.amount, agent.lots) == ("AG", 700, 2)


@pytest.mark.parametrize("others", [FEWEST - 1, FEWEST])
def test_other_clients_are_told_of_five_or_more(others: int) -> None:
    assert FEWEST == 5
    theirs = [(7, 70, 100 + n, 1, 0, 10, DAY) for n in range(others)]
    idle = [(7, 70, 200, 9, 0, 0, MISSING)]
    book = made([(1, 11, 600, 7, 70, 0)], [(7, 70, 1, 0, 0, 40, DAY), *theirs, *idle])
    (found,) = keepers(book, "warehouse", GROUND, None).keepers
    assert (found.others is None) == (others < FEWEST)
    if found.others is not None:
        assert found.others == (others + 9) / (10 * others)
    unasked = keepers(book, "warehouse", replace(GROUND, stale_after=None), None)
    assert unasked.keepers[0].stale == 0


def test_a_book_is_read_once_a_day_and_no_page_waits(record: Record) -> None:
    read, going = [], threading.Event()

    def slow(_: Record, as_of: int) -> CustodyBook:
        read.append(as_of)
        going.wait(10)
        return CustodyBook(as_of, {}, {}, {})

    books = Books(slow)
    assert books.at(record, AT + 5, patience=0) is None
    assert books.at(record, AT + 6, patience=0) is None
    going.set()
    found = books.at(record, AT + 7, patience=10)
    assert found is not None
    assert (found.as_of, read) == (AT, [AT])
    assert books.at(record, AT + DAY, patience=10) is not None
    assert read == [AT, AT + DAY]


def test_a_book_that_could_not_be_read_is_tried_again(record: Record) -> None:
    tries = []

    def failing(_: Record, as_of: int) -> CustodyBook:
        tries.append(as_of)
        if len(tries) == 1:
            raise OperationalError("SELECT", None, Exception("away"))
        return CustodyBook(as_of, {}, {}, {})

    books = Books(failing)
    assert books.at(record, AT, patience=10) is None
    assert books.at(record, AT, patience=10) is not None


def test_a_value_that_int64_does_not_hold_is_refused(record: Record, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(copy)) as target, record.engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(target)
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (trigger,) in target.execute(named).fetchall():
            target.execute(f"DROP TRIGGER {trigger}")
        target.execute("UPDATE valuation SET unit_price = ?", (2**60,))
        target.commit()
    with (
        closing(Record.open(f"sqlite:///{copy}")) as other,
        pytest.raises(Overflow, match="value of a lot"),
    ):
        read_book(other, AT)


def test_it_is_read_from_postgresql_alike(
    record: Record, book: CustodyBook, postgresql: str, tmp_path: Path
) -> None:
    name = f"custody_{uuid.uuid4().hex}"
    server = engine_of(postgresql).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = sa.make_url(postgresql).set(database=name).render_as_string(hide_password=False)
    populate().write(tmp_path / "messages")
    with closing(ingest(tmp_path / "messages", url)) as other:
        assert told(other, read_book(other, AT)) == told(record, book)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def told(record: Record, book: CustodyBook) -> list[object]:
    """A book in texts: numbers of names differ from record to record."""
    named = {"enterprise", "lot", "warehouse", "agent"}
    found: list[object] = []
    for columns in (book.lots, book.keeping):
        numbers = {int(n) for name in named & set(columns) for n in columns[name]}
        texts = record.text_of(sorted(numbers - {MISSING}))
        rows = zip(*(columns[name].tolist() for name in columns), strict=True)
        found.append(
            sorted(
                tuple(
                    str(texts.get(value)) if name in named else value
                    for name, value in zip(columns, row, strict=True)
                )
                for row in rows
            )
        )
    texts = record.text_of(sorted({*book.regions, *book.regions.values()}))
    found.append({texts[of]: texts[region] for of, region in book.regions.items()})
    return found
