"""The log of objections of enterprises to facts about them."""

import sqlalchemy as sa
from alembic import op

from serving.access.row_security import protect
from supervision.append_only import AppendOnly

revision = "0007"
down_revision = "0006"

_EVENT = sa.Table(
    "objection_event",
    sa.MetaData(),
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("objection_id", sa.String(36), nullable=False, index=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("enterprise_id", sa.String(18), nullable=False, index=True),
    sa.Column("provider_id", sa.String(200), nullable=False, index=True),
    sa.Column("stream", sa.String(32), nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("ground", sa.String(32)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("effect", sa.Text),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    """Make the log, append-only and behind the wall."""
    connection = op.get_bind()
    AppendOnly(_EVENT, "the log of objections", unique=("event", "number"), key=4_717_061).create(
        connection
    )
    protect(
        connection,
        _EVENT,
        "enterprise_id = {tenant} OR provider_id = {tenant}",
        written="(kind = 'lodged' AND enterprise_id = {tenant}) OR "
        "(kind <> 'lodged' AND provider_id = {tenant})",
    )
