"""The rows in quarantine, for whoever repairs them: where each came from, and why it waits."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from supervision.tables import BATCH, QUARANTINE


@dataclass(frozen=True)
class Refused:
    """One row that was not accepted.

    Attributes
    ----------
    file : str
        Name of the file as it came.
    row : int
        Number of the row in it, the first is 1.
    stream, reason : str
    detail : str
        What was expected and found.
    content : str
        The row as it came.
    batch : int
        The batch that brought it: with the row's number its name in the record.
    format : str
        Of the file: ``csv``, ``ndjson`` or ``parquet``.
    received_at : int
        When its file was taken in, UTC microseconds.
    """

    file: str
    row: int
    stream: str
    reason: str
    detail: str
    content: str
    batch: int
    format: str
    received_at: int


_REFUSED = (
    sa.select(
        BATCH.c.file,
        QUARANTINE.c.row,
        QUARANTINE.c.stream,
        QUARANTINE.c.reason,
        QUARANTINE.c.detail,
        QUARANTINE.c.content,
        QUARANTINE.c.batch,
        BATCH.c.format,
        BATCH.c.begun_at,
    )
    .join(BATCH, BATCH.c.batch == QUARANTINE.c.batch)
    .where(QUARANTINE.c.settled_at.is_(None))
)


def refused(
    engine: Engine,
    stream: str | None = None,
    reason: str | None = None,
    most: int = 20,
    skip: int = 0,
) -> tuple[Refused, ...]:
    """Rows now in quarantine, the newest batch first, rows in the order of their file.

    Parameters
    ----------
    engine : Engine
    stream, reason : str, optional
        Only rows of this stream, only rows with this reason.
    most : int
        Greatest number of rows returned.
    skip : int
        Rows passed over before the first.
    """
    q = QUARANTINE.c
    wanted = _REFUSED.order_by(q.batch.desc(), q.row).limit(most).offset(skip)
    if stream is not None:
        wanted = wanted.where(q.stream == stream)
    if reason is not None:
        wanted = wanted.where(q.reason == reason)
    with engine.connect() as connection:
        return tuple(Refused(*found) for found in connection.execute(wanted))


def refused_at(engine: Engine, places: Sequence[tuple[int, int]]) -> tuple[Refused, ...]:
    """Rows now in quarantine at some places (batch and row number), in their order.

    One that is no longer there, or never was, is left out.
    """
    batches = sorted({batch for batch, _ in places})
    numbers = sorted({row for _, row in places})
    there = _REFUSED.where(QUARANTINE.c.batch.in_(batches), QUARANTINE.c.row.in_(numbers))
    with engine.connect() as connection:
        found = [Refused(*row) for row in connection.execute(there)]
    by_place = {(one.batch, one.row): one for one in found}
    return tuple(by_place[place] for place in places if place in by_place)


def refused_of(engine: Engine, batch: int, most: int) -> tuple[Refused, ...]:
    """Rows of one batch that are now in quarantine, in the order of its file."""
    wanted = _REFUSED.where(QUARANTINE.c.batch == batch).order_by(QUARANTINE.c.row).limit(most)
    with engine.connect() as connection:
        return tuple(Refused(*found) for found in connection.execute(wanted))
