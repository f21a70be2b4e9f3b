"""The file of packed enterprises: an SQLite database of its own beside the record.

It holds nothing that the record does not, can be deleted at any time, and is written without
holding up an ingestion: the record's own database is only read.
"""

import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from supervision.arrays import Columns
from supervision.errors import CargoworthyError
from supervision.packed.layout import MARKET, OWN

_PAGE = 16_384
"""Bytes of a page: an enterprise takes a few pages instead of dozens."""
_FORM = f"{OWN.digest}-{MARKET.digest}"
_TABLES = f"""
PRAGMA page_size={_PAGE};
PRAGMA journal_mode=WAL;
CREATE TABLE state (
    form TEXT NOT NULL, record TEXT NOT NULL, position INTEGER, newest_number INTEGER, market BLOB
);
CREATE TABLE base (enterprise INTEGER PRIMARY KEY, position INTEGER NOT NULL, written BLOB NOT NULL)
"""
_BASE = (
    "SELECT state.position, base.position, base.written FROM state "
    "LEFT JOIN base ON base.enterprise = ?"
)


@dataclass(frozen=True)
class Base:
    """What the file holds of one enterprise.

    Attributes
    ----------
    complete : int
        Position up to which the file holds all that concerns anyone.
    position : int or None
        Position up to which this enterprise was packed; None where nothing concerns it up to
        ``complete``. It may be older than ``complete``: then nothing came between them.
    written : bytes
    """

    complete: int
    position: int | None
    written: bytes


@dataclass(frozen=True)
class Shared:
    """What the file holds besides the enterprises.

    Attributes
    ----------
    position : int
        Position up to which the file holds all that concerns anyone.
    newest_number : int
        No message up to that position names anything of a greater number.
    market : Columns
        The market's prices up to that position.
    """

    position: int
    newest_number: int
    market: Columns


class PackedMissing(CargoworthyError):
    """There is no file of packed enterprises that can be used with this record."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"expected the packed enterprises of this record in {path}, found {found}; "
            "run `cargoworthy record pack`"
        )


class PackedStore:
    """The file, opened by one process and shared by its threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path, record: str) -> Self:
        """Open a complete file of a record, given by its identity, for reading.

        Raises
        ------
        PackedMissing
            If there is none of this record, in this form.
        """
        if not path.exists():
            raise PackedMissing(path, "no file")
        store = cls(path, _connected(path))
        try:
            if not store._shows(record):
                raise PackedMissing(path, "one of another record or version")
            if store.complete() is None:
                raise PackedMissing(path, "one that was never finished")
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, path: Path, record: str) -> Self:
        """Open a file of a record for writing; one of another record or form is made anew."""
        path.parent.mkdir(parents=True, exist_ok=True)
        store = cls(path, _connected(path))
        if not store._shows(record):
            store.close()
            remove(path)
            store = cls(path, _connected(path))
            store._connection.executescript(_TABLES)
            with store._connection as writing:
                writing.execute(
                    "INSERT INTO state VALUES (?, ?, NULL, NULL, NULL)", (_FORM, record)
                )
        store._connection.execute("PRAGMA synchronous=NORMAL")
        return store

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def complete(self) -> int | None:
        """Position up to which the file holds all that concerns anyone; None if it never did."""
        (position,) = self._row("SELECT position FROM state")
        return None if position is None else int(position)

    def base(self, enterprise: int) -> Base:
        """What the file holds of an enterprise."""
        return Base(*self._row(_BASE, enterprise))

    def shared(self) -> Shared:
        """What is not of one enterprise alone."""
        position, number, market = self._row("SELECT position, newest_number, market FROM state")
        return Shared(position, number, MARKET.decode(market)["market"])

    def packed_at(self, position: int) -> frozenset[int]:
        """Enterprises that were packed up to just this position."""
        done = "SELECT enterprise FROM base WHERE position = ?"
        return frozenset(number for (number,) in self._rows(done, position))

    def put(self, packed: list[tuple[int, bytes]], position: int) -> None:
        """Keep some enterprises as packed up to a position."""
        rows = [(enterprise, position, written) for enterprise, written in packed]
        with self._connection as writing:
            writing.executemany("INSERT OR REPLACE INTO base VALUES (?, ?, ?)", rows)

    def finish(self, shared: Shared) -> None:
        """Declare that all that concerns anyone up to a position is there."""
        market = MARKET.encode({"market": shared.market})
        with self._connection as writing:
            writing.execute(
                "UPDATE state SET position = ?, newest_number = ?, market = ?",
                (shared.position, shared.newest_number, market),
            )

    def _shows(self, record: str) -> bool:
        with suppress(PackedMissing):
            return self._row("SELECT form, record FROM state") == (_FORM, record)
        return False

    def _row(self, sql: str, *values: int) -> tuple[Any, ...]:
        """The one row of a query."""
        rows = self._rows(sql, *values)
        if not rows:
            raise PackedMissing(self.path, "one without content")
        return rows[0]

    def _rows(self, sql: str, *values: int) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises
        ------
        PackedMissing
            If the file is damaged, or is no such file.
        """
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise PackedMissing(self.path, f"one that cannot be read ({error})") from error


def remove(path: Path) -> None:
    """Remove a file of packed enterprises; a process that has it open reads on."""
    for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        name.unlink(missing_ok=True)


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=10, check_same_thread=False)
