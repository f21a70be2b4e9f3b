"""The log of officers' decisions about scores."""

import sqlalchemy as sa
from alembic import op

from serving.access.row_security import protect
from supervision.append_only import AppendOnly

revision = "0009"
down_revision = "0008"

_DECISION = sa.Table(
    "decision",
    sa.MetaData(),
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("score_id", sa.String(36), nullable=False, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("enterprise_id", sa.String(18), nullable=False, index=True),
    sa.Column("act", sa.String(12), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(48), nullable=False),
    sa.Column("called", sa.String(80), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("reason", sa.String(24)),
    sa.Column("grade", sa.String(4)),
    sa.Column("limit_fen", sa.BigInteger),
    sa.Column("stake_fen", sa.BigInteger),
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("papers", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    """Make the log, append-only and behind the wall."""
    connection = op.get_bind()
    AppendOnly(_DECISION, "the log of decisions", unique=("event", "number"), key=4_717_071).create(
        connection
    )
    protect(connection, _DECISION, "tenant = {tenant}", written="tenant = {tenant}")
