"""The seals: a chain over the rows of the audit log, each seal with the hash of the one before.

One sealer at a time gives every row that has committed a place and a hash. A row that commits late
under an early number is sealed when it is found; its place in the chain is the order of sealing.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from serving.audit.log import AUDIT, digest_of
from supervision.append_only import AppendOnly
from supervision.chain import Chain
from supervision.database import writing
from supervision.lock import Lock

SEAL = sa.Table(
    "audit_seal",
    sa.MetaData(),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("audit_number", sa.BigInteger, nullable=False, unique=True),
    sa.Column("audit_digest", sa.String(64), nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)
"""One row a sealed row of the audit log."""

KEPT = AppendOnly(
    SEAL, "the chain of seals", unique=("position", "audit_number", "hash"), key=4_717_006
)
CHAIN = Chain(SEAL)
SEALING = Lock(".sealing", 4_717_007)
"""Held by whoever seals."""

AT_ONCE = 1_000
"""Rows that are sealed in one transaction: others wait for it on SQLite."""
REACH = 10_000
"""Numbers below the newest sealed one among which a row may still turn up that committed late."""


def seal(engine: Engine, *, all_rows: bool) -> int:
    """Seal rows that are not yet; how many were. Only who holds the lock may call this.

    Parameters
    ----------
    engine : Engine
        Of the ledger.
    all_rows : bool
        Look through the whole log, not only at what is new.
    """
    sealed = 0
    while found := _seal_some(engine, all_rows=all_rows):
        sealed += found
    return sealed


def unsealed(after: int = 0) -> sa.Select[int]:
    """Query for the numbers of rows that have no seal, in order."""
    is_sealed = sa.exists().where(SEAL.c.audit_number == AUDIT.c.number)
    query = sa.select(AUDIT.c.number).where(AUDIT.c.number > after, ~is_sealed)
    return query.order_by(AUDIT.c.number)


def _seal_some(engine: Engine, *, all_rows: bool) -> int:
    # Looked for before the transaction that writes, so that no other writer waits for the search.
    with engine.connect() as connection:
        after = 0 if all_rows else _newest(connection) - REACH
        numbers = list(connection.execute(unsealed(after).limit(AT_ONCE)).scalars())
        query = sa.select(AUDIT).where(AUDIT.c.number.in_(numbers)).order_by(AUDIT.c.number)
        rows = [dict(row) for row in connection.execute(query).mappings()] if numbers else []
    if rows:
        told = [{"audit_number": row["number"], "audit_digest": digest_of(row)} for row in rows]
        with writing(engine).begin() as connection:
            KEPT.lock(connection)
            CHAIN.extend(connection, told)
    return len(rows)


def _newest(connection: Connection) -> int:
    return connection.execute(sa.select(sa.func.max(SEAL.c.audit_number))).scalar() or 0
