"""Endpoints in the ledger: where a tenant wants to be told, and of what."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from serving.access.principal import Principal
from serving.access.row_security import as_tenant
from serving.audit.log import Event, note
from serving.errors import LedgerFailure
from serving.webhooks.outbox import PENDING, payload, write_delivery, write_event
from serving.webhooks.signals import TRIAL
from serving.webhooks.tables import DELIVERY, ENDPOINT
from supervision.database import add, first_line, writing

STOPPED = "stopped"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as it stands.

    Attributes
    ----------
    webhook_id, tenant, url : str
    events : tuple of str
    added_at : int
        UTC microseconds.
    disabled_at : int or None
    disabled_why : str or None
        ``deleted`` by its tenant, or ``gone``: it answered 410.
    """

    webhook_id: str
    tenant: str
    url: str
    events: tuple[str, ...]
    added_at: int
    disabled_at: int | None
    disabled_why: str | None


class Endpoints:
    """The endpoints of all tenants.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Of the ledger.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self, who: Principal, url: str, events: tuple[str, ...], sealed: str, now: int
    ) -> Endpoint:
        """Register an endpoint; it is on disk when this returns."""
        found = Endpoint(str(uuid.uuid4()), who.tenant, url, events, now, None, None)
        row = {
            "webhook_id": found.webhook_id,
            "tenant": who.tenant,
            "url": url,
            "events": " ".join(events),
            "sealed_secret": sealed,
            "added_at": now,
        }
        with self.writing() as connection:
            add(connection, ENDPOINT.name, [row])
            note(connection, [_noted("webhook-added", found, who.client_id, now)])
        return found

    def listed(self, who: Principal) -> list[Endpoint]:
        """Endpoints of a tenant, newest first."""
        query = sa.select(ENDPOINT).where(ENDPOINT.c.tenant == who.tenant)
        with self.reading(who.wall) as connection:
            rows = connection.execute(query.order_by(ENDPOINT.c.added_at.desc()).limit(100))
            return [_endpoint(row) for row in rows.mappings()]

    def open(self, who: Principal) -> int:
        """How many endpoints of a tenant are told of events."""
        query = sa.select(sa.func.count()).where(
            ENDPOINT.c.tenant == who.tenant, ENDPOINT.c.disabled_at.is_(None)
        )
        with self.reading(who.wall) as connection:
            return int(connection.execute(query).scalar_one())

    def find(self, webhook_id: str, who: Principal) -> Endpoint | None:
        """Find an endpoint of a tenant."""
        if not webhook_id.isprintable():
            return None  # PostgreSQL refuses to look for some signs
        query = sa.select(ENDPOINT).where(
            ENDPOINT.c.webhook_id == webhook_id, ENDPOINT.c.tenant == who.tenant
        )
        with self.reading(who.wall) as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _endpoint(row)

    def disable(self, found: Endpoint, why: str, client_id: str, now: int) -> None:
        """Deliver no more to an endpoint; what waits for it is stopped. Twice is once."""
        with self.writing() as connection:
            changed = connection.execute(
                sa.update(ENDPOINT)
                .where(ENDPOINT.c.webhook_id == found.webhook_id, ENDPOINT.c.disabled_at.is_(None))
                .values(disabled_at=now, disabled_why=why)
            )
            if changed.rowcount:
                connection.execute(
                    sa.update(DELIVERY)
                    .where(DELIVERY.c.webhook_id == found.webhook_id, DELIVERY.c.state == PENDING)
                    .values(state=STOPPED, ended_at=now)
                )
                note(connection, [_noted("webhook-disabled", found, client_id, now, why=why)])

    def trial(self, found: Endpoint, at: str, now: int, give_up: int) -> str:
        """Write an event that tells nothing, to be delivered to one endpoint; the delivery's id."""
        body = payload(TRIAL, at, {"webhook_id": found.webhook_id})
        with self.writing() as connection:
            event_id = write_event(connection, found.tenant, (TRIAL, body), now, {})
            return write_delivery(
                connection, (event_id, found.webhook_id, found.tenant), now, give_up
            )

    @contextmanager
    def reading(self, wall: str | None) -> Iterator[Connection]:
        """A connection behind a tenant's wall.

        Raises
        ------
        LedgerFailure
            If the ledger cannot be read.
        """
        with _told(), self._engine.connect() as connection:
            as_tenant(connection, wall)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk when it ends.

        Raises
        ------
        LedgerFailure
            If nothing was written.
        """
        with _told(), writing(self._engine).begin() as connection:
            yield connection


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise LedgerFailure(
            f"ledger: expected to read and write webhooks, found {first_line(error)}; try again"
        ) from error


def _endpoint(row: sa.RowMapping) -> Endpoint:
    told = {name: row[name] for name in Endpoint.__dataclass_fields__}
    return Endpoint(**{**told, "events": tuple(str(row["events"]).split())})


def _noted(action: str, of: Endpoint, client_id: str, at: int, **detail: object) -> Event:
    return Event(action, of.webhook_id, client_id, of.tenant, at, detail)
