"""The database in which clients, consents and rates are kept: the ledger's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from serving.errors import LedgerFailure
from supervision.database import engine_of, is_sqlite, prepared, take_turn, writing

METADATA = sa.MetaData()
_KEY = 4_717_010
"""Of PostgreSQL's advisory lock under which the tables are made, one process after the other."""

Prepare = Callable[[Connection], None]
T = TypeVar("T")


class Store:
    """Connections to the ledger's database.

    Parameters
    ----------
    url : str
        SQLAlchemy URL of the ledger.
    prepare : sequence of callable
        Make what the tables need besides themselves, as triggers.

    Raises
    ------
    UsageError
        If the URL names no database that a ledger can live in.
    LedgerFailure
        If the database cannot be reached or written.
    """

    def __init__(self, url: str, prepare: tuple[Prepare, ...] = ()) -> None:

        def make(connection: Connection) -> None:
            take_turn(connection, _KEY)
            METADATA.create_all(connection)
            for each in prepare:
                each(connection)

        # A fault's text must not tell what was asked.
        self._engine = prepared(url, make, LedgerFailure.unwritable, hide_parameters=True)
        self._quick = _undurable(url)
        self._bare = _undurable(url, tried=False).execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read by."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk when it ends."""
        with writing(self._engine).begin() as connection:
            yield connection

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """A transaction that need not survive a power loss: no commit waits for the disk."""
        with writing(self._quick).begin() as connection:
            yield connection

    def ask(self, question: Callable[[Connection], T], *, writes: bool = False) -> T:
        """Ask in as few round trips as the question itself takes; on PostgreSQL a statement each.

        There the connection is not tried before, and no transaction begins or ends. Where it
        turns out to be lost, the question is asked once more on a new one. What is written need
        not survive a power loss.

        Parameters
        ----------
        question : callable
            Does no harm when asked twice.
        writes : bool
            Whether its first statement writes.
        """
        if is_sqlite(self._quick):
            with (writing(self._quick) if writes else self._quick).begin() as connection:
                return question(connection)
        try:
            return self._asked(question)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        self._bare.dispose()
        return self._asked(question)

    def _asked(self, question: Callable[[Connection], T]) -> T:
        with self._bare.connect() as connection:
            try:
                return question(connection)
            except psycopg.Error as error:  # of a question in the driver's own words
                driver: Any = connection.connection.driver_connection
                lost = bool(driver.closed)
                if lost:
                    connection.invalidate()
                raise DBAPIError("", None, error, True, lost) from error

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()
        self._quick.dispose()
        self._bare.dispose()


def _undurable(url: str, *, tried: bool = True) -> Engine:
    engine = engine_of(url, tried=tried)
    engine.hide_parameters = True
    statement = (
        "PRAGMA synchronous=NORMAL" if is_sqlite(engine) else "SET synchronous_commit TO off"
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.cursor().execute(statement)
        connection.commit()

    return engine
