"""The log of objections: one row for each that was lodged, and one for how it was settled.

Append-only, in the ledger's database. Where an objection stands is read from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from serving.access.principal import Principal
from serving.access.row_security import as_tenant, protect
from serving.audit.log import Event, append, digest_of
from serving.errors import Conflict
from serving.objections.objection import Fact, Ground, Objection, Outcome, Resolution, State
from supervision.append_only import AppendOnly, number_column
from supervision.database import among, bound, fetch, writing

EVENT = sa.Table(
    "objection_event",
    sa.MetaData(),
    number_column(),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("objection_id", sa.String(36), nullable=False, index=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("enterprise_id", sa.String(18), nullable=False, index=True),
    sa.Column("provider_id", sa.String(200), nullable=False, index=True),
    sa.Column("stream", sa.String(32), nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("ground", sa.String(32)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("effect", sa.Text),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sqlite_autoincrement=True,
)
"""``event`` names what a row says, so that none stands twice."""

KEPT = AppendOnly(EVENT, "the log of objections", unique=("event", "number"), key=4_717_061)
SEEN = "enterprise_id = {tenant} OR provider_id = {tenant}"
WRITTEN = (
    "(kind = 'lodged' AND enterprise_id = {tenant}) OR "
    "(kind <> 'lodged' AND provider_id = {tenant})"
)
PAGE = 1_000
MOST_OPEN = 100
"""Objections of one enterprise that may wait at once: before each score all are looked at."""

_LODGED, _SETTLED = EVENT.alias("lodged"), EVENT.alias("settled")
_STANDING = (
    sa.select(
        _LODGED,
        _SETTLED.c.kind.label("outcome"),
        _SETTLED.c.text.label("answer"),
        _SETTLED.c.at.label("settled_at"),
    )
    .outerjoin(_SETTLED, _SETTLED.c.event == _LODGED.c.objection_id + "/settled")
    .where(_LODGED.c.kind == "lodged")
)


def prepare(connection: Connection) -> None:
    """Make the table where it is missing, append-only and behind the wall."""
    KEPT.create(connection)
    protect(connection, EVENT, SEEN, written=WRITTEN)


class Objections:
    """The log of objections.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Of a ledger that is open.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lodge(self, objection: Objection, by: Principal) -> None:
        """Write an objection down; when this returns, it is on disk.

        Raises
        ------
        Conflict
            If an objection to the same fact is open.
        """
        earlier = self.check_undisputed(objection.fact)
        row = {
            **_named(objection),
            "event": f"{objection.fact.position}/{len(earlier)}/lodged",
            "kind": "lodged",
            "ground": objection.ground.value,
            "text": objection.text,
            "effect": objection.effect,
            "at": objection.lodged_at,
            "by": by.client_id,
        }
        try:
            self._append(row, by, objection.fact.enterprise_id)
        except DBAPIError:
            # Another call may have lodged one between the reading and this: then that is said.
            self.check_undisputed(objection.fact)
            raise

    def check_undisputed(self, fact: Fact) -> tuple[Objection, ...]:
        """Return earlier objections to a fact, newest first, all of which were rejected.

        Raises
        ------
        Conflict
            If one was not, or too many facts are disputed already.
        """
        about = _STANDING.where(_LODGED.c.enterprise_id == fact.enterprise_id)
        every = self._read(about.order_by(_LODGED.c.number.desc()), fact.enterprise_id)
        earlier = tuple(one for one in every if one.fact.position == fact.position)
        if any(one.state is not State.REJECTED for one in earlier):
            raise _disputed_already(earlier[0])
        if sum(one.state is State.OPEN for one in every) >= MOST_OPEN:
            raise Conflict(
                "too-many-objections",
                f"fewer than {MOST_OPEN} objections that are open",
                str(MOST_OPEN),
                "wait until some are settled, or write to the port's administrator",
            )
        return earlier

    def settle(
        self, objection: Objection, resolution: Resolution, by: Principal, wall: str | None
    ) -> None:
        """Write down how an objection ends; once.

        Parameters
        ----------
        objection : Objection
        resolution : Resolution
        by : Principal
        wall : str or None
            Tenant behind whose wall it is written; None for none.

        Raises
        ------
        Conflict
            If it has ended already.
        """
        row = {
            **_named(objection),
            "event": f"{objection.objection_id}/settled",
            "kind": resolution.outcome.value,
            "ground": None,
            "text": resolution.text,
            "effect": None,
            "at": resolution.at,
            "by": by.client_id,
        }
        try:
            self._append(row, by, wall)
        except DBAPIError:
            found = self.find(objection.objection_id)
            if found is None or found.resolution is None:
                raise
            raise settled_already(found) from None

    def _append(self, row: Mapping[str, Any], by: Principal, wall: str | None) -> None:
        event = Event(
            action=f"objection-{row['kind']}",
            subject=row["objection_id"],
            client_id=by.client_id,
            tenant=by.tenant,
            at=row["at"],
            detail={"stream": row["stream"], "position": row["position"]},
            digest=digest_of(row),
        )
        with writing(self._engine).begin() as connection:
            append(connection, EVENT, row, wall, event)

    def find(self, objection_id: str, wall: str | None = None) -> Objection | None:
        """Find an objection by its id, among those of a tenant; None for all."""
        found = self._read(_STANDING.where(_LODGED.c.objection_id == objection_id), wall)
        return found[0] if found else None

    def listed(
        self,
        wall: str | None = None,
        enterprise_id: str | None = None,
        state: State | None = None,
    ) -> Iterator[tuple[Objection, ...]]:
        """Objections of a tenant or to what it reported, newest first, a thousand at a time."""
        query = _STANDING.order_by(_LODGED.c.number.desc()).limit(PAGE)
        if wall is not None:
            query = query.where(
                sa.or_(_LODGED.c.enterprise_id == wall, _LODGED.c.provider_id == wall)
            )
        if enterprise_id is not None:
            query = query.where(_LODGED.c.enterprise_id == enterprise_id)
        if state is State.OPEN:
            query = query.where(_SETTLED.c.number.is_(None))
        elif state is not None:
            query = query.where(_SETTLED.c.kind == state.value)
        place = 0
        while page := self._read(query.offset(place), wall):
            yield page
            place += PAGE

    def count(self, now: int) -> dict[str, int]:
        """How many are open and within the statutory days, and how many are overdue."""
        unsettled = _SETTLED.c.number.is_(None)
        late = sa.func.coalesce(sa.func.sum(sa.case((_LODGED.c.due_at <= now, 1), else_=0)), 0)
        query = (
            sa.select(sa.func.count(), late)
            .select_from(_LODGED)
            .outerjoin(_SETTLED, _SETTLED.c.event == _LODGED.c.objection_id + "/settled")
            .where(_LODGED.c.kind == "lodged", unsettled)
        )
        with self._engine.connect() as connection:
            total, overdue = connection.execute(query).one()
        return {"open": int(total) - int(overdue), "overdue": int(overdue)}

    def _read(self, query: sa.Select[Any], wall: str | None) -> tuple[Objection, ...]:
        with self._engine.connect() as connection:
            as_tenant(connection, wall)
            return tuple(_objection(row) for row in connection.execute(query).mappings())


