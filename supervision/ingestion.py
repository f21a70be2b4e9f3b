"""Taking files into the record: archived, judged, and written, one transaction a chunk.

Every row is accepted with the next position, quarantined with a reason, or counted as a
duplicate. A chunk's rows, names, keys and counts are committed together with how far its file has
been read; so an ingestion killed at any moment goes on at the row after the last commit.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from supervision.archive import Archive, Archived
from supervision.arrays import MISSING, Integers
from supervision.batches import (
    Arrival,
    Backfill,
    Batch,
    Counts,
    advance,
    finish,
    resume_or_begin,
)
from supervision.chunk import Chunk
from supervision.database import FAILURES, build_index, fetch, insert, writing
from supervision.encoding import Encoded, encode
from supervision.errors import CargoworthyError
from supervision.files import FileError, SourceFile, open_rows, signed_beside, source_of
from supervision.lock import only_ingester
from supervision.names import Names
from supervision.position import newest_position
from supervision.providers.statement import Statement
from supervision.providers.vouching import checked, keep
from supervision.reasons import ORDER
from supervision.screening import Verdicts, screen
from supervision.settlement import Settlement, settle
from supervision.tables import (
    FACTS,
    MESSAGE_KEY,
    QUARANTINE,
    REVERSAL,
    STREAM_NUMBERS,
    indexes,
    stored_columns,
)
from supervision.waiting import retry_waiting

CHUNK = 100_000
"""Rows of a chunk: large enough to touch a page of the key table for many rows at once."""


@dataclass(frozen=True)
class Progress:
    """How far a file has been read. ``total`` is None where it is not known."""

    path: Path
    rows: int
    total: int | None


def _unseen(_: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Terms:
    """On what terms messages are taken in.

    Attributes
    ----------
    now : int
        When they were received, UTC microseconds.
    backfill : Backfill or None
        A declaration under which ``received_at`` is left out.
    port_key : bytes or None
        The port's key, to find forged cargo codes.
    provider : str or None
        Who sends: messages that name another are quarantined. None for files of several.
    """

    now: int
    backfill: Backfill | None = None
    port_key: bytes | None = None
    provider: str | None = None

    @property
    def received_at(self) -> int | None:
        """What is recorded as the time of receipt."""
        return None if self.backfill else self.now


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    Attributes
    ----------
    counts : Counts
        Of the whole batch, also of what an earlier, interrupted ingestion had read.
    reasons : dict of str to int
        Rows quarantined in this call, by reason.
    resumed_after : int
        Rows that an interrupted ingestion had already taken in.
    repeats : int or None
        The batch whose content this file repeats.
    error : str or None
        Why the file could not be taken in as a whole.
    signed_by : tuple of str
        Providers whose signatures beside it were found good.
    is_ours : bool
        Whether the error is of this machine's files, not of the file's content.
    """

    file: str
    stream: str | None = None
    digest: str | None = None
    batch: int | None = None
    counts: Counts = field(default_factory=Counts)
    reasons: dict[str, int] = field(default_factory=dict)
    resumed_after: int = 0
    repeats: int | None = None
    error: str | None = None
    signed_by: tuple[str, ...] = ()
    is_ours: bool = False


@dataclass(frozen=True)
class IngestReport:
    """What became of all files of a call."""

    files: tuple[FileReport, ...]
    reversals_settled: int = 0

    @property
    def failed(self) -> bool:
        """Whether any file could not be taken in."""
        return any(file.error is not None for file in self.files)


