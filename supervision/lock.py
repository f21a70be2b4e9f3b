"""One ingester at a time: whoever assigns positions holds this lock until it ends.

On PostgreSQL an advisory lock of a session, on SQLite a lock on a file beside the database. Both
are let go by the operating system when the process ends, however it ends.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from supervision.database import is_sqlite
from supervision.errors import CargoworthyError

_ADVISORY = 0x43415247  # "CARG"


class Occupied(CargoworthyError):
    """Another process is taking messages into the same record."""

    def __init__(self) -> None:
        super().__init__(
            "expected to be the only ingestion into this record, found another one running; "
            "wait until it ends and start again"
        )


@contextmanager
def only_ingester(engine: Engine) -> Iterator[None]:
    """Hold the lock.

    Raises
    ------
    Occupied
        If another ingestion holds it.
    """
    if is_sqlite(engine):
        path = Path(f"{engine.url.database}.lock")
        with path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Occupied from None
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = sa.select(sa.func.pg_try_advisory_lock(_ADVISORY))
        if not connection.execute(taken).scalar():
            raise Occupied
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_ADVISORY)))
