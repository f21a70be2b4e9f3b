"""Row-level security: on PostgreSQL a tenant's questions see its own rows alone."""

import sqlalchemy as sa
from alembic import op

from serving.access.row_security import protect

revision = "0004"
down_revision = "0003"

_METADATA = sa.MetaData()


def upgrade() -> None:
    """Put answers and consents behind the wall; SQLite has nothing like it."""
    connection = op.get_bind()
    protect(connection, sa.Table("score", _METADATA), "tenant = {tenant}")
    protect(
        connection,
        sa.Table("consent_event", _METADATA),
        "bank = {tenant} OR enterprise_id = {tenant}",
        written="enterprise_id = {tenant}",
    )
