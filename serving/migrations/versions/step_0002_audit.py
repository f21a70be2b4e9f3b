"""Whose each answer is, the audit log with its seals, idempotency keys and policies."""

import sqlalchemy as sa
from alembic import op

from supervision.append_only import AppendOnly

revision = "0002"
down_revision = "0001"

_METADATA = sa.MetaData()
_OF_SCORE: tuple[sa.Column[object], ...] = (
    sa.Column("tenant", sa.String(64), nullable=False, server_default="open"),
    sa.Column("client_id", sa.String(200), nullable=False, server_default="open"),
    sa.Column("consent_id", sa.String(64)),
    sa.Column("request", sa.Text),
    sa.Column("enterprise_number", sa.BigInteger),
)
_AUDIT = sa.Table(
    "audit",
    _METADATA,
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("client_id", sa.String(200), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
_SEAL = sa.Table(
    "audit_seal",
    _METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("audit_number", sa.BigInteger, nullable=False, unique=True),
    sa.Column("audit_digest", sa.String(64), nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)
_KEY = sa.Table(
    "idempotency_key",
    _METADATA,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("client_id", sa.String(200), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("outcomes", sa.Text, nullable=False),
    sa.Column("kept_at", sa.BigInteger, nullable=False),
)
_POLICY = sa.Table(
    "policy",
    _METADATA,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
_KEPT = (
    AppendOnly(_AUDIT, "the audit log", unique=("number",), key=4_717_003),
    AppendOnly(
        _SEAL, "the chain of seals", unique=("position", "audit_number", "hash"), key=4_717_006
    ),
    AppendOnly(_KEY, "the table of idempotency keys", unique=("key_hash",), key=4_717_004),
    AppendOnly(_POLICY, "the log of policies", unique=("hash",), key=4_717_005),
)


def upgrade() -> None:
    """Add columns to the log of answers, and the tables beside it."""
    connection = op.get_bind()
    there = {column["name"] for column in sa.inspect(connection).get_columns("score")}
    for column in _OF_SCORE:
        if column.name not in there:
            op.add_column("score", column)
    for kept in _KEPT:
        kept.create(connection)
