"""The log of answers, as the first service kept it."""

import sqlalchemy as sa
from alembic import op

from supervision.append_only import AppendOnly

revision = "0001"
down_revision = None

_METADATA = sa.MetaData()
_SCORE = sa.Table(
    "score",
    _METADATA,
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("score_id", sa.String(36), nullable=False, unique=True),
    sa.Column("enterprise_id", sa.String(18), nullable=False, index=True),
    sa.Column("as_of", sa.BigInteger, nullable=False),
    sa.Column("answered_at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("record_position", sa.BigInteger, nullable=False),
    sa.Column("model_hash", sa.String(64), nullable=False),
    sa.Column("catalogue_hash", sa.String(64), nullable=False),
    sa.Column("policy_hash", sa.String(64), nullable=False),
    sa.Column("client_reference", sa.String(64)),
    sa.Column("document", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)


def upgrade() -> None:
    """Make the log, which refuses every change."""
    kept = AppendOnly(_SCORE, "the score log", unique=("score_id", "number"), key=4_717_001)
    kept.create(op.get_bind())
