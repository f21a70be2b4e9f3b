"""Jobs: what was handed in, which rows are done, how each ended."""

import sqlalchemy as sa
from alembic import op

from serving.access.row_security import protect
from supervision.append_only import AppendOnly

revision = "0006"
down_revision = "0005"

_METADATA = sa.MetaData()


def _number() -> sa.Column[int]:
    return sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    )


_JOB = sa.Table(
    "job",
    _METADATA,
    _number(),
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
_CHUNK = sa.Table(
    "job_chunk",
    _METADATA,
    _number(),
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
_EVENT = sa.Table(
    "job_event",
    _METADATA,
    _number(),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("job_id", sa.String(36), nullable=False, index=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
_KEPT = (
    AppendOnly(_JOB, "the log of jobs", unique=("job_id", "number"), key=4_717_041),
    AppendOnly(_CHUNK, "the log of rows done", unique=("chunk", "number"), key=4_717_042),
    AppendOnly(_EVENT, "the log of ends of jobs", unique=("event", "number"), key=4_717_043),
)


def upgrade() -> None:
    """Make the tables, append-only and behind the wall."""
    connection = op.get_bind()
    for kept in _KEPT:
        kept.create(connection)
        protect(connection, kept.table, "tenant = {tenant}")
