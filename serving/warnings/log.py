"""The log of warnings: what was raised and what officers did about it, append-only, in the ledger.

A warning is raised in the commit of the score that gives rise to it, by the rules that tell banks
of early warnings (:mod:`serving.webhooks.signals`). The events of one warning are numbered without
a gap, and no number stands twice: of two officers who act at the same moment one is first.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from serving.access.row_security import protect, read_as_tenant
from serving.audit.log import Event, digest_of, note
from serving.audit.turn import Overtaken, append_in_turn
from serving.warnings.event import Kind, Outcome, WarningEvent
from serving.warnings.handling import ClosedWarning, Handling, OpenWarning, handlings
from supervision.append_only import AppendOnly, number_column
from supervision.database import add, fetch, placeholder

WARNING = sa.Table(
    "warning_event",
    sa.MetaData(),
    number_column(),
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
"""One row an event."""

KEPT = AppendOnly(WARNING, "the log of warnings", unique=("event", "number"), key=4_717_081)
OWN = "tenant = {tenant}"
_OPEN = """
SELECT r.warning_id, r.enterprise_id, r.at, EXISTS (
  SELECT 1 FROM warning_event t WHERE t.warning_id = r.warning_id AND t.kind = 'taken')
FROM warning_event r
WHERE r.tenant = {mark} AND r.kind = 'raised' AND NOT EXISTS (
  SELECT 1 FROM warning_event c WHERE c.warning_id = r.warning_id AND c.kind = 'closed')
ORDER BY r.number
"""
"""In the driver's own SQL: thousands of rows for one page."""
_CLOSED = """
SELECT c.warning_id, c.enterprise_id, r.at, c.at, c.outcome
FROM warning_event c JOIN warning_event r ON r.warning_id = c.warning_id AND r.kind = 'raised'
WHERE c.tenant = {mark} AND c.kind = 'closed' AND c.at > {mark}
ORDER BY r.number
"""


def prepare(connection: Connection) -> None:
    """Make the table where it is missing, append-only and behind the wall."""
    KEPT.create(connection)
    protect(connection, WARNING, OWN, written=OWN)


def raise_all(connection: Connection, raised: Sequence[WarningEvent]) -> None:
    """Write warnings and their audit rows in the open transaction, before the wall."""
    rows = [each.row() for each in raised]
    if rows:
        add(connection, WARNING.name, rows)
        note(connection, [_event(*pair) for pair in zip(raised, rows, strict=True)])


class Warnings:
    """The log of warnings.

    Parameters
    ----------
    engine : Engine
        Of a ledger that is open.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, tenant: str) -> list[OpenWarning]:
        """All warnings of a lender that are not closed, the oldest first."""
        with read_as_tenant(self._engine, tenant) as connection:
            rows = fetch(connection, _OPEN.format(mark=placeholder(connection)), (tenant,))
        return [OpenWarning(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def some(self, tenant: str, warning_ids: Sequence[str]) -> tuple[Handling, ...]:
        """Warnings of a lender by their ids, in the order of these."""
        found = self._read(tenant, WARNING.c.warning_id.in_(warning_ids))
        by_id = {one.raised.warning_id: one for one in found}
        return tuple(by_id[warning_id] for warning_id in warning_ids if warning_id in by_id)

    def closed(self, tenant: str, since: int) -> list[ClosedWarning]:
        """Warnings of a lender that were closed after a time, UTC microseconds."""
        with read_as_tenant(self._engine, tenant) as connection:
            sql = _CLOSED.format(mark=placeholder(connection))
            rows = fetch(connection, sql, (tenant, since))
        return [
            ClosedWarning(warning_id, enterprise_id, raised_at, at, outcome and Outcome(outcome))
            for warning_id, enterprise_id, raised_at, at, outcome in rows
        ]

    def find(self, tenant: str, warning_id: str) -> Handling | None:
        """A lender's warning by its id."""
        found = self.some(tenant, [warning_id])
        return found[0] if found else None

    def append(self, event: WarningEvent) -> None:
        """Write an event and its audit row; when this returns, they are on disk.

        Raises
        ------
        Overtaken
            If its place is taken: somebody acted since it was looked at.
        LedgerFailure
            If it was not committed.
        """
        row = event.row()
        late = Overtaken(
            "warning-overtaken",
            f"no event of warning {event.warning_id} since it was looked at",
            f"event {event.place} by another officer",
            "look at the page again and decide anew",
        )
        append_in_turn(
            self._engine, WARNING, row, _event(event, row), late, "what was done about the warning"
        )

    def _read(self, tenant: str, which: sa.ColumnElement[bool]) -> tuple[Handling, ...]:
        query: sa.Select[Any] = sa.select(WARNING).where(WARNING.c.tenant == tenant, which)
        with read_as_tenant(self._engine, tenant) as connection:
            rows = connection.execute(query.order_by(WARNING.c.number)).mappings().all()
        return handlings(WarningEvent.of(dict(row)) for row in rows)


def _event(event: WarningEvent, row: dict[str, object]) -> Event:
    codes = [each.code for each in event.warned]
    return Event(
        action=f"warning-{event.kind.value}",
        subject=event.enterprise_id,
        client_id=f"console:{event.by}" if event.kind is not Kind.RAISED else event.by,
        tenant=event.tenant,
        at=event.at,
        detail={"event": event.event, "outcome": row["outcome"], "codes": codes},
        digest=digest_of(row),
    )
