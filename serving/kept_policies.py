"""The policies that answers were given by, each kept under its hash, so that a replay finds it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supervision.append_only import AppendOnly

POLICY = sa.Table(
    "policy",
    sa.MetaData(),
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
"""One row a policy, as JSON."""

KEPT = AppendOnly(POLICY, "the log of policies", unique=("hash",), key=4_717_005)


def keep(connection: Connection, policy_hash: str, document: bytes) -> None:
    """Write a policy where it is not kept yet, in the open transaction."""
    KEPT.lock(connection)
    if find(connection, policy_hash) is None:
        row = {"hash": policy_hash, "document": document.decode()}
        connection.execute(sa.insert(POLICY), row)


def find(connection: Connection, policy_hash: str) -> bytes | None:
    """Return the policy of this hash."""
    query = sa.select(POLICY.c.document).where(POLICY.c.hash == policy_hash)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else str(found).encode()
