"""Questions on connections that stay open: what they see, and what becomes of lost ones."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from supervision.database import engine_of, fetch, writing
from supervision.questions import HELD, Questions


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/a.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    found = engine_of(url, create=True)
    with writing(found).begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS one")
        connection.exec_driver_sql("CREATE TABLE one (a INTEGER)")
    yield found
    found.dispose()


@pytest.fixture
def questions(engine: Engine) -> Iterator[Questions]:
    found = Questions(engine)
    yield found
    found.close()


def count(connection: Connection) -> int:
    return int(fetch(connection, "SELECT COUNT(*) FROM one")[0][0])


def add(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        connection.exec_driver_sql("INSERT INTO one VALUES (1)")


def test_each_question_sees_what_was_committed_before_it(
    engine: Engine, questions: Questions
) -> None:
    # SQLAlchemy's own statements begin a transaction, which must not last to the next question.
    asked = sa.text("SELECT COUNT(*) FROM one")
    for expected in range(4):
        assert questions.ask(count) == expected
        assert questions.ask(lambda it: it.execute(asked).scalar_one()) == expected
        add(engine)


def test_a_fault_in_the_drivers_own_words_is_told_as_one_of_the_database(
    questions: Questions,
) -> None:
    for _ in range(HELD + 20):  # more than there are connections: none is kept from others
        with pytest.raises(DBAPIError, match="nowhere"):
            questions.ask(lambda it: fetch(it, "SELECT 1 FROM nowhere"))
    assert questions.ask(count) == 0


def test_a_fault_of_the_question_itself_is_its_own(questions: Questions) -> None:
    for _ in range(HELD + 20):
        with pytest.raises(ZeroDivisionError):
            questions.ask(lambda _: 1 // 0)
    assert questions.ask(count) == 0


def test_threads_ask_at_once_and_leave_connections_for_others(
    engine: Engine, questions: Questions
) -> None:
    many = 12
    together = threading.Barrier(many)

    def question(connection: Connection) -> int:
        together.wait(20)
        return count(connection)

    with ThreadPoolExecutor(many) as pool:
        for _ in range(3):
            assert list(pool.map(lambda _: questions.ask(question), range(many))) == [0] * many
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.pool, "_timeout", 0.1)
        others = [engine.connect() for _ in range(15 - HELD)]
    for other in others:
        other.close()


def sever(postgresql: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


def test_a_lost_connection_is_replaced_unnoticed(postgresql: str) -> None:
    engine, together = engine_of(postgresql), threading.Barrier(3)
    questions = Questions(engine)

    def question(connection: Connection) -> int:
        together.wait(20)
        return int(fetch(connection, "SELECT 7")[0][0])

    with ThreadPoolExecutor(3) as pool:  # so that several are held, and lost
        assert list(pool.map(lambda _: questions.ask(question), range(3))) == [7] * 3
    for _ in range(3):
        sever(postgresql)
        assert questions.ask(lambda it: fetch(it, "SELECT 7")) == [(7,)]
    questions.close()
    engine.dispose()


def test_a_database_that_is_away_is_told_after_one_try_more(engine: Engine) -> None:
    asked = []

    def question(_: Connection) -> None:
        asked.append(1)
        raise OperationalError("", None, Exception("away"), connection_invalidated=True)

    with pytest.raises(OperationalError, match="away"):
        Questions(engine).ask(question)
    assert len(asked) == 2
