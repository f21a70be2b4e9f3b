"""Releasing rows from quarantine: as they came, or with one field put right.

A row is released by taking it in again: its content goes into a file of its own, which is archived
and judged like any other. So nothing gets into the record that the contract refuses, and what was
sent and what was released both stay. The message counts as known from its release on.
"""

import re
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from supervision.archive import Archive
from supervision.contract.columns import Column, columns
from supervision.database import FAILURES, fetch, first_line, placeholder, writing
from supervision.encoding import encode
from supervision.errors import CargoworthyError
from supervision.files import open_rows
from supervision.ingestion import Ingestion, Terms
from supervision.lock import Occupied
from supervision.names import Names
from supervision.position import newest_position
from supervision.reasons import ORDER, Reason
from supervision.refused import Refused
from supervision.screening import screen
from supervision.settlement import settle
from supervision.tables import BATCH, FACTS, QUARANTINE, REVERSAL

MOST = 100
"""Rows that can be released at a time."""
_FORMAT = "ndjson"
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class Unrepairable(CargoworthyError):
    """A row that only its provider can put right."""


@dataclass(frozen=True)
class Repair:
    """One field of a row put right.

    Attributes
    ----------
    field : str
    value : str
        What it is to say; empty to leave the field out.
    """

    field: str
    value: str


@dataclass(frozen=True)
class Verdict:
    """What the contract and the record say of a row.

    Attributes
    ----------
    reason : str or None
        Why it is refused.
    detail : str
        What was expected and found.
    is_duplicate : bool
        The record has the same message already.
    """

    reason: str | None = None
    detail: str = ""
    is_duplicate: bool = False

    @property
    def passes(self) -> bool:
        """Whether the row's message is, or would be, in the record."""
        return self.reason is None


@dataclass(frozen=True)
class Release:
    """What came of rows that were released.

    Attributes
    ----------
    batch : int
        That took them in.
    digest : str
        SHA-256 of the file under which the archive keeps them.
    verdicts : tuple of Verdict
        In the order of the rows.
    """

    batch: int
    digest: str
    verdicts: tuple[Verdict, ...]


def line_of(row: Refused, repair: Repair | None = None) -> str:
    """A row's content as a line of NDJSON, with a field put right if one is.

    Raises
    ------
    Unrepairable
        If the row could not be read as one, so that it has no fields.
    """
    if row.reason == Reason.OTHER_PROVIDER:
        raise Unrepairable(
            f"{row.file} row {row.row}: expected a message of who sent it, found another "
            "provider's name; let that provider send it"
        )
    if row.reason == Reason.MALFORMED_ROW:
        raise Unrepairable(
            f"{row.file} row {row.row}: expected fields, found a line that could not be read; "
            "let the provider send it again"
        )
    if repair is None and row.format == _FORMAT:
        return row.content
    known = {column.name: column for column in columns(row.stream)}
    told = orjson.loads(row.content)
    if row.format == "csv":
        told = {name: _typed(known.get(name), cell) for name, cell in told.items()}
    if repair is not None:
        told.pop(repair.field, None)
        if repair.value:
            told[repair.field] = _typed(known.get(repair.field), repair.value)
    return orjson.dumps(told).decode()


def digest_of(lines: Sequence[str]) -> str:
    """SHA-256 of the file that holds these lines."""
    return sha256(_file(lines)).hexdigest()


