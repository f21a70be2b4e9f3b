"""The record, as the rooms above read it: arrays of integers, by subject or by position."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Self

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from supervision.arrays import MISSING, NEVER, Columns, Integers
from supervision.batches import Counts
from supervision.contract.columns import column, columns
from supervision.contract.messages import STREAMS
from supervision.database import (
    DatabaseMissing,
    among,
    arrays,
    autocommitting,
    bound,
    columns_of,
    engine_of,
    fetch,
    placeholder,
    take_turn,
    writing,
)
from supervision.known_names import KnownNames
from supervision.message_reference import MessageReference, by_stream, references, rows_at
from supervision.names import numbers_of, texts_of
from supervision.position import newest_position, newest_positions
from supervision.questions import Questions
from supervision.tables import (
    BATCH,
    FACTS,
    IDENTITY,
    INDEXED,
    METADATA,
    QUARANTINE,
    STREAM_OF,
)

_LAST = int(np.iinfo(np.int64).max)
_ENVELOPE = ("position", "batch", "known_at")
_CREATION_LOCK = 0x43415248
"""Advisory lock under which one of several processes creates the tables."""


@dataclass(frozen=True)
class StreamStatus:
    """What a stream holds.

    Attributes
    ----------
    stream : str
    counts : Counts
    reasons : dict of str to int
        Rows now in quarantine, by reason.
    newest_known_at : int or None
    """

    stream: str
    counts: Counts
    reasons: dict[str, int]
    newest_known_at: int | None


@dataclass(frozen=True)
class RecordStatus:
    """What the record holds, stream by stream, and what went wrong with files.

    Attributes
    ----------
    position : int
        The newest position.
    streams : tuple of StreamStatus
    unfinished : tuple of str
        Files whose ingestion was interrupted.
    failed : tuple of str
        Files that are damaged after their first rows, each with its error.
    """

    position: int
    streams: tuple[StreamStatus, ...]
    unfinished: tuple[str, ...]
    failed: tuple[str, ...]


class Record:
    """The append-only record of supervision messages.

    Rows come as :data:`supervision.arrays.Columns`: ``position``, ``batch``, ``known_at``,
    ``reversed_at`` (when the row's reversal was known, ``NEVER`` if there is none), the envelope
    and every field of the stream but texts. Reversals are not rows of their own.

    Parameters
    ----------
    engine : Engine
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._questions = Questions(engine)
        self._ask = self._questions.ask
        self._numbers = KnownNames(lambda texts: self._ask(lambda it: numbers_of(it, texts)))
        self._texts = KnownNames(lambda numbers: self._ask(lambda it: texts_of(it, numbers)))

    @classmethod
    def open(cls, url: str, *, create: bool = False) -> Self:
        """Open a record by its database's URL.

        Raises
        ------
        UsageError
            If the URL names no database that the record can live in.
        DatabaseMissing
            If there is no record and it is not to be made.
        """
        engine = engine_of(url, create=create)
        try:
            there = sa.inspect(engine).has_table(IDENTITY.name)
            if create and not there:
                _create(engine)
                there = True
        except sa.exc.DBAPIError as error:
            engine.dispose()
            raise DatabaseMissing(
                f"expected a database at {engine.url!r:.120}, found none that answers "
                f"({error.orig!s:.200})"
            ) from error
        if not there:
            engine.dispose()
            raise DatabaseMissing(
                f"expected a record at {engine.url!r:.120}, found a database without one; "
                "run `cargoworthy ingest` first, or name another with --database"
            )
        return cls(engine)

    def close(self) -> None:
        """Let go of the database's connections."""
        self._questions.close()
        self.engine.dispose()

    def identity(self) -> str:
        """A name that no other record has: 32 hexadecimal digits, drawn when it was created."""
        ((identity,),) = self._fetched("SELECT identity FROM identity")
        return str(identity)

    def position(self) -> int:
        """The newest position, 0 when the record is empty."""
        return self._ask(newest_position)

    def newest(self) -> dict[str, int]:
        """The newest position of each stream and of ``reversal``, 0 where there is none."""
        return self._ask(newest_positions)

    def number_of(self, texts: Sequence[str]) -> dict[str, int]:
        """Numbers of those of the names that the record knows."""
        return self._numbers.of(texts)

    def newest_number(self) -> int:
        """The number of the name that was met last, 0 when there is none; numbers only rise."""
        ((number,),) = self._fetched("SELECT COALESCE(MAX(number), 0) FROM name")
        return int(number)

    def text_of(self, numbers: Sequence[int]) -> dict[int, str]:
        """Names of those of the numbers that the record knows."""
        return self._texts.of(map(int, numbers))

    def _fetched(self, sql: str, values: tuple[object, ...] = ()) -> list[Any]:
        return self._ask(lambda connection: fetch(connection, sql, values))

    def enterprises(self) -> Integers:
        """Numbers of all enterprises that any message is about, sorted."""
        each = " UNION ".join(f'SELECT enterprise_id AS e FROM "{stream}"' for stream in FACTS)  # noqa: S608
        rows = self._fetched(f"SELECT e FROM ({each}) AS known WHERE e IS NOT NULL")  # noqa: S608
        return np.sort(arrays(rows, 1)[0])

    def lots(self, numbers: Sequence[int] | None = None) -> Columns:
        """Lots with the owner and the commodity that their codes name, in order of the lot.

        Parameters
        ----------
        numbers : sequence of int, optional
            Only these lots.
        """
        names = ("lot", "owner", "commodity")
        where = ""
        values: tuple[object, ...] = ()
        if numbers is not None:
            where = f"WHERE {among(self.engine, 'lot')}"
            values = (bound(self.engine, [int(number) for number in numbers]),)
        rows = self._fetched(f"SELECT lot, owner, commodity FROM lot {where} ORDER BY lot", values)  # noqa: S608
        return dict(zip(names, arrays(rows, len(names)), strict=True))

    def rows(
        self,
        stream: str,
        by: str,
        among: Sequence[int],
        up_to: int | None = None,
        kind: str | None = None,
    ) -> Columns:
        """Rows of a stream about some subjects, in order of position.

        Parameters
        ----------
        stream : str
        by : str
            An indexed column: ``position``, ``enterprise_id``, and where the stream is looked up
            by them ``cargo_code``, ``buyer``, ``party`` or ``hs_code``.
        among : sequence of int
            Numbers of names, or positions.
        up_to : int, optional
            The newest position to see; reversals after it are not seen either.
        kind : str, optional
            Only messages of this kind.

        Raises
        ------
        ValueError
            If the contract has no such kind, or the stream is not looked up by that column.
        """
        if by not in ("position", *INDEXED[stream]):
            raise ValueError(f"{stream}: expected one of {INDEXED[stream]}, found {by!r}")
        code = None if kind is None else column(stream, "kind").code(kind)
        last = _LAST if up_to is None else up_to
        values = (last, bound(self.engine, [int(number) for number in among]), last)
        return self._ask(lambda connection: _subjects(connection, stream, by, values, code))

    def scan(
        self, stream: str, after: int = 0, up_to: int | None = None, chunk: int = 200_000
    ) -> Iterator[Columns]:
        """All rows of a stream in order of position, at most ``chunk`` at a time.

        Parameters
        ----------
        stream : str
        after, up_to : int
            Rows after the one position, up to the other.
        chunk : int
        """
        last = _LAST if up_to is None else up_to
        mark = placeholder(self.engine)
        where = f"f.position > {mark} AND f.position <= {mark}"
        sql = f"{select_rows(stream, mark, where)} LIMIT {mark}"
        names = row_columns(stream)
        while True:
            found = self._ask(
                partial(columns_of, sql=sql, names=names, values=(last, after, last, chunk))
            )
            if len(found["position"]):
                yield found
            if len(found["position"]) < chunk:
                return
            after = int(found["position"][-1])

    def reversals(self, after: int, up_to: int) -> dict[str, Columns]:
        """What was taken back after one position and up to another, by stream.

        Returns
        -------
        dict of str to Columns
            Of each stream that had any: ``position``, ``target_position`` (of the message that
            was reversed) and ``known_at``, in order of position.
        """
        names = ("position", "target_position", "known_at")
        mark = placeholder(self.engine)
        sql = (
            f"SELECT stream, {', '.join(names)} FROM reversal "  # noqa: S608
            f"WHERE position > {mark} AND position <= {mark} ORDER BY position"
        )
        rows = self._fetched(sql, (after, up_to))
        stream, *found = arrays(rows, 1 + len(names))
        return {
            STREAM_OF[number]: {
                name: values[stream == number] for name, values in zip(names, found, strict=True)
            }
            for number in np.unique(stream).tolist()
        }

    def messages(self, positions: Sequence[int] | Mapping[int, str]) -> list[MessageReference]:
        """The messages at some positions, in order of position; those not there are left out.

        Parameters
        ----------
        positions : sequence of int, or mapping of int to str
            Where the stream of each is told, it is looked up in that one alone.
        """
        wanted = by_stream(positions)
        rows = self._ask(lambda connection: rows_at(connection, wanted))
        return references(rows, self.text_of)

    def status(self) -> RecordStatus:
        """What the record holds, by stream: received = accepted + quarantined + duplicate."""
        names = ("received", "accepted", "quarantined", "duplicate")
        sums = [sa.func.sum(BATCH.c[name]) for name in names]
        totals = sa.select(BATCH.c.stream, *sums, sa.func.max(BATCH.c.newest_known_at))
        waiting = (
            sa.select(QUARANTINE.c.stream, QUARANTINE.c.reason, sa.func.count())
            .where(QUARANTINE.c.settled_at.is_(None))
            .group_by(QUARANTINE.c.stream, QUARANTINE.c.reason)
        )
        open_ones = sa.select(BATCH.c.file).where(BATCH.c.finished_at.is_(None))
        failures = sa.select(BATCH.c.file, BATCH.c.error).where(BATCH.c.error.is_not(None))
        with autocommitting(self.engine).connect() as connection:
            counted = {row[0]: row for row in connection.execute(totals.group_by(BATCH.c.stream))}
            reasons: dict[str, dict[str, int]] = {stream: {} for stream in STREAMS}
            for stream, reason, count in connection.execute(waiting):
                reasons[stream][reason] = count
            unfinished = tuple(connection.execute(open_ones).scalars())
            failed = sorted({f"{f}: {error}" for f, error in connection.execute(failures)})
            position = newest_position(connection)
        streams = (
            StreamStatus(
                stream,
                Counts(*(int(n) for n in counted[stream][1:5])) if stream in counted else Counts(),
                dict(sorted(reasons[stream].items())),
                counted[stream][5] if stream in counted else None,
            )
            for stream in STREAMS
        )
        return RecordStatus(position, tuple(streams), unfinished, tuple(failed))


def _create(engine: Engine) -> None:
    """Create the tables and the record's identity, whoever else tries at the same time."""
    with writing(engine).begin() as connection:
        take_turn(connection, _CREATION_LOCK)
        METADATA.create_all(connection)
        if connection.execute(sa.select(IDENTITY.c.identity)).first() is None:
            connection.execute(sa.insert(IDENTITY).values(identity=uuid.uuid4().hex))


_among = among  # the parameter of Record.rows hides the function


@cache
def row_columns(stream: str) -> tuple[str, ...]:
    """Names of the columns that rows of a stream have as arrays."""
    stated = tuple(c.name for c in columns(stream) if c.kind != "text")
    return (*_ENVELOPE, "reversed_at", *stated)


@cache
def select_rows(stream: str, mark: str, where: str, order: str = "f.position") -> str:
    """SQL for rows of a stream; the first bound value is the newest position to see."""
    parts = [f"f.{name}" for name in _ENVELOPE]
    parts.append(f"COALESCE(r.known_at, {NEVER}) AS reversed_at")
    # A column that is never empty is not wrapped, which spares a call for each of its values.
    empty = {c.name: c.nullable for c in FACTS[stream].c}
    stated = [c.name for c in columns(stream) if c.kind != "text"]
    # The literal of the smallest integer is written as a difference: PostgreSQL reads -2**63 as
    # the negative of a number that is too large.
    missing = f"({MISSING + 1} - 1)"
    parts.extend(
        f'COALESCE(f."{n}", {missing}) AS "{n}"' if empty[n] else f'f."{n}"' for n in stated
    )
    return (
        f'SELECT {", ".join(parts)} FROM "{stream}" f LEFT JOIN reversal r '  # noqa: S608
        f"ON r.target_position = f.position AND r.position <= {mark} "
        f"WHERE {where} ORDER BY {order}"
    )


def _subjects(
    connection: Connection, stream: str, by: str, values: tuple[object, ...], kind: int | None
) -> Columns:
    mark = placeholder(connection)
    where = f"{_among(connection, f'f.{chr(34)}{by}{chr(34)}')} AND f.position <= {mark}"
    if kind is not None:
        where += f" AND f.kind = {kind:d}"
    return _columns(stream, fetch(connection, select_rows(stream, mark, where), values))


def _columns(stream: str, rows: list[tuple[int, ...]]) -> Columns:
    names = row_columns(stream)
    return dict(zip(names, arrays(rows, len(names)), strict=True))
