"""The log of decisions: what officers did about scores, append-only, in the ledger's database.

The acts about one score are numbered without a gap, and no number stands twice. So of two officers
who act at the same moment one is first, and the other is told so.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from serving.access.row_security import protect, read_as_tenant
from serving.audit.log import Event, digest_of
from serving.audit.turn import Overtaken, append_in_turn
from serving.cases.standing import STANDING
from serving.console.decision.act import Act, Step
from supervision.append_only import AppendOnly, number_column

DECISION = sa.Table(
    "decision",
    sa.MetaData(),
    number_column(),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("score_id", sa.String(36), nullable=False, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False),
    sa.Column("enterprise_id", sa.String(18), nullable=False, index=True),
    sa.Column("act", sa.String(12), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(48), nullable=False),
    sa.Column("called", sa.String(80), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("reason", sa.String(24)),
    sa.Column("grade", sa.String(4)),
    sa.Column("limit_fen", sa.BigInteger),
    sa.Column("stake_fen", sa.BigInteger),
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("papers", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row an act."""

KEPT = AppendOnly(DECISION, "the log of decisions", unique=("event", "number"), key=4_717_071)
OWN = "tenant = {tenant}"
_LATER = DECISION.alias("later")
_WAITING = (
    sa.select(DECISION)
    .join(
        STANDING,
        sa.and_(
            STANDING.c.tenant == DECISION.c.tenant,
            STANDING.c.enterprise_id == DECISION.c.enterprise_id,
            STANDING.c.score_id == DECISION.c.score_id,
        ),
    )
    .where(
        DECISION.c.tenant == sa.bindparam("tenant"),
        DECISION.c.act == Act.PROPOSED.value,
        ~sa.exists().where(
            _LATER.c.score_id == DECISION.c.score_id, _LATER.c.place > DECISION.c.place
        ),
    )
    .order_by(DECISION.c.number)
)


def prepare(connection: Connection) -> None:
    """Make the table where it is missing, append-only and behind the wall."""
    KEPT.create(connection)
    protect(connection, DECISION, OWN, written=OWN)


class Decisions:
    """The log of decisions.

    Parameters
    ----------
    engine : Engine
        Of a ledger that is open.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_enterprise(self, tenant: str, enterprise_id: str) -> tuple[Step, ...]:
        """All acts of a lender about the scores of an enterprise, the oldest first."""
        query = (
            sa.select(DECISION)
            .where(DECISION.c.tenant == tenant, DECISION.c.enterprise_id == enterprise_id)
            .order_by(DECISION.c.number)
        )
        return self._read(query, tenant)

    def waiting(self, tenant: str) -> tuple[Step, ...]:
        """Overrides of newest scores that wait for a second officer, the oldest first."""
        return self._read(_WAITING.params(tenant=tenant), tenant)

    def append(self, step: Step) -> None:
        """Write an act and its audit row; when this returns, they are on disk.

        Raises
        ------
        Overtaken
            If its place is taken: somebody acted since it was looked at.
        LedgerFailure
            If it was not committed.
        """
        row = step.row()
        late = Overtaken(
            "decision-overtaken",
            f"no act about score {step.score_id} since it was looked at",
            f"act {step.place} of another officer",
            "look at the page again and decide anew",
        )
        append_in_turn(self._engine, DECISION, row, _event(step, row), late, "the decision")

    def _read(self, query: sa.Select[Any], tenant: str) -> tuple[Step, ...]:
        with read_as_tenant(self._engine, tenant) as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Step.of(dict(row)) for row in rows)


def _event(step: Step, row: dict[str, object]) -> Event:
    return Event(
        action=f"decision-{step.act.value}",
        subject=step.enterprise_id,
        client_id=f"console:{step.by}",
        tenant=step.tenant,
        at=step.at,
        detail={"event": step.event, "grade": step.grade, "limit_fen": step.limit_fen},
        digest=digest_of(row),
    )