def judged(engine: Engine, stream: str, lines: Sequence[str], terms: Terms) -> tuple[Verdict, ...]:
    """Say what would come of rows, by what the ingestion itself does; nothing of it is kept.

    Parameters
    ----------
    engine : Engine
        Of the record.
    stream : str
    lines : sequence of str
        Rows of NDJSON.
    terms : Terms

    Raises
    ------
    Occupied
        If somebody else writes into the record for so long that the turn never came.
    CargoworthyError
        If the database could not go on.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = _written(Path(folder), stream, lines)
        (chunk,) = open_rows(path, stream, _FORMAT).chunks(0, len(lines))
    try:
        with writing(engine).connect() as connection, connection.begin() as transaction:
            verdicts = screen(chunk, terms.now)
            rows = encode(chunk, verdicts, Names(terms.port_key), connection)
            settlement = settle(connection, rows)
            transaction.rollback()
    except FAILURES as error:
        if _is_busy(error):
            raise Occupied from error
        raise CargoworthyError(
            f"the database could not go on ({first_line(error)}); nothing was changed: see to the "
            "database and try again"
        ) from error
    for place, (reason, detail) in settlement.refused.items():
        verdicts.refuse(int(rows.indices[place]), reason, detail)
    taken = {int(rows.indices[place]) for place in settlement.accepted.nonzero()[0]}
    return tuple(
        Verdict(str(ORDER[number - 1]), verdicts.details[index])
        if number
        else Verdict(is_duplicate=index not in taken)
        for index, number in enumerate(verdicts.reasons.tolist())
    )


def release(
    engine: Engine,
    archive: Archive,
    rows: Sequence[Refused],
    lines: Sequence[str],
    terms: Terms,
) -> Release:
    """Take rows in again; those that are in the record now leave the quarantine.

    A row that is refused again stays where it was. What was interrupted can be done again: what is
    in the record by then counts as a duplicate. The ingestion passes over a file that it has taken
    in before; so rows that make up such a file come in one that differs from it in blank lines.

    Parameters
    ----------
    engine : Engine
        Of the record.
    archive : Archive
    rows : sequence of Refused
        Of one stream.
    lines : sequence of str
        What is to be taken in for each.
    terms : Terms

    Raises
    ------
    Occupied
        If another ingestion into the record is running.
    CargoworthyError
        If the rows could not be taken in.
    """
    with engine.connect() as connection:
        before = newest_position(connection)
    with tempfile.TemporaryDirectory() as folder:
        new = _never_taken_in(engine, rows[0].stream, lines)
        path = _written(Path(folder), rows[0].stream, new)
        (report,) = Ingestion(engine, archive, terms, bulk=False).run([path]).files
    if report.error is not None or report.batch is None or report.digest is None:
        raise CargoworthyError(report.error or f"{path.name}: expected a batch, found none")
    # Somebody has just sent the very same file: what has become of its rows must be asked anew.
    again = None if report.repeats is None else _standing(engine, rows, lines, terms)
    with writing(engine).begin() as connection:
        verdicts = again or _outcome(connection, rows[0].stream, report.batch, before, len(rows))
        for number, (row, verdict) in enumerate(zip(rows, verdicts, strict=True), 1):
            place = (row.batch, row.row) if verdict.passes else (report.batch, number)
            _leave(connection, place, terms.now)
    return Release(report.batch, report.digest, verdicts)


def _never_taken_in(engine: Engine, stream: str, lines: Sequence[str]) -> Sequence[str]:
    """Lines whose file no finished batch had: these, and blank ones after them where needed."""
    query = sa.select(BATCH.c.finished_at).where(BATCH.c.stream == stream)
    with engine.connect() as connection:
        while True:
            same = query.where(BATCH.c.digest == digest_of(lines))
            finished = connection.execute(same).scalars().all()
            if not finished or None in finished:  # an interrupted release is gone on with
                return lines
            lines = (*lines, "")


def _standing(
    engine: Engine, rows: Sequence[Refused], lines: Sequence[str], terms: Terms
) -> tuple[Verdict, ...]:
    """How rows stand that were not taken in: only what the record has is no longer refused."""
    told = judged(engine, rows[0].stream, lines, terms)
    return tuple(
        Verdict(row.reason, row.detail) if one.passes and not one.is_duplicate else one
        for row, one in zip(rows, told, strict=True)
    )


def _is_busy(error: Exception) -> bool:
    """Whether a database failed because another transaction would not end."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected)


def _outcome(
    connection: Connection, stream: str, batch: int, before: int, count: int
) -> tuple[Verdict, ...]:
    mark = placeholder(connection)
    taken = {
        row
        for table in (FACTS[stream].name, REVERSAL.name)
        for (row,) in fetch(
            connection,
            f'SELECT "row" FROM "{table}" WHERE position > {mark} AND batch = {mark}',  # noqa: S608
            (before, batch),
        )
    }
    q = QUARANTINE.c
    query = sa.select(q.row, q.reason, q.detail).where(q.batch == batch, q.settled_at.is_(None))
    refused = {row: Verdict(reason, detail) for row, reason, detail in connection.execute(query)}
    return tuple(
        refused.get(number, Verdict(is_duplicate=number not in taken))
        for number in range(1, count + 1)
    )


def _leave(connection: Connection, place: tuple[int, int], now: int) -> None:
    """Take a row out of quarantine: what it says stands elsewhere, so it counts as a duplicate."""
    batch, row = place
    here = sa.and_(
        QUARANTINE.c.batch == batch, QUARANTINE.c.row == row, QUARANTINE.c.settled_at.is_(None)
    )
    left = connection.execute(sa.update(QUARANTINE).where(here).values(settled_at=now))
    if left.rowcount:
        counts = {"quarantined": BATCH.c.quarantined - 1, "duplicate": BATCH.c.duplicate + 1}
        connection.execute(sa.update(BATCH).where(BATCH.c.batch == batch).values(counts))


def _typed(column: Column | None, cell: object) -> object:
    """A cell of text as what the contract types its field."""
    integer = column is not None and column.kind == "integer"
    return int(cell) if integer and isinstance(cell, str) and _WHOLE.fullmatch(cell) else cell


def _written(folder: Path, stream: str, lines: Sequence[str]) -> Path:
    path = folder / f"{stream}.{_FORMAT}"
    path.write_bytes(_file(lines))
    return path


def _file(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
