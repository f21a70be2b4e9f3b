"""One at a time: whoever does a certain work on a database holds its lock until the work ends.

On PostgreSQL an advisory lock of a session, on SQLite a lock on a file beside the database. Both
are let go by the operating system when the process ends, however it ends.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from supervision.database import is_sqlite
from supervision.errors import CargoworthyError


@dataclass(frozen=True)
class Lock:
    """The lock of one kind of work.

    Attributes
    ----------
    suffix : str
        What is appended to the path of an SQLite database.
    key : int
        Of the advisory lock of PostgreSQL.
    """

    suffix: str
    key: int

    @contextmanager
    def held(self, engine: Engine) -> Iterator[bool]:
        """Hold the lock, or tell by ``False`` that somebody else does."""
        if is_sqlite(engine):
            with Path(f"{engine.url.database}{self.suffix}").open("w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                else:
                    yield True
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(self.key))).scalar()
            try:
                yield bool(taken)
            finally:
                if taken:
                    connection.execute(sa.select(sa.func.pg_advisory_unlock(self.key)))


INGESTING = Lock(".lock", 0x43415247)  # "CARG"


class Occupied(CargoworthyError):
    """Another process is taking messages into the same record."""

    def __init__(self) -> None:
        super().__init__(
            "expected to be the only ingestion into this record, found another one running; "
            "wait until it ends and start again"
        )


@contextmanager
def only_ingester(engine: Engine) -> Iterator[None]:
    """Hold the lock of those who take messages into a record.

    Raises
    ------
    Occupied
        If another ingestion holds it.
    """
    with INGESTING.held(engine) as alone:
        if not alone:
            raise Occupied
        yield
