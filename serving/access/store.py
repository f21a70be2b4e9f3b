"""The database in which clients, consents and rates are kept: the ledger's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from serving.errors import LedgerFailure
from supervision.database import engine_of, first_line, is_sqlite, writing

METADATA = sa.MetaData()
_KEY = 4_717_010
"""Of PostgreSQL's advisory lock under which the tables are made, one process after the other."""

Prepare = Callable[[Connection], None]


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
        engine: Engine | None = None
        try:
            engine = engine_of(url, create=True)
            engine.hide_parameters = True  # a fault's text must not tell what was asked
            with writing(engine).begin() as connection:
                if not is_sqlite(connection):
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_KEY)))
                METADATA.create_all(connection)
                for each in prepare:
                    each(connection)
        except (SQLAlchemyError, OSError) as error:
            if engine is not None:
                engine.dispose()
            raise LedgerFailure(
                f"ledger: expected a database that can be written, found {first_line(error)}; "
                "check --ledger and the folder's permissions"
            ) from error
        self._engine = engine
        self._quick = _undurable(url)

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

    def close(self) -> None:
        """Give back all connections."""
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
