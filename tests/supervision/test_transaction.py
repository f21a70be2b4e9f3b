"""Short transactions that write: all of it stands when they end, or nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from supervision.database import add, autocommitting, engine_of, fetch, has_table, run, writing
from supervision.transaction import begin, commit, together, transaction

PAGE = 4_096


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/a.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    found = engine_of(url, create=True)
    with writing(found).begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS fact")
        connection.exec_driver_sql(
            "CREATE TABLE fact (name VARCHAR(9) PRIMARY KEY, amount BIGINT, small SMALLINT)"
        )
    yield found
    found.dispose()


def names(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT name FROM fact ORDER BY 1")).scalars())


def put(connection: Connection, *of: str, amount: int = 1) -> None:
    add(connection, "fact", [{"name": name, "amount": amount, "small": 7} for name in of])


def put_all(engine: Engine, wanted: Sequence[str | None], asked: bool) -> None:
    with transaction(autocommitting(engine)) as connection:
        for name in wanted:
            if name is None:
                raise TypeError("expected a name")
            put(connection, name)
            if asked:
                fetch(connection, "SELECT 1")


def test_what_is_written_stands_when_it_ends(engine: Engine) -> None:
    with transaction(autocommitting(engine)) as connection:
        put(connection, "a")
        assert fetch(connection, "SELECT name, small FROM fact") == [("a", 7)]
        put(connection, "b", "c", amount=1 << 62)
        assert names(engine) == []
    assert names(engine) == ["a", "b", "c"]


@pytest.mark.parametrize("asked", [False, True])
def test_a_fault_leaves_nothing_and_the_connection_fit_for_use(engine: Engine, asked: bool) -> None:
    with transaction(autocommitting(engine)) as connection:
        put(connection, "a")
    for _ in range(2):
        with pytest.raises(IntegrityError, match="fact"):
            put_all(engine, ["b", "a", "c"], asked)
        assert names(engine) == ["a"]
    with transaction(autocommitting(engine)) as connection:
        put(connection, "b")
    with writing(engine).begin() as connection:  # in a transaction of SQLAlchemy's as well
        put(connection, "c")
        connection.rollback()
    assert names(engine) == ["a", "b"]


def test_who_writes_may_give_up(engine: Engine) -> None:
    with pytest.raises(TypeError, match="name"):
        put_all(engine, ["a", None], asked=False)
    assert names(engine) == []


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_begun_waits_for_its_end(engine: Engine, ended: bool) -> None:
    with autocommitting(engine).connect() as connection:
        with together(connection):
            begin(connection)
            put(connection, "a")
        assert names(engine) == []
        if ended:
            with together(connection):
                put(connection, "b")
                commit(connection)
            assert names(engine) == ["a", "b"]
    assert names(engine) == (["a", "b"] if ended else [])


def test_a_statement_of_one_row_faults_in_sqlalchemys_words(engine: Engine) -> None:
    with writing(engine).begin() as connection, pytest.raises((OperationalError, ProgrammingError)):
        run(connection, "INSERT INTO nothing VALUES (1)", [()])
    with engine.connect() as connection:
        assert has_table(connection, "fact")
        assert not has_table(connection, "nothing")


def test_a_statement_is_prepared_once_whatever_its_numbers(postgresql: str) -> None:
    engine = engine_of(postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS number (n BIGINT)")
        for power in range(20):
            run(connection, "INSERT INTO number VALUES (%s)", [(1 << 3 * power,)])
        asked = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
        assert fetch(connection, asked, ("INSERT INTO number%",)) == [(1,)]
    engine.dispose()


def test_the_write_ahead_log_is_written_over_before_it_is_large(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path}/a.db", create=True)
    with transaction(engine) as connection:
        run(connection, "CREATE TABLE page (bytes BLOB)", [()])
    for _ in range(120):
        with transaction(engine) as connection:
            run(connection, "INSERT INTO page VALUES (zeroblob(400000))", [()])
    grown = (tmp_path / "a.db-wal").stat().st_size
    engine.dispose()
    assert grown < 6_000 * PAGE


def test_a_connection_that_is_lost_meanwhile_is_told_and_replaced(postgresql: str) -> None:
    engine = autocommitting(engine_of(postgresql))
    with pytest.raises(DBAPIError, match="terminat") as told:
        outlive(engine)
    assert told.value.connection_invalidated
    with transaction(engine) as connection:
        assert fetch(connection, "SELECT 1") == [(1,)]
    engine.dispose()


def outlive(engine: Engine) -> None:
    with transaction(engine) as connection, engine.connect() as other:
        mine = fetch(connection, "SELECT pg_backend_pid()")[0]
        fetch(other, "SELECT pg_terminate_backend(%s::integer, 10000)", mine)
        fetch(connection, "SELECT 1")
