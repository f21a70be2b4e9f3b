"""The two databases the record may live in: a URL goes in, an engine comes out.

SQLite (embedded) runs with a write-ahead log and ``synchronous=FULL``, so that a commit that
returned survives a killed process and a lost power supply. PostgreSQL is spoken to by psycopg 3.
Bulk reads and writes bypass SQLAlchemy's row objects but share its connection and transaction.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, cast

import numpy as np
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from supervision.arrays import Integers
from supervision.errors import CargoworthyError, UsageError
from supervision.postgresql import postgresql

FAILURES = (sa.exc.OperationalError, sqlite3.OperationalError, psycopg.OperationalError)
"""How a database says that it cannot go on: a full disk, a lost connection, a table gone."""

_WRITING, _BULK = "cargoworthy_writing", "cargoworthy_bulk"
_CACHE_KB, _BULK_CACHE_KB = 2_048, 262_144
_LOG_PAGES, _BULK_LOG_PAGES = 4_096, 32_768
"""Of SQLite's write-ahead log, before what it holds is moved to the database and it is written
anew from its start. A log that grows makes each commit wait twice as long for the disk as one that
is written over; bulk writes many at a time and would move the same pages often."""
_BUSY_MS = 10_000
_TURNS, _TURN_SECONDS = 2_000, 0.000_3
_SORTING_CACHE_KB = 2_000
_SWITCHING_ATTEMPTS = 200
_SWITCHING_PAUSE = 0.02
_SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA synchronous=FULL",
    f"PRAGMA cache_size=-{_CACHE_KB}",
    f"PRAGMA wal_autocheckpoint={_LOG_PAGES}",
)


class DatabaseMissing(CargoworthyError):
    """There is no database, or it holds no record."""


def engine_of(url: str, *, create: bool = False) -> Engine:
    """Open a database.

    Parameters
    ----------
    url : str
        ``sqlite:///path`` or ``postgresql://user@host/name``.
    create : bool
        Make the file of an SQLite database, and its folder, where there is none.

    Raises
    ------
    UsageError
        If the URL names no database that the record can live in.
    DatabaseMissing
        If the SQLite file is not there and is not to be made.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        return postgresql(parsed)
    if parsed.database in (None, "", ":memory:"):
        raise UsageError(
            f"expected the path of an SQLite file, found {url!r:.120}; "
            "the record is kept on disk: try sqlite:///var/record.db"
        )
    path = Path(str(parsed.database))
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
    elif not path.exists():
        raise DatabaseMissing(
            f"expected a record at {path}, found no file; run `cargoworthy ingest` first, "
            "or name another with --database"
        )
    return _sqlite(parsed)


def prepared(
    url: str,
    make: Callable[[Connection], None],
    refuse: Callable[[str], CargoworthyError],
    *,
    create: bool = True,
    hide_parameters: bool = False,
) -> Engine:
    """Open a database and make in it what is missing, in one writing transaction.

    Parameters
    ----------
    url : str
    make : callable
        Makes tables and triggers where they are missing.
    refuse : callable
        Gives the error to raise, told what the driver said.
    create : bool
        As in :func:`engine_of`.
    hide_parameters : bool
        Keep bound values out of the texts of faults.

    Raises
    ------
    UsageError, DatabaseMissing
        As :func:`engine_of`.
    CargoworthyError
        Of ``refuse``, if the database cannot be reached or written.
    """
    engine: Engine | None = None
    try:
        engine = engine_of(url, create=create)
        engine.hide_parameters = hide_parameters
        with writing(engine).begin() as connection:
            make(connection)
    except (SQLAlchemyError, OSError) as fault:
        if engine is not None:
            engine.dispose()
        raise refuse(first_line(fault)) from fault
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageError(
            f"expected a database URL such as sqlite:///var/record.db or "
            f"postgresql://user@host/name, found {url!r:.120}"
        )
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _sqlite(url: URL) -> Engine:
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin below, not by the driver's guess
        _write_ahead(connection)
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        driver: Any = connection.connection.driver_connection
        if options.get(_BULK, False):
            driver.execute(f"PRAGMA cache_size=-{_BULK_CACHE_KB}")
            driver.execute(f"PRAGMA wal_autocheckpoint={_BULK_LOG_PAGES}")
        if not options.get(_WRITING, False):
            driver.execute("BEGIN")
        elif not took_turn(driver):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    # SQLite does not wait, whatever its timeout, for another process that switches the same new
    # file to a write-ahead log at this moment.
    for attempt in range(1, _SWITCHING_ATTEMPTS + 1):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or attempt == _SWITCHING_ATTEMPTS:
                raise
            time.sleep(_SWITCHING_PAUSE)
        else:
            return


def took_turn(connection: sqlite3.Connection) -> bool:
    """Begin to write as soon as nobody else does; whether that came to pass within a moment.

    SQLite itself looks again after ever longer pauses, of up to a tenth of a second: too long
    where each writer takes less than a thousandth.
    """
    connection.execute("PRAGMA busy_timeout=0")
    try:
        for _ in range(_TURNS):
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    return False
                time.sleep(_TURN_SECONDS)
            else:
                return True
    finally:
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    return False


def writing(engine: Engine, *, bulk: bool = False) -> Engine:
    """The same engine, whose transactions take the right to write at once.

    On SQLite a transaction that begins by reading cannot always be raised to a writing one.

    Parameters
    ----------
    engine : Engine
    bulk : bool
        Keep as much of an SQLite database in memory as the table of duplicates takes.
    """
    return engine.execution_options(**{_WRITING: True, _BULK: bulk})


