"""The rows in quarantine, for whoever repairs them: where each came from, and why it waits."""

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
    """

    file: str
    row: int
    stream: str
    reason: str
    detail: str
    content: str


def refused(
    engine: Engine, stream: str | None = None, reason: str | None = None, most: int = 20
) -> tuple[Refused, ...]:
    """Rows now in quarantine, the newest batch first, rows in the order of their file.

    Parameters
    ----------
    engine : Engine
    stream, reason : str, optional
        Only rows of this stream, only rows with this reason.
    most : int
        Greatest number of rows returned.
    """
    q = QUARANTINE.c
    wanted = (
        sa.select(BATCH.c.file, q.row, q.stream, q.reason, q.detail, q.content)
        .join(BATCH, BATCH.c.batch == q.batch)
        .where(q.settled_at.is_(None))
        .order_by(q.batch.desc(), q.row)
        .limit(most)
    )
    if stream is not None:
        wanted = wanted.where(q.stream == stream)
    if reason is not None:
        wanted = wanted.where(q.reason == reason)
    with engine.connect() as connection:
        return tuple(Refused(*found) for found in connection.execute(wanted))
