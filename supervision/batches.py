"""Batches: one archived file each, how far it has been read and what became of its rows."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supervision.errors import UsageError
from supervision.reasons import REJUDGED
from supervision.tables import BATCH, QUARANTINE


@dataclass(frozen=True)
class Backfill:
    """A declaration that old messages come late, as when a provider joins.

    Their ``received_at`` is left out, so that they count as known when their provider knew them.
    """

    reason: str
    by: str


@dataclass(frozen=True)
class Counts:
    """What became of rows. ``received`` is always the sum of the other three."""

    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0


@dataclass(frozen=True)
class Batch:
    """A batch as it stands in the record."""

    batch: int
    read_up_to: int
    counts: Counts
    repeats: int | None = None


@dataclass(frozen=True)
class Arrival:
    """A file that has arrived: what identifies its batch, and on what terms it is taken in."""

    digest: str
    stream: str
    format: str
    file: str
    now: int
    backfill: Backfill | None


def resume_or_begin(connection: Connection, arrival: Arrival) -> Batch:
    """Go on with an unfinished batch of the same content, or begin a new one.

    A content that has been taken in completely is not read again: all its rows are duplicates.
    Only if some of its rows might be judged otherwise today is it judged again.

    Raises
    ------
    UsageError
        If the unfinished batch was begun under another declaration of a backfill.
    """
    same = sa.and_(BATCH.c.digest == arrival.digest, BATCH.c.stream == arrival.stream)
    rows = connection.execute(sa.select(BATCH).where(same).order_by(BATCH.c.batch)).all()
    for row in rows:
        if row.finished_at is None:
            declared = Backfill(row.backfill_reason, row.backfill_by)
            if (declared if row.backfill_reason else None) != arrival.backfill:
                begun = f"as the backfill {declared}" if row.backfill_reason else "plainly"
                raise UsageError(
                    f"{arrival.file}: batch {row.batch} was begun {begun} and is not finished; "
                    "go on with the same --backfill and --by"
                )
            counts = Counts(row.received, row.accepted, row.quarantined, row.duplicate)
            return Batch(row.batch, row.read_up_to, counts)
    complete = [row for row in rows if row.repeats is None and row.error is None]
    if complete and not _may_be_judged_otherwise(connection, complete[-1].batch):
        return _begin(connection, arrival, complete[-1])
    return _begin(connection, arrival, None)


def advance(
    connection: Connection, batch: Batch, read_up_to: int, counts: Counts, newest: int | None
) -> Batch:
    """Note that the batch has been read up to a row, in the transaction that holds its rows."""
    total = Counts(
        batch.counts.received + counts.received,
        batch.counts.accepted + counts.accepted,
        batch.counts.quarantined + counts.quarantined,
        batch.counts.duplicate + counts.duplicate,
    )
    values: dict[str, object] = {
        "read_up_to": read_up_to,
        "received": total.received,
        "accepted": total.accepted,
        "quarantined": total.quarantined,
        "duplicate": total.duplicate,
    }
    if newest is not None:
        known = sa.func.coalesce(BATCH.c.newest_known_at, newest)
        values["newest_known_at"] = sa.case((known > newest, known), else_=newest)
    connection.execute(sa.update(BATCH).where(BATCH.c.batch == batch.batch).values(values))
    return Batch(batch.batch, read_up_to, total, batch.repeats)


def finish(connection: Connection, batch: Batch, now: int, error: str | None) -> None:
    """Note that the batch has been read to its end, or as far as its damaged file can be read."""
    ended = sa.update(BATCH).values(finished_at=now, error=error)
    connection.execute(ended.where(BATCH.c.batch == batch.batch))


def _may_be_judged_otherwise(connection: Connection, batch: int) -> bool:
    where = sa.and_(QUARANTINE.c.batch == batch, QUARANTINE.c.reason.in_(sorted(REJUDGED)))
    return connection.execute(sa.select(QUARANTINE.c.row).where(where).limit(1)).first() is not None


def _begin(
    connection: Connection, arrival: Arrival, repeated: sa.Row[tuple[object, ...]] | None
) -> Batch:
    newest = connection.execute(sa.select(sa.func.max(BATCH.c.batch))).scalar()
    number = (newest or 0) + 1
    received = repeated.received if repeated is not None else 0
    read = repeated.read_up_to if repeated is not None else 0
    connection.execute(
        sa.insert(BATCH).values(
            batch=number,
            digest=arrival.digest,
            stream=arrival.stream,
            format=arrival.format,
            file=arrival.file,
            begun_at=arrival.now,
            finished_at=None if repeated is None else arrival.now,
            backfill_reason=arrival.backfill.reason if arrival.backfill else None,
            backfill_by=arrival.backfill.by if arrival.backfill else None,
            repeats=repeated.batch if repeated is not None else None,
            read_up_to=read,
            received=received,
            accepted=0,
            quarantined=0,
            duplicate=received,
        )
    )
    counts = Counts(received=received, duplicate=received)
    return Batch(number, read, counts, repeated.batch if repeated is not None else None)
