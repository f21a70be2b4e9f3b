"""The log of early warnings, and what of a case the portfolio adds up."""

import sqlalchemy as sa
from alembic import op

from serving.access.row_security import protect
from supervision.append_only import AppendOnly

revision = "0010"
down_revision = "0009"

_WARNING = sa.Table(
    "warning_event",
    sa.MetaData(),
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("warning_id", sa.String(36), nullable=False, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    sa.Column("enterprise_id", sa.String(18), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(48), nullable=False),
    sa.Column("called", sa.String(80), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("as_of", sa.BigInteger),
    sa.Column("warned", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
_STANDING = "case_standing"
_ADDED = {
    "exposure_fen": sa.BigInteger,
    "loss_fen": sa.BigInteger,
    "goods_fen": sa.BigInteger,
    "pledged_fen": sa.BigInteger,
    "stock": sa.Text,
}


def upgrade() -> None:
    """Make the log, append-only and behind the wall, and add the columns.

    The rows of cases stay: a service that opens the ledger finds that they lack the amounts, and
    makes them anew from the answers. To delete them here would leave whatever an old service adds
    before it is stopped as all there is.
    """
    connection = op.get_bind()
    AppendOnly(_WARNING, "the log of warnings", unique=("event", "number"), key=4_717_081).create(
        connection
    )
    protect(connection, _WARNING, "tenant = {tenant}", written="tenant = {tenant}")
    there = {column["name"] for column in sa.inspect(connection).get_columns(_STANDING)}
    for name, kind in _ADDED.items():
        if name not in there:
            op.add_column(_STANDING, sa.Column(name, kind()))
