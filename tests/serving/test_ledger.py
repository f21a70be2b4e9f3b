import stat
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from serving.errors import LedgerFailure
from serving.ledger import SCORE, Entry, Ledger
from supervision.database import engine_of
from supervision.errors import UsageError

ENTRY = Entry(
    score_id="5b1f9b0e-7f0c-4a51-9a8e-0c6d0d9f2a11",
    enterprise_id="91350211MA31009013",
    status="scored",
    as_of=1_672_502_400_000_000,
    answered_at=1_672_502_400_000_001,
    record_position=7,
    model_hash="a" * 64,
    catalogue_hash="b" * 64,
    policy_hash="c" * 64,
    client_reference=None,
    document='{"grade":"BB","text_zh":"库存投保覆盖不足。"}'.encode(),
)


def emptied(url: str) -> str:
    """Take a ledger's tables out of a database of PostgreSQL."""
    engine = engine_of(url)
    with engine.begin() as connection:
        for table in ("score", "audit", "audit_seal", "idempotency_key", "policy"):
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/ledger.db"
    return emptied(str(request.getfixturevalue("postgresql")))


def test_an_answer_comes_back_byte_for_byte(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append(ENTRY)
        assert ledger.document(ENTRY.score_id) == ENTRY.document
        assert ledger.document("another") is None


def test_an_answer_outlives_the_ledger_that_took_it(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append(ENTRY)
    with Ledger.open(url) as ledger:
        assert ledger.document(ENTRY.score_id) == ENTRY.document


@pytest.mark.parametrize(
    "statement",
    ["UPDATE score SET document = 'forged'", "DELETE FROM score"],
)
def test_the_database_itself_refuses_to_change_an_answer(url: str, statement: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append(ENTRY)
        engine = engine_of(url)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()
        assert ledger.document(ENTRY.score_id) == ENTRY.document


def test_sqlite_refuses_to_replace_an_answer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger.open(url) as ledger:
        ledger.append(ENTRY)
        forged = {**vars(ENTRY), "document": "forged"}
        statement = sa.insert(SCORE).prefix_with("OR REPLACE")
        engine = engine_of(url)
        for row in (forged, {**forged, "score_id": "another", "number": 1}):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(statement, row)
        engine.dispose()
        assert ledger.document(ENTRY.score_id) == ENTRY.document


def test_postgresql_refuses_to_empty_the_log(postgresql: str) -> None:
    with Ledger.open(postgresql) as ledger:
        entry = replace(ENTRY, score_id="to be kept")
        ledger.append(entry)
        engine = engine_of(postgresql)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(sa.text("TRUNCATE score"))
        engine.dispose()
        assert ledger.document("to be kept") == ENTRY.document


def test_the_same_id_is_logged_once(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.append(ENTRY)
        with pytest.raises(LedgerFailure, match="so it is not given"):
            ledger.append(replace(ENTRY, document=b"other"))
        assert ledger.document(ENTRY.score_id) == ENTRY.document


def test_sqlite_waits_for_the_disk_at_every_commit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger.open(url) as ledger, ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_ledger_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(LedgerFailure, match="check --ledger"):
        Ledger.open(f"sqlite:///{blocked}/ledger.db")


def test_a_server_that_does_not_answer_is_told_in_one_line() -> None:
    with pytest.raises(LedgerFailure, match="check --ledger") as failure:
        Ledger.open("postgresql://nobody@127.0.0.1:9/ledger")
    assert "\n" not in str(failure.value)


def test_a_url_of_another_database_is_refused() -> None:
    with pytest.raises(UsageError, match="database URL"):
        Ledger.open("mysql://somewhere/ledger")


def test_a_read_only_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this is no database at all" * 100)
    path.chmod(stat.S_IRUSR)
    with pytest.raises(LedgerFailure, match="not a database"):
        Ledger.open(f"sqlite:///{path}")
