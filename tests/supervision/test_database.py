"""A database that is made ready: all of it, or an error of the caller's own."""

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supervision.database import DatabaseMissing, engine_of, prepared, writing
from supervision.errors import CargoworthyError, UsageError


class Refused(CargoworthyError):
    pass


def one_table(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS one (a INTEGER)")


def half(connection: Connection) -> None:
    one_table(connection)
    connection.exec_driver_sql("CREATE TABLE")


def tables(url: str) -> list[str]:
    engine = prepared(url, lambda _: None, Refused)
    found = sa.inspect(engine).get_table_names()
    engine.dispose()
    return found


def test_what_is_missing_is_made_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/a.db"
    for _ in range(2):
        prepared(url, one_table, Refused).dispose()
    assert tables(url) == ["one"]


def test_what_fails_leaves_nothing_and_is_told_in_the_callers_words(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    with pytest.raises(Refused, match="incomplete input"):
        prepared(url, half, Refused)
    assert tables(url) == []


def test_a_folder_that_cannot_be_made_is_told_alike(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="file"):
        prepared(f"sqlite:///{tmp_path}/file/a.db", one_table, Refused)


def test_a_writer_goes_on_as_soon_as_another_ends(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path}/a.db", create=True)
    with writing(engine).begin() as connection:
        one_table(connection)
    held, written = threading.Event(), []

    def write(number: int) -> None:
        with writing(engine).begin() as connection:
            held.set()
            connection.exec_driver_sql("INSERT INTO one VALUES (?)", (number,))
            written.append(number)
            time.sleep(0.2)

    first = threading.Thread(target=write, args=(1,))
    first.start()
    assert held.wait(10)
    write(2)
    first.join()
    assert written == [1, 2]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT a FROM one ORDER BY rowid").scalars().all() == [
            1,
            2,
        ]
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    engine.dispose()


def test_only_bulk_writing_keeps_much_of_a_database_in_memory(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path}/a.db", create=True)
    kilobytes = []
    for some in (engine, writing(engine), writing(engine, bulk=True)):
        with some.begin() as connection:
            kilobytes.append(-int(connection.exec_driver_sql("PRAGMA cache_size").scalar_one()))
    engine.dispose()
    assert kilobytes[0] == kilobytes[1] < 10_000 < kilobytes[2]


def test_a_wrong_call_is_not_the_databases_fault(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        prepared("mysql://localhost/a", one_table, Refused)
    with pytest.raises(DatabaseMissing):
        prepared(f"sqlite:///{tmp_path}/a.db", one_table, Refused, create=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("hide", [True, False])
def test_a_faults_text_tells_what_was_asked_unless_it_is_hidden(tmp_path: Path, hide: bool) -> None:
    engine = prepared(f"sqlite:///{tmp_path}/a.db", one_table, Refused, hide_parameters=hide)
    with pytest.raises(sa.exc.OperationalError) as fault, engine.connect() as connection:
        connection.execute(sa.text("SELECT :asked FROM none"), {"asked": "a secret"})
    assert ("a secret" in str(fault.value)) is not hide
    engine.dispose()
