"""The audit log: one row for each thing that was done, in the transaction in which it was done.

Rows commit unchained: a chain inside each commit would make all writers wait for each other.
:mod:`serving.audit.seals` chains them a moment later.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from serving.access.row_security import as_service, as_tenant
from supervision.append_only import AppendOnly, number_column
from supervision.database import add

METADATA = sa.MetaData()
AUDIT = sa.Table(
    "audit",
    METADATA,
    number_column(),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("client_id", sa.String(200), nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row an event."""

KEPT = AppendOnly(AUDIT, "the audit log", unique=("number",), key=4_717_003)
SCORED = "score"
"""Action of an answer: its subject is the score's id, its digest that of the score's row."""


@dataclass(frozen=True)
class Event:
    """One thing that was done.

    Attributes
    ----------
    action : str
    subject : str
        What it was done to, at most 64 characters.
    client_id, tenant : str
        Who did it, and on whose behalf.
    at : int
        UTC microseconds.
    detail : mapping
        What else is worth keeping, for JSON.
    digest : str
        SHA-256 of a row of another table that was written with it; empty where there is none.
    """

    action: str
    subject: str
    client_id: str
    tenant: str
    at: int
    detail: Mapping[str, object] = field(default_factory=dict)
    digest: str = ""


def append(
    connection: Connection, table: sa.Table, row: Mapping[str, Any], wall: str | None, event: Event
) -> None:
    """Write a tenant's row from behind its wall, and its audit row, in one transaction.

    Parameters
    ----------
    connection : Connection
        In a transaction.
    table : sqlalchemy.Table
    row : mapping
    wall : str or None
        The tenant; None for no wall.
    event : Event
    """
    as_tenant(connection, wall)
    connection.execute(sa.insert(table), row)
    as_service(connection)
    note(connection, [event])


def note(connection: Connection, events: Sequence[Event]) -> None:
    """Write events in the open transaction."""
    add(connection, AUDIT.name, [_row(event) for event in events])


def digest_of(row: Mapping[str, object]) -> str:
    """SHA-256 of a row's canonical JSON; fields without a value are left out.

    So a column that a later version adds changes no digest of an earlier row.
    """
    told = {str(name): value for name, value in row.items() if value is not None}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _row(event: Event) -> dict[str, object]:
    detail = orjson.dumps(dict(event.detail), option=orjson.OPT_SORT_KEYS).decode()
    return {**vars(event), "detail": detail}
