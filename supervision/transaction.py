"""A short transaction that writes, in the driver's own words: for what somebody waits for.

On PostgreSQL its statements travel together, its beginning and its commit among them: a round trip
to each answer that is asked for, not one to each statement. What is wrong with one of them is
told at the next answer, or at the end, and nothing is written.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
from sqlalchemy.engine import Connection, Engine

from supervision.database import is_sqlite, told_by, took_turn


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that is on disk when it ends, or of which nothing is written.

    Parameters
    ----------
    engine : Engine
        Of :func:`supervision.database.autocommitting`.

    Yields
    ------
    Connection
        For :func:`supervision.database.add`, ``run`` and ``fetch`` alone: SQLAlchemy's own
        statements would begin a transaction of their own.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        If nothing was written.
    """
    # What was begun and not committed is rolled back where the pool takes the connection back.
    with engine.connect() as connection, together(connection):
        begin(connection)
        yield connection
        commit(connection)


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Statements in the driver's own words, sent together on PostgreSQL.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        Of what is wrong with any of them.
    """
    try:
        with _pipeline(connection):
            yield
    except (sqlite3.Error, psycopg.Error) as error:
        raise told_by(connection, error) from error


def begin(connection: Connection) -> None:
    """Begin to write, on SQLite as soon as nobody else does."""
    driver = _driver(connection)
    if not is_sqlite(connection):
        driver.execute("BEGIN")
    elif not took_turn(driver):
        driver.execute("BEGIN IMMEDIATE")


def commit(connection: Connection) -> None:
    """End what was begun; within :func:`together` it stands when that ends."""
    _driver(connection).execute("COMMIT")


def _pipeline(connection: Connection) -> AbstractContextManager[object]:
    if is_sqlite(connection):
        return nullcontext()
    pipeline: AbstractContextManager[object] = _driver(connection).pipeline()
    return pipeline


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