@dataclass
class Ingestion:
    """Takes files into a record.

    Parameters
    ----------
    engine : Engine
    archive : Archive
    terms : Terms
    progress : callable
        Told after every chunk how far a file has been read.
    chunk : int
        Rows of a chunk.
    clock : callable, optional
        Asked for ``terms.now`` anew when a file has arrived, so that a long call's last file is
        not known from the call's beginning on.
    bulk : bool
        Whether millions of rows may come: then much of an SQLite database is kept in memory.
    most_waiting : int or None
        If more reversals wait, none of them is tried again, so that a small ingestion stays short;
        None to try all.
    """

    engine: Engine
    archive: Archive
    terms: Terms
    progress: Callable[[Progress], None] = _unseen
    chunk: int = CHUNK
    clock: Callable[[], int] | None = None
    bulk: bool = True
    most_waiting: int | None = None

    def __post_init__(self) -> None:
        self._names = Names(self.terms.port_key)
        self._writing = writing(self.engine, bulk=self.bulk)

    def run(self, paths: Iterable[Path]) -> IngestReport:
        """Take in files, each on its own: one that cannot be read holds up none of the others.

        Raises
        ------
        Occupied
            If another ingestion into the same record is running.
        """
        try:
            with only_ingester(self.engine):
                self.archive.clear()
                files = tuple(self._reported(path) for path in paths)
                self._build_indexes()
                self._look_at_clock()
                settled = retry_waiting(
                    self._writing, self._names, self.terms.now, self.most_waiting
                )
        except FAILURES as error:
            raise CargoworthyError(
                f"the database could not go on ({error!s:.200}); what was committed stands: "
                "see to the database and start the same ingestion again"
            ) from error
        return IngestReport(files, settled)

    def _look_at_clock(self) -> None:
        if self.clock is not None:
            self.terms = replace(self.terms, now=self.clock())

    def _reported(self, path: Path) -> FileReport:
        try:
            source = source_of(path)
            with path.open("rb") as content:
                archived = self.archive.put(content)
            self._look_at_clock()
            return self._take(source, archived)
        except CargoworthyError as error:
            return FileReport(path.name, error=str(error))
        except OSError as error:
            return FileReport(
                path.name, error=f"{path.name}: cannot be read ({error})", is_ours=True
            )

    def _take(self, source: SourceFile, archived: Archived) -> FileReport:
        statement = Statement(archived.digest, source.stream)
        vouched = checked(self.engine, signed_beside(source.path), statement, self.terms.now)
        rows = open_rows(archived.path, source.stream, source.format)
        arrival = Arrival(
            archived.digest,
            source.stream,
            source.format,
            source.path.name,
            self.terms.now,
            self.terms.backfill,
        )
        with self._writing.begin() as connection:
            batch = resume_or_begin(connection, arrival)
            keep(connection, vouched, self.terms.now)
        resumed, reasons = batch.read_up_to, Counter[str]()
        error: str | None = None
        if batch.repeats is None:
            try:
                for chunk in rows.chunks(batch.read_up_to, self.chunk):
                    batch = self._commit(chunk, batch, reasons)
                    self.progress(Progress(source.path, chunk.end, rows.total))
            except FileError as damage:
                error = str(damage)
            with self._writing.begin() as connection:
                finish(connection, batch, self.terms.now, error)
        return FileReport(
            source.path.name,
            source.stream,
            archived.digest,
            batch.batch,
            batch.counts,
            dict(reasons),
            resumed if batch.repeats is None else 0,
            batch.repeats,
            error,
            tuple(dict.fromkeys(one.key.provider for one in vouched)),
        )

    def _commit(self, chunk: Chunk, batch: Batch, reasons: Counter[str]) -> Batch:
        try:
            with self._writing.begin() as connection:
                return self._record(connection, chunk, batch, reasons)
        except BaseException:
            self._names.forget()
            raise

    def _record(
        self, connection: Connection, chunk: Chunk, batch: Batch, reasons: Counter[str]
    ) -> Batch:
        verdicts = screen(chunk, self.terms.now, self.terms.provider)
        rows = encode(chunk, verdicts, self._names, connection)
        settlement = settle(connection, rows)
        for place, (reason, detail) in settlement.refused.items():
            verdicts.refuse(int(rows.indices[place]), reason, detail)
        newest = self._write(connection, rows, settlement, batch.batch)
        refused = _quarantine(connection, chunk, verdicts, batch.batch)
        reasons.update(refused)
        counts = Counts(
            received=len(chunk),
            accepted=int(settlement.accepted.sum()),
            quarantined=sum(refused.values()),
            duplicate=settlement.duplicates,
        )
        if counts.received != counts.accepted + counts.quarantined + counts.duplicate:
            raise CargoworthyError(f"{chunk.stream}: rows do not add up: {counts}; report this")
        return advance(connection, batch, chunk.end, counts, newest)

    def _write(
        self, connection: Connection, rows: Encoded, settlement: Settlement, batch: int
    ) -> int | None:
        """Write accepted rows and their keys; the newest time at which one of them is known."""
        accepted = np.flatnonzero(settlement.accepted)
        if len(accepted) == 0:
            return None
        positions = np.full(len(rows), MISSING, np.int64)
        first = newest_position(connection) + 1
        positions[accepted] = np.arange(first, first + len(accepted))
        known = known_at(rows, self.terms.received_at)
        reversing = rows.reversing()
        facts, reversals = accepted[~reversing[accepted]], accepted[reversing[accepted]]
        placed = {
            "position": positions,
            "batch": np.full(len(rows), batch),
            "row": rows.numbers,
            "known_at": known,
        }
        self._insert(connection, FACTS[rows.stream], rows, facts, placed)
        if len(reversals):
            targets = [settlement.targets[place] for place in reversals.tolist()]
            target = np.full(len(rows), MISSING, np.int64)
            target[reversals] = [int(positions[-1 - t]) if t < 0 else t for t in targets]
            stream = np.full(len(rows), STREAM_NUMBERS[rows.stream])
            placed |= {"stream": stream, "target_position": target}
            self._insert(connection, REVERSAL, rows, reversals, placed)
        _insert_keys(connection, settlement.keys[accepted], positions[accepted], rows.stream)
        return int(known[accepted].max())

    def _insert(
        self,
        connection: Connection,
        table: sa.Table,
        rows: Encoded,
        which: Integers,
        placed: dict[str, Integers],
    ) -> None:
        if len(which) == 0:
            return
        stored = (*stored_columns(rows.stream), "reverses")
        stated = tuple(name for name in stored if name in table.c and rows.states(name))
        names = [*placed, *stated]
        lists: list[Iterable[object]] = [placed[name][which].tolist() for name in placed]
        lists += rows.lists(stated, None if len(which) == len(rows) else which)
        if self.terms.received_at is not None:
            names.append("received_at")
            lists.append(repeat(self.terms.received_at, len(which)))
        insert(connection, table, names, zip(*lists, strict=True))

    def _build_indexes(self) -> None:
        """Build what is missing; a first bulk ingestion is faster without indexes to keep."""
        for stream in FACTS:
            with self.engine.connect() as connection:
                empty = not fetch(connection, f'SELECT 1 FROM "{stream}" LIMIT 1')  # noqa: S608
            if not empty:
                there = {index["name"] for index in sa.inspect(self.engine).get_indexes(stream)}
                for name, columns in indexes(stream):
                    if name not in there:
                        build_index(self.engine, name, stream, columns)


