"""The tables of jobs: what was handed in, what is done of it, and how it ended.

All are append-only. The rows of a job that are done, and their scores, commit together, and no
chunk of rows stands twice: so whatever becomes of whoever works on a job, no row is scored twice.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from serving.access.row_security import protect
from supervision.append_only import AppendOnly, number_column

METADATA = sa.MetaData()


JOB = sa.Table(
    "job",
    METADATA,
    number_column(),
    sa.Column("job_id", sa.String(36), nullable=False, unique=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("client_id", sa.String(200), nullable=False),
    sa.Column("role", sa.String(16)),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("form", sa.String(16), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("default_as_of", sa.BigInteger, nullable=False),
    sa.Column("submitted_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""One row a job, as it was handed in."""

CHUNK = sa.Table(
    "job_chunk",
    METADATA,
    number_column(),
    sa.Column("chunk", sa.String(64), nullable=False, unique=True),
    sa.Column("job_id", sa.String(36), nullable=False, index=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("scored", sa.BigInteger, nullable=False),
    sa.Column("insufficient", sa.BigInteger, nullable=False),
    sa.Column("refused", sa.BigInteger, nullable=False),
    sa.Column("outcomes", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""One row for each run of rows that are done; ``chunk`` names it, so that none stands twice."""

EVENT = sa.Table(
    "job_event",
    METADATA,
    number_column(),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("job_id", sa.String(36), nullable=False, index=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""That a job was begun, and how it ended; ``event`` names either, so that a job ends once."""

END = "end"
"""Last part of the name of the event by which a job ended."""
NOT_ENDED = ~sa.exists().where(EVENT.c.event == JOB.c.job_id + f"/{END}")
_KEPT = (
    AppendOnly(JOB, "the log of jobs", unique=("job_id", "number"), key=4_717_041),
    AppendOnly(CHUNK, "the log of rows done", unique=("chunk", "number"), key=4_717_042),
    AppendOnly(EVENT, "the log of ends of jobs", unique=("event", "number"), key=4_717_043),
)


def prepare(connection: Connection) -> None:
    """Make the tables where they are missing, append-only and behind the wall."""
    for kept in _KEPT:
        kept.create(connection)
        protect(connection, kept.table, "tenant = {tenant}")
