"""The tables of webhooks: endpoints, events, deliveries, attempts.

Events and attempts are append-only: they are what happened. An endpoint may be disabled, and a
delivery moves on from attempt to attempt.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from serving.access.row_security import protect
from supervision.append_only import AppendOnly, number_column
from supervision.database import take_turn

METADATA = sa.MetaData()
_ENDPOINT_KEY = 4_717_050
"""Of PostgreSQL's advisory lock under which the tables that may change are made."""


ENDPOINT = sa.Table(
    "webhook",
    METADATA,
    sa.Column("webhook_id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("url", sa.String(2_000), nullable=False),
    sa.Column("events", sa.String(200), nullable=False),
    sa.Column("sealed_secret", sa.Text, nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("disabled_at", sa.BigInteger),
    sa.Column("disabled_why", sa.String(40)),
)
"""One row an endpoint that somebody registered."""

EVENT = sa.Table(
    "webhook_event",
    METADATA,
    number_column(),
    sa.Column("event_id", sa.String(36), nullable=False, unique=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("enterprise_id", sa.String(18)),
    sa.Column("score_id", sa.String(36)),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row an event, written in the commit of the score that it came of."""

DELIVERY = sa.Table(
    "webhook_delivery",
    METADATA,
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
"""One row an event and endpoint, and one for each time that it is replayed."""

ATTEMPT = sa.Table(
    "webhook_attempt",
    METADATA,
    number_column(),
    sa.Column("delivery_id", sa.String(36), nullable=False, index=True),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.String(120)),
    sa.Column("milliseconds", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""One row each time that an endpoint was called."""

_KEPT = (
    AppendOnly(EVENT, "the log of events", unique=("event_id", "number"), key=4_717_051),
    AppendOnly(ATTEMPT, "the log of attempts", unique=("number",), key=4_717_052),
)


def prepare(connection: Connection) -> None:
    """Make the tables where they are missing, behind the wall."""
    take_turn(connection, _ENDPOINT_KEY)
    for table in (ENDPOINT, DELIVERY):
        table.create(connection, checkfirst=True)
    for kept in _KEPT:
        kept.create(connection)
    for table in (ENDPOINT, EVENT, DELIVERY, ATTEMPT):
        protect(connection, table, "tenant = {tenant}")
