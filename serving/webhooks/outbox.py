"""The outbox: events are written in the commit of the score that they come of, or not at all.

So no event is told of a score that is not logged, and none is lost of one that is. Where a lender
has officers, the early warnings among them are raised for these to handle.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy.engine import Connection

from serving.cases.standing import STANDING
from serving.console.officers.roster import OFFICER
from serving.entry import SCORE, Entry
from serving.instants import text_of
from serving.policy import Policy
from serving.warnings.event import SERVICE, Kind, WarningEvent
from serving.warnings.log import raise_all
from serving.webhooks.signals import Observed, Signal, signals
from serving.webhooks.tables import DELIVERY, ENDPOINT, EVENT
from supervision.database import (
    add,
    among,
    bound,
    fetch,
    has_table,
    is_sqlite,
    placeholder,
)

PENDING = "pending"
_MICROS = 1_000_000
_LOG = logging.getLogger("cargoworthy.serving")
Endpoint = tuple[str, frozenset[str]]
"""Its id, and the events that it is registered for."""


class Outbox:
    """Writes events of new scores, for tenants that have an endpoint or officers.

    Parameters
    ----------
    policy : Policy
    give_up_seconds : float
        After which a delivery is not tried again.
    """

    def __init__(self, policy: Policy, give_up_seconds: float) -> None:
        self._policy = policy
        self._give_up = int(give_up_seconds * _MICROS)
        self._has_roster = False

    def announce(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write the events of scores that are being logged, in the open transaction.

        In the driver's own words: see :func:`supervision.transaction.transaction`. Called before
        the standing of their cases is brought up to date: the former score of each is read from
        there, and its row is held, so that of two scores of one case at once each is compared
        with the one before it.
        """
        tenants = {entry.tenant for entry in entries}
        endpoints, officers = self._listening(connection, tenants)
        if not endpoints and not officers:
            return
        of_tenants = [e for e in entries if e.tenant in endpoints or e.tenant in officers]
        raised: list[WarningEvent] = []
        formers = _formers(connection, of_tenants)
        for entry in of_tenants:
            case = (entry.tenant, entry.enterprise_id)
            former = formers.get(case)
            if former is not None and former[0] > entry.as_of:
                continue  # a look back: it is no news
            for signal in self._signals(former and former[1], entry):
                self._write(connection, entry, signal, endpoints.get(entry.tenant, ()))
                if signal.warned and entry.tenant in officers:
                    raised.append(_raised(entry, signal))
            formers[case] = (entry.as_of, entry.document)
        raise_all(connection, raised)

    def _listening(
        self, connection: Connection, tenants: set[str]
    ) -> tuple[dict[str, list[Endpoint]], frozenset[str]]:
        """Endpoints of tenants, and those of them that have officers."""
        if not self._has_roster:  # whoever opens a ledger alone knows of no officers
            self._has_roster = has_table(connection, OFFICER.name)
        return _listening(connection, tenants, with_officers=self._has_roster)

    def _signals(self, former: bytes | None, entry: Entry) -> list[Signal]:
        if former is None:
            return []
        try:
            observed = Observed.of(former), Observed.of(entry.document)
            return list(signals(*observed, self._policy))
        except Exception:
            # A fault of ours in comparing two answers must not cost the bank its score.
            _LOG.exception("score %s could not be compared with the former one", entry.score_id)
            return []

    def _write(
        self, connection: Connection, entry: Entry, signal: Signal, endpoints: Sequence[Endpoint]
    ) -> None:
        wanting = [webhook_id for webhook_id, wanted in endpoints if signal.kind in wanted]
        if wanting:
            about = {"enterprise_id": entry.enterprise_id, "score_id": entry.score_id}
            body = payload(signal.kind, text_of(entry.answered_at), signal.data)
            event_id = write_event(
                connection, entry.tenant, (signal.kind, body), entry.answered_at, about
            )
            for webhook_id in wanting:
                write_delivery(
                    connection,
                    (event_id, webhook_id, entry.tenant),
                    entry.answered_at,
                    self._give_up,
                )