def autocommitting(engine: Engine) -> Engine:
    """The same engine, for whose connections the driver of PostgreSQL begins no transaction.

    Nothing goes round a question of one statement: it sees what is committed when it begins, in a
    transaction or not. That of SQLite never begins one.
    """
    return engine if is_sqlite(engine) else engine.execution_options(isolation_level="AUTOCOMMIT")


def take_turn(connection: Connection, key: int) -> None:
    """Wait until nobody else holds a key, and hold it until the transaction ends.

    On SQLite the transaction itself does: there is only one that writes.
    """
    if not is_sqlite(connection):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def is_sqlite(connection: Connection | Engine) -> bool:
    """Whether this is SQLite; otherwise it is PostgreSQL."""
    return connection.dialect.name == "sqlite"


def placeholder(connection: Connection | Engine) -> str:
    """The mark of a bound value in the driver's own SQL."""
    return "?" if is_sqlite(connection) else "%s"


def among(connection: Connection | Engine, column: str, kind: str = "bigint") -> str:
    """SQL for "the column is one of the values", with one bound value; see :func:`bound`."""
    if is_sqlite(connection):
        return f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608
    return f"{column} = ANY(%s::{kind}[])"


def bound(connection: Connection | Engine, values: Sequence[int] | Sequence[str]) -> object:
    """The one value to bind for :func:`among`."""
    if is_sqlite(connection):
        import orjson

        return orjson.dumps(list(values)).decode()
    return list(values)


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is a table of this name, asked in the driver's own SQL."""
    if is_sqlite(connection):
        sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    else:
        sql = "SELECT 1 WHERE to_regclass(%s) IS NOT NULL"
    return bool(fetch(connection, sql, (name,)))


def fetch(connection: Connection, sql: str, values: tuple[object, ...] = ()) -> list[Any]:
    """All rows of a query in the driver's own SQL, as plain tuples."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def arrays(rows: Sequence[Sequence[int]], width: int) -> list[Integers]:
    """Rows of integers as ``width`` contiguous int64 columns."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * width)
    return list(np.ascontiguousarray(flat.reshape(-1, width).T))


def columns_of(
    connection: Connection, sql: str, names: Sequence[str], values: tuple[object, ...] = ()
) -> dict[str, Integers]:
    """Columns of integers, none of them empty, that a query gives under these names.

    The database writes each column as one text: no object for each value, so it is more than
    twice as fast as fetching rows, and takes a fraction of their memory.
    """
    join = "group_concat({})" if is_sqlite(connection) else "string_agg({}::text, ',')"
    texts = ", ".join(join.format(f'"{name}"') for name in names)
    ((*found,),) = fetch(connection, f"SELECT {texts} FROM ({sql}) AS rows", values)  # noqa: S608
    parts = (np.fromstring(text or "", np.int64, sep=",") for text in found)
    return dict(zip(names, parts, strict=True))


def insert(
    connection: Connection,
    table: sa.Table,
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Insert many rows, given as tuples in the order of ``names``, in the open transaction."""
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.cursor()
    try:
        if is_sqlite(connection):
            marks = ", ".join("?" * len(names))
            cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', rows)  # type: ignore[arg-type]  # noqa: S608
        else:
            _copy(cursor, f'COPY "{table.name}" ({columns}) FROM STDIN', rows)
    finally:
        cursor.close()


def add(connection: Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert a few rows that name the same columns, in the open transaction.

    One row is all that many a transaction inserts.
    """
    if rows:
        names = tuple(rows[0])
        values = [tuple(row[name] for name in names) for row in rows]
        run(connection, _insertion(table, names, placeholder(connection)), values)


def run(connection: Connection, sql: str, rows: Sequence[Sequence[object]]) -> None:
    """Run a statement in the driver's own SQL once for each row of values, in the open transaction.

    A tenth of the time that SQLAlchemy takes for one row.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        Of what is wrong with it; of :func:`supervision.transaction.transaction`, maybe later.
    """
    driver: Any = connection.connection.driver_connection
    try:
        if len(rows) == 1:
            driver.execute(sql, rows[0])
        else:
            driver.cursor().executemany(sql, rows)
    except (sqlite3.Error, psycopg.Error) as error:
        raise told_by(connection, error) from error


def told_by(connection: Connection, error: sqlite3.Error | psycopg.Error) -> DBAPIError:
    """A fault of the driver as SQLAlchemy tells it; a connection that is lost is given up."""
    lost = bool(getattr(connection.connection.driver_connection, "closed", False))
    if lost:
        connection.invalidate()
    told = DBAPIError.instance("", None, error, Exception, connection_invalidated=lost)
    return cast("DBAPIError", told)


@lru_cache(maxsize=64)
def _insertion(table: str, names: tuple[str, ...], mark: str) -> str:
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join([mark] * len(names))
    return f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'  # noqa: S608


def build_index(engine: Engine, name: str, table: str, columns: Sequence[str]) -> None:
    """Build an index over columns where there is none."""
    listed = ", ".join(f'"{column}"' for column in columns)
    with writing(engine).begin() as connection:
        sqlite = is_sqlite(connection)
        if sqlite:
            # SQLite sorts in runs as large as its cache: runs that fit the processor's own cache
            # sort five million rows in 2 s instead of 5 s.
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_SORTING_CACHE_KB}")
        try:
            connection.exec_driver_sql(
                f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" ({listed})'
            )
        finally:
            if sqlite:
                connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KB}")


def _copy(cursor: Any, sql: str, rows: Iterable[Sequence[object]]) -> None:
    with cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def first_line(error: Exception) -> str:
    """The first line of what a database's driver said, at most 200 characters of it."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().partition("\n")[0][:200]
