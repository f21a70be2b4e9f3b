"""Deliveries in the ledger: which are due, what came of each attempt, and which may be replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from serving.access.principal import Principal
from serving.audit.log import Event, note
from serving.webhooks.courier import Receipt
from serving.webhooks.endpoints import STOPPED, Endpoints
from serving.webhooks.outbox import PENDING, write_delivery
from serving.webhooks.tables import ATTEMPT, DELIVERY, ENDPOINT, EVENT
from supervision.database import add

State = Literal["pending", "delivered", "failed", "stopped"]
DELIVERED, FAILED = "delivered", "failed"
_TOLD = 100


@dataclass(frozen=True)
class Due:
    """An event that is to be delivered now.

    Attributes
    ----------
    delivery_id, event_id, webhook_id, tenant : str
    enterprise_id : str or None
        Of whom it tells; None for a trial.
    attempts : int
        So far.
    gives_up_at : int
        UTC microseconds.
    url, sealed_secret : str
    payload : bytes
    """

    delivery_id: str
    event_id: str
    webhook_id: str
    tenant: str
    enterprise_id: str | None
    attempts: int
    gives_up_at: int
    url: str
    sealed_secret: str
    payload: bytes


@dataclass(frozen=True)
class Attempted:
    """One attempt, as it is told."""

    at: int
    status: int | None
    error: str | None
    milliseconds: int


@dataclass(frozen=True)
class Delivery:
    """A delivery as it stands.

    Attributes
    ----------
    delivery_id, event_id, webhook_id, tenant, type : str
    enterprise_id : str or None
    state : str
    attempts : int
    created_at, next_at : int
        UTC microseconds.
    ended_at : int or None
    last : Attempted or None
        The newest attempt.
    """

    delivery_id: str
    event_id: str
    webhook_id: str
    tenant: str
    type: str
    enterprise_id: str | None
    state: State
    attempts: int
    created_at: int
    next_at: int
    ended_at: int | None
    last: Attempted | None = None


class Deliveries:
    """The deliveries of all tenants.

    Parameters
    ----------
    endpoints : Endpoints
    """

    def __init__(self, endpoints: Endpoints) -> None:
        self._store = endpoints

    def due(self, now: int, but: Sequence[str], most: int) -> list[Due]:
        """Deliveries whose time has come, but for endpoints that are busy or rest."""
        query = (
            sa.select(
                DELIVERY.c.delivery_id,
                DELIVERY.c.event_id,
                DELIVERY.c.webhook_id,
                DELIVERY.c.tenant,
                EVENT.c.enterprise_id,
                DELIVERY.c.attempts,
                DELIVERY.c.gives_up_at,
                ENDPOINT.c.url,
                ENDPOINT.c.sealed_secret,
                EVENT.c.payload,
            )
            .join(ENDPOINT, ENDPOINT.c.webhook_id == DELIVERY.c.webhook_id)
            .join(EVENT, EVENT.c.event_id == DELIVERY.c.event_id)
            .where(DELIVERY.c.state == PENDING, DELIVERY.c.next_at <= now)
            .where(ENDPOINT.c.disabled_at.is_(None), DELIVERY.c.webhook_id.not_in(but))
            .order_by(DELIVERY.c.next_at, EVENT.c.number)
            .limit(most)
        )
        with self._store.reading(None) as connection:
            rows = connection.execute(query).mappings().all()
        return [Due(**{**row, "payload": str(row["payload"]).encode()}) for row in rows]

    def note(self, due: Due, receipt: Receipt, at: int, next_at: int | None) -> None:
        """Write what came of an attempt; ``next_at`` is None where it was the last one."""
        row = {
            "delivery_id": due.delivery_id,
            "tenant": due.tenant,
            "at": at,
            "status": receipt.status,
            "error": receipt.error,
            "milliseconds": receipt.milliseconds,
        }
        values: dict[str, object] = {"attempts": due.attempts + 1}
        if receipt.is_taken:
            values |= {"state": DELIVERED, "ended_at": at}
        elif next_at is None:
            values |= {"state": FAILED, "ended_at": at}
        else:
            values |= {"next_at": next_at}
        with self._store.writing() as connection:
            add(connection, ATTEMPT.name, [row])
            connection.execute(_only(due.delivery_id).values(**values))

    def stop(self, due: Due, at: int) -> None:
        """Deliver an event no more: the enterprise has taken its consent back."""
        with self._store.writing() as connection:
            connection.execute(_only(due.delivery_id).values(state=STOPPED, ended_at=at))

    def listed(self, webhook_id: str, who: Principal, state: str | None) -> list[Delivery]:
        """Deliveries to an endpoint of a tenant, newest first, at most a hundred."""
        query = _QUERY.where(DELIVERY.c.webhook_id == webhook_id, DELIVERY.c.tenant == who.tenant)
        if state is not None:
            query = query.where(DELIVERY.c.state == state)
        newest = query.order_by(DELIVERY.c.created_at.desc(), EVENT.c.number.desc()).limit(_TOLD)
        return self._told(newest, who)

    def find(self, delivery_id: str, who: Principal) -> Delivery | None:
        """Find a delivery of a tenant."""
        if not delivery_id.isprintable():
            return None  # PostgreSQL refuses to look for some signs
        of = (DELIVERY.c.delivery_id == delivery_id, DELIVERY.c.tenant == who.tenant)
        found = self._told(_QUERY.where(*of), who)
        return found[0] if found else None

    def replay(self, found: Delivery, who: Principal, now: int, give_up: int) -> str:
        """Deliver an event once more, under the same id; the new delivery's id."""
        of = (found.event_id, found.webhook_id, found.tenant)
        event = Event("delivery-replayed", found.delivery_id, who.client_id, found.tenant, now)
        with self._store.writing() as connection:
            delivery_id = write_delivery(connection, of, now, give_up)
            note(connection, [event])
        return delivery_id

    def _told(self, query: sa.Select[tuple[object, ...]], who: Principal) -> list[Delivery]:
        with self._store.reading(who.wall) as connection:
            rows = connection.execute(query).mappings().all()
            ids = [row["delivery_id"] for row in rows]
            newest = sa.select(sa.func.max(ATTEMPT.c.number)).where(ATTEMPT.c.delivery_id.in_(ids))
            attempts = sa.select(ATTEMPT).where(
                ATTEMPT.c.number.in_(newest.group_by(ATTEMPT.c.delivery_id))
            )
            last = {
                row["delivery_id"]: Attempted(
                    row["at"], row["status"], row["error"], row["milliseconds"]
                )
                for row in connection.execute(attempts).mappings()
            }
        return [Delivery(**row, last=last.get(row["delivery_id"])) for row in rows]


_QUERY: sa.Select[tuple[object, ...]] = sa.select(
    DELIVERY.c.delivery_id,
    DELIVERY.c.event_id,
    DELIVERY.c.webhook_id,
    DELIVERY.c.tenant,
    EVENT.c.type,
    EVENT.c.enterprise_id,
    DELIVERY.c.state,
    DELIVERY.c.attempts,
    DELIVERY.c.created_at,
    DELIVERY.c.next_at,
    DELIVERY.c.ended_at,
).join(EVENT, EVENT.c.event_id == DELIVERY.c.event_id)


def _only(delivery_id: str) -> sa.Update:
    return sa.update(DELIVERY).where(
        DELIVERY.c.delivery_id == delivery_id, DELIVERY.c.state == PENDING
    )