def disputed(connection: Connection, enterprise_ids: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Positions of the messages that enterprises object to, by enterprise.

    An objection that was upheld counts until the provider has reversed its message; one that was
    rejected counts no more. Asked before every score, so in the driver's own SQL.
    """
    one_of = among(connection, "o.enterprise_id", "text")
    sql = (
        "SELECT o.enterprise_id, o.position FROM objection_event o "  # noqa: S608
        f"WHERE {one_of} AND o.kind = 'lodged' AND NOT EXISTS (SELECT 1 FROM objection_event r "
        "WHERE r.objection_id = o.objection_id AND r.kind = 'rejected') ORDER BY o.position"
    )
    found: dict[str, tuple[int, ...]] = {}
    for enterprise_id, position in fetch(connection, sql, (bound(connection, enterprise_ids),)):
        found[enterprise_id] = (*found.get(enterprise_id, ()), int(position))
    return found


def settled_already(objection: Objection) -> Conflict:
    """The problem of an objection that has ended."""
    return Conflict(
        "objection-settled",
        "an objection that is open",
        f"one that was {objection.state.value}",
        "an enterprise that does not agree may lodge another, or complain to the regulator",
    )


def _disputed_already(objection: Objection) -> Conflict:
    return Conflict(
        "already-disputed",
        "a fact that the enterprise does not object to yet",
        f"objection {objection.objection_id}, {objection.state.value}",
        "look at it with GET /v1/objections",
    )


def _named(objection: Objection) -> dict[str, Any]:
    """What both rows of an objection say."""
    fact = objection.fact
    return {
        "objection_id": objection.objection_id,
        "enterprise_id": fact.enterprise_id,
        "provider_id": fact.provider_id,
        "stream": fact.stream,
        "message_id": fact.message_id,
        "position": fact.position,
        "due_at": objection.due_at,
    }


def _objection(row: sa.RowMapping) -> Objection:
    resolution = None
    if row["outcome"] is not None:
        resolution = Resolution(Outcome(row["outcome"]), row["answer"], row["settled_at"])
    return Objection(
        objection_id=row["objection_id"],
        fact=Fact(
            enterprise_id=row["enterprise_id"],
            message_id=row["message_id"],
            stream=row["stream"],
            provider_id=row["provider_id"],
            position=row["position"],
        ),
        ground=Ground(row["ground"]),
        text=row["text"],
        lodged_at=row["at"],
        due_at=row["due_at"],
        effect=row["effect"],
        resolution=resolution,
    )