def payload(kind: str, timestamp: str, data: Mapping[str, object]) -> bytes:
    """The body of an event, in the standard's form."""
    told = {"type": kind, "timestamp": timestamp, "data": dict(data)}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def write_event(
    connection: Connection,
    tenant: str,
    told: tuple[str, bytes],
    at: int,
    about: Mapping[str, str | None],
) -> str:
    """Write an event, its kind and its payload, in the open transaction; its id."""
    event_id = str(uuid.uuid4())
    kind, body = told
    row = {"event_id": event_id, "tenant": tenant, "type": kind, "at": at, "payload": body.decode()}
    about = {"enterprise_id": about.get("enterprise_id"), "score_id": about.get("score_id")}
    add(connection, EVENT.name, [{**row, **about}])
    return event_id


def write_delivery(connection: Connection, of: tuple[str, str, str], at: int, give_up: int) -> str:
    """Write that an event is to be delivered to an endpoint of a tenant; the delivery's id."""
    delivery_id = str(uuid.uuid4())
    event_id, webhook_id, tenant = of
    row: dict[str, object] = {
        "delivery_id": delivery_id,
        "event_id": event_id,
        "webhook_id": webhook_id,
        "tenant": tenant,
        "state": PENDING,
        "attempts": 0,
        "created_at": at,
        "next_at": at,
        "gives_up_at": at + give_up,
    }
    add(connection, DELIVERY.name, [row])
    return delivery_id


def _raised(entry: Entry, signal: Signal) -> WarningEvent:
    """The warning that a score gives rise to."""
    return WarningEvent(
        warning_id=entry.score_id,
        tenant=entry.tenant,
        enterprise_id=entry.enterprise_id,
        place=0,
        kind=Kind.RAISED,
        at=entry.answered_at,
        by=SERVICE,
        called=SERVICE,
        as_of=entry.as_of,
        warned=signal.warned,
    )


# In the driver's own words, and at once: it is asked in the commit of every score.
_IN_FORCE = (
    f"SELECT tenant, webhook_id, events FROM {ENDPOINT.name} WHERE {{0}} AND disabled_at IS NULL"  # noqa: S608
)
_WITH_OFFICERS = (
    f"{_IN_FORCE} UNION ALL SELECT DISTINCT tenant, NULL, NULL FROM {OFFICER.name} "  # noqa: S608
    "WHERE {0} AND disabled_at IS NULL"
)

_HELD = (
    f"SELECT score_id FROM {STANDING.name} "  # noqa: S608
    "WHERE tenant = {} AND {} ORDER BY enterprise_id"
)
_ANSWERS = f"SELECT enterprise_id, as_of, document FROM {SCORE.name} WHERE {{}}"  # noqa: S608


def _listening(
    connection: Connection, tenants: set[str], *, with_officers: bool
) -> tuple[dict[str, list[Endpoint]], frozenset[str]]:
    if not tenants:
        return {}, frozenset()
    endpoints: dict[str, list[Endpoint]] = {}
    officers: set[str] = set()
    asked = _WITH_OFFICERS if with_officers else _IN_FORCE
    sql = asked.format(among(connection, "tenant", "text"))
    values = (bound(connection, [*tenants]),) * (2 if with_officers else 1)
    for tenant, webhook_id, events in fetch(connection, sql, values):
        if webhook_id is None:
            officers.add(tenant)
        else:
            endpoints.setdefault(tenant, []).append((webhook_id, frozenset(events.split())))
    return endpoints, frozenset(officers)


def _formers(
    connection: Connection, entries: Sequence[Entry]
) -> dict[tuple[str, str], tuple[int, bytes]]:
    """The newest answer of each case so far, with its as-of."""
    found: dict[tuple[str, str], tuple[int, bytes]] = {}
    for tenant in sorted({entry.tenant for entry in entries}):
        codes = sorted({entry.enterprise_id for entry in entries if entry.tenant == tenant})
        held = _HELD.format(placeholder(connection), among(connection, "enterprise_id", "text"))
        if not is_sqlite(connection):
            held += " FOR UPDATE"  # on SQLite the transaction itself holds all
        ids = [
            score_id for (score_id,) in fetch(connection, held, (tenant, bound(connection, codes)))
        ]
        answers = _ANSWERS.format(among(connection, "score_id", "text"))
        for code, as_of, document in fetch(connection, answers, (bound(connection, ids),)):
            found[tenant, code] = (as_of, document.encode())
    return found
