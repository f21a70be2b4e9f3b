"""The database in which clients, consents and rates are kept: the ledger's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from serving.errors import LedgerFailure
from supervision.database import engine_of, is_sqlite, prepared, take_turn, writing
from supervision.questions import Questions

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
        self._questions = Questions(self._quick)

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

        See :class:`supervision.questions.Questions`. What is written need not survive a power
        loss.

        Parameters
        ----------
        question : callable
            Does no harm when asked twice.
        writes : bool
            Whether its first statement writes.
        """
        if writes and is_sqlite(self._quick):
            with self.counting() as connection:
                return question(connection)
        return self._questions.ask(question)

    def close(self) -> None:
        """Give back all connections."""
        self._questions.close()
        self._engine.dispose()
        self._quick.dispose()


def _undurable(url: str) -> Engine:
    engine = engine_of(url)
    engine.hide_parameters = True
    statement = (
        "PRAGMA synchronous=NORMAL" if is_sqlite(engine) else "SET synchronous_commit TO off"
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.cursor().execute(statement)
        connection.commit()

    return engine
