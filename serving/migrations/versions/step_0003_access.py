"""Who may: clients, consents, rates, and signed requests for tokens."""

import sqlalchemy as sa
from alembic import op

from supervision.append_only import AppendOnly

revision = "0003"
down_revision = "0002"

_METADATA = sa.MetaData()
_CLIENT = sa.Table(
    "access_client",
    _METADATA,
    sa.Column("client_id", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("secret_hash", sa.String(128)),
    sa.Column("jwks", sa.Text),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("disabled_at", sa.BigInteger),
)
_EVENT = sa.Table(
    "consent_event",
    _METADATA,
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("consent_id", sa.String(36), nullable=False, index=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("enterprise_id", sa.String(18), nullable=False),
    sa.Column("bank", sa.String(64), nullable=False, index=True),
    sa.Column("scope", sa.String(64), nullable=False),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Index("consent_of", "enterprise_id", "bank"),
    sqlite_autoincrement=True,
)
_RATE = sa.Table(
    "access_rate",
    _METADATA,
    sa.Column("key", sa.String(160), primary_key=True),
    sa.Column("hits", sa.BigInteger, nullable=False),
    sa.Column("ends_at", sa.BigInteger, nullable=False),
)
_ASSERTION = sa.Table(
    "access_assertion",
    _METADATA,
    sa.Column("client_id", sa.String(64), primary_key=True),
    sa.Column("jti", sa.String(128), primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)
_KEPT = AppendOnly(_EVENT, "the log of consents", unique=("event", "number"), key=4_717_011)


def upgrade() -> None:
    """Make the tables; the log of consents refuses every change."""
    connection = op.get_bind()
    for table in (_CLIENT, _RATE, _ASSERTION):
        table.create(connection, checkfirst=True)
    _KEPT.create(connection)