def known_at(rows: Encoded, received_at: int | None) -> Integers:
    """When each row was known: the latest of when it occurred, was recorded and was received."""
    latest = np.maximum(rows.values["occurred_at"], rows.values["recorded_at"])
    return latest if received_at is None else np.maximum(latest, received_at)


def _insert_keys(connection: Connection, keys: Integers, positions: Integers, stream: str) -> None:
    order = np.argsort(keys, kind="stable")
    rows = zip(
        keys[order].tolist(),
        positions[order].tolist(),
        repeat(STREAM_NUMBERS[stream], len(order)),
        strict=True,
    )
    insert(connection, MESSAGE_KEY, ("hash", "position", "stream"), rows)


def _quarantine(
    connection: Connection, chunk: Chunk, verdicts: Verdicts, batch: int
) -> Counter[str]:
    """Keep refused rows with content, reason and row number; how many for each reason."""
    refused = np.flatnonzero(~verdicts.passed).tolist()
    reasons = [str(ORDER[int(verdicts.reasons[index]) - 1]) for index in refused]
    rows = [
        (
            batch,
            int(chunk.numbers[index]),
            chunk.stream,
            reason,
            verdicts.details[index],
            chunk.content(index),
        )
        for index, reason in zip(refused, reasons, strict=True)
    ]
    if rows:
        names = ("batch", "row", "stream", "reason", "detail", "content")
        insert(connection, QUARANTINE, names, rows)
    return Counter(reasons)
