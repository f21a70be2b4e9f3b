"""The deliverer: a thread in every worker, of which only the one that holds the lock delivers.

An event is sent until its endpoint takes it, less and less often, for three days. To one endpoint
one event goes at a time; one that is slow or silent holds up no other.
"""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from serving.lone_thread import PAUSE, LoneThread
from serving.webhooks.courier import Courier, Receipt
from serving.webhooks.deliveries import Deliveries, Due
from serving.webhooks.endpoints import Endpoint, Endpoints
from serving.webhooks.errors import MalformedSealingKey
from serving.webhooks.settings import WebhookSettings
from serving.webhooks.signature import Sealing, signature
from supervision.database import first_line
from supervision.errors import CargoworthyError
from supervision.lock import Lock

_PATIENCE = 2.0
_LANES = 8
"""Endpoints that are called at the same time."""
_AT_ONCE = 64
_SECOND = 1_000_000
_FACTOR = 4
_JITTER = 0.2
DELIVERING = Lock(".delivering", 4_717_053)
"""Held by whoever delivers; the system lets it go however its holder ends."""
_LOG = logging.getLogger("cargoworthy.serving")


def delay(attempts: int, settings: WebhookSettings, chance: float) -> float:
    """Seconds until the next attempt.

    Parameters
    ----------
    attempts : int
        That have failed, at least one.
    settings : WebhookSettings
    chance : float
        From 0 to 1: so that those that failed together do not all come back together.
    """
    steady = settings.first_delay_seconds * float(_FACTOR ** min(attempts - 1, 30))
    return min(steady, settings.longest_delay_seconds) * (1 - _JITTER + 2 * _JITTER * chance)


@dataclass(frozen=True)
class Post:
    """What a delivery needs.

    Attributes
    ----------
    engine : callable
        Gives the ledger's engine, or raises while there is none.
    courier : Courier
    sealing : Sealing
    consents : callable
        Whether a tenant may be told of an enterprise now.
    clock : callable
        UTC microseconds now.
    chance : callable
        From 0 to 1.
    """

    engine: Callable[[], Engine]
    courier: Courier
    sealing: Sealing
    consents: Callable[[str, str], bool]
    clock: Callable[[], int]
    chance: Callable[[], float] = random.random


@dataclass
class _Busy:
    """Endpoints that are being called, and those that rest after a failure, until when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    called: set[str] = field(default_factory=set)
    resting: dict[str, int] = field(default_factory=dict)


class Deliverer(LoneThread):
    """Delivers events until it is told to stop.

    Parameters
    ----------
    post : Post
    settings : WebhookSettings
    """

    name = "deliverer"
    waiting = "events wait"

    def __init__(self, post: Post, settings: WebhookSettings) -> None:
        super().__init__(DELIVERING, post.engine, settings.patience_seconds + _PATIENCE)
        self._post = post
        self._settings = settings

    def start(self) -> None:
        """Begin, where this service delivers."""
        if self._settings.deliver:
            super().start()

    def _work(self, engine: Engine) -> None:
        deliveries, busy = Deliveries(Endpoints(engine)), _Busy()
        with ThreadPoolExecutor(_LANES, "delivery") as lanes:
            while not self._stop.is_set():
                for group in self._due(deliveries, busy):
                    lanes.submit(self._call, deliveries, group, busy)
                self._stop.wait(PAUSE)

    def _due(self, deliveries: Deliveries, busy: _Busy) -> list[list[Due]]:
        """What is due, by endpoint, of endpoints that are free."""
        now = self._post.clock()
        with busy.lock:
            busy.resting = {each: at for each, at in busy.resting.items() if at > now}
            but = [*busy.called, *busy.resting]
        groups: dict[str, list[Due]] = {}
        for due in deliveries.due(now, but, _AT_ONCE):
            groups.setdefault(due.webhook_id, []).append(due)
        with busy.lock:
            busy.called.update(groups)
        return list(groups.values())

    def _call(self, deliveries: Deliveries, group: list[Due], busy: _Busy) -> None:
        """Deliver to one endpoint, one event after the other, until one is not taken."""
        endpoint = group[0].webhook_id
        try:
            for due in group:
                if self._stop.is_set():
                    return
                rest = self._deliver(deliveries, due)
                if rest is not None:
                    with busy.lock:
                        busy.resting[endpoint] = rest
                    return
        except (SQLAlchemyError, CargoworthyError, OSError) as error:
            _LOG.warning("events of webhook %s wait: %s", endpoint, first_line(error))
        except Exception:
            _LOG.exception("events of webhook %s wait", endpoint)
        finally:
            with busy.lock:
                busy.called.discard(endpoint)

    def _deliver(self, deliveries: Deliveries, due: Due) -> int | None:
        """Send one event; until when its endpoint is let alone, None where it took it."""
        post, now = self._post, self._post.clock()
        if due.enterprise_id is not None and not post.consents(due.tenant, due.enterprise_id):
            deliveries.stop(due, now)
            return None
        receipt = self._sent(due, now // _SECOND)
        wait = max(
            delay(due.attempts + 1, self._settings, post.chance()),
            min(receipt.retry_after, self._settings.longest_delay_seconds),
        )
        next_at = post.clock() + int(wait * _SECOND)
        last = receipt.is_gone or next_at > due.gives_up_at
        deliveries.note(due, receipt, now, None if last else next_at)
        if receipt.is_gone:
            gone = Endpoint(due.webhook_id, due.tenant, due.url, (), 0, None, None)
            Endpoints(post.engine()).disable(gone, "gone", "cargoworthy", now)
        if receipt.is_taken:
            return None
        # The endpoint's other events wait as long as a first failure would.
        return post.clock() + int(min(wait, 12 * self._settings.first_delay_seconds) * _SECOND)

    def _sent(self, due: Due, timestamp: int) -> Receipt:
        try:
            secret = self._post.sealing.open(due.sealed_secret)
        except MalformedSealingKey as error:
            _LOG.error("webhook %s: %s", due.webhook_id, error)
            return Receipt(None, "its secret cannot be opened", 0)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "cargoworthy",
            "webhook-id": due.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, due.event_id, timestamp, due.payload),
        }
        return self._post.courier.send(due.url, headers, due.payload)
