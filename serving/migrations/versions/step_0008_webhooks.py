"""Webhooks: endpoints, events, deliveries, attempts."""

import sqlalchemy as sa
from alembic import op

from serving.access.row_security import protect
from supervision.append_only import AppendOnly

revision = "0008"
down_revision = "0007"

_METADATA = sa.MetaData()


def _number() -> sa.Column[int]:
    return sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    )


_ENDPOINT = sa.Table(
    "webhook",
    _METADATA,
    sa.Column("webhook_id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("url", sa.String(2_000), nullable=False),
    sa.Column("events", sa.String(200), nullable=False),
    sa.Column("sealed_secret", sa.Text, nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("disabled_at", sa.BigInteger),
    sa.Column("disabled_why", sa.String(40)),
)
_EVENT = sa.Table(
    "webhook_event",
    _METADATA,
    _number(),
    sa.Column("event_id", sa.String(36), nullable=False, unique=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("enterprise_id", sa.String(18)),
    sa.Column("score_id", sa.String(36)),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
_DELIVERY = sa.Table(
    "webhook_delivery",
    _METADATA,
    sa.Column("delivery_id", sa.String(36), primary_key=True),
    sa.Column("event_id", sa.String(36), nullable=False, index=True),
    sa.Column("webhook_id", sa.String(36), nullable=False, index=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("next_at", sa.BigInteger, nullable=False),
    sa.Column("gives_up_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger),
    sa.Index("webhook_delivery_due", "state", "next_at"),
)
_ATTEMPT = sa.Table(
    "webhook_attempt",
    _METADATA,
    _number(),
    sa.Column("delivery_id", sa.String(36), nullable=False, index=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.String(120)),
    sa.Column("milliseconds", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
_KEPT = (
    AppendOnly(_EVENT, "the log of events", unique=("event_id", "number"), key=4_717_051),
    AppendOnly(_ATTEMPT, "the log of attempts", unique=("number",), key=4_717_052),
)


def upgrade() -> None:
    """Make the tables, behind the wall; what happened is append-only."""
    connection = op.get_bind()
    for table in (_ENDPOINT, _DELIVERY):
        table.create(connection, checkfirst=True)
    for kept in _KEPT:
        kept.create(connection)
    for table in (_ENDPOINT, _EVENT, _DELIVERY, _ATTEMPT):
        protect(connection, table, "tenant = {tenant}")
