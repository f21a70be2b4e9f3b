"""Officers of the console with their sessions, and how each case stands."""

import sqlalchemy as sa
from alembic import op

from serving.access.row_security import protect

revision = "0005"
down_revision = "0004"

_METADATA = sa.MetaData()
_OFFICER = sa.Table(
    "console_officer",
    _METADATA,
    sa.Column("name", sa.String(48), primary_key=True),
    sa.Column("called", sa.String(80), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password_hash", sa.String(160), nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.BigInteger, nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("disabled_at", sa.BigInteger),
)
_SESSION = sa.Table(
    "console_session",
    _METADATA,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(48), nullable=False, index=True),
    sa.Column("form_token", sa.String(64), nullable=False),
    sa.Column("begun_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)

_STANDING = sa.Table(
    "case_standing",
    _METADATA,
    sa.Column("tenant", sa.String(64), primary_key=True),
    sa.Column("enterprise_id", sa.String(18), primary_key=True),
    sa.Column("score_id", sa.String(36), nullable=False),
    sa.Column("as_of", sa.BigInteger, nullable=False),
    sa.Column("answered_at", sa.BigInteger, nullable=False),
    sa.Column("month", sa.Integer, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("reference", sa.String(64)),
    sa.Column("score", sa.Integer),
    sa.Column("grade", sa.String(4)),
    sa.Column("pd", sa.Float),
    sa.Column("limit_fen", sa.BigInteger),
    sa.Column("binding", sa.String(20)),
    sa.Column("goods", sa.String(10)),
    sa.Column("missing_fen", sa.BigInteger),
    sa.Column("former_score_id", sa.String(36)),
    sa.Column("former_as_of", sa.BigInteger),
    sa.Column("former_score", sa.Integer),
    sa.Column("former_grade", sa.String(4)),
    sa.Column("former_limit_fen", sa.BigInteger),
    sa.Column("former_goods", sa.String(10)),
)


def upgrade() -> None:
    """Make the tables; a service that opens the ledger fills in how its cases stand."""
    connection = op.get_bind()
    for table in (_OFFICER, _SESSION, _STANDING):
        table.create(connection, checkfirst=True)
    protect(connection, _STANDING, "tenant = {tenant}")
