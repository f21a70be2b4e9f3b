"""A claim: while one call is being answered under a key, no other is.

On PostgreSQL an advisory lock of the transaction that will write the answer. On SQLite, where an
open transaction would hold up all other writers, a lock on one byte of a file beside the
database. Either ends with its process, however that ends, so no claim is ever left behind.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection, Engine

from supervision.database import fetch

_SUFFIX = ".keys"
_PLACES = 1 << 62
# A lock of the open file, not of the process: two threads of one worker exclude each other, too.
# Where a system has none, the table's unique keys still let only one answer be written.
_SET_LOCK: int | None = getattr(fcntl, "F_OFD_SETLK", None)


@contextmanager
def claimed_file(engine: Engine, key_hash: str) -> Iterator[bool]:
    """Claim a key on SQLite, or tell by ``False`` that another call holds it."""
    if _SET_LOCK is None:
        yield True
        return
    path = Path(f"{engine.url.database}{_SUFFIX}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.fcntl(descriptor, _SET_LOCK, _one_byte(_place(key_hash) % _PLACES))
            alone = True
        except BlockingIOError:
            alone = False
        yield alone
    finally:
        os.close(descriptor)


def claimed_in(connection: Connection, key_hash: str) -> bool:
    """Claim a key on PostgreSQL until the open transaction ends; whether nobody else holds it."""
    number = _place(key_hash) - (1 << 63)
    ((taken,),) = fetch(connection, "SELECT pg_try_advisory_xact_lock(%s::bigint)", (number,))
    return bool(taken)


def _place(key_hash: str) -> int:
    return int(key_hash[:16], 16)


def _one_byte(start: int) -> bytes:
    """The system's ``struct flock``: an exclusive lock of the byte at a place."""
    return struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, 1, 0)
