"""Denials in the audit log: who was refused what, how often, minute by minute.

A failed proof of identity, an operation beyond a token's scopes and an enterprise without consent
are counted, and the counts written as one row each at the end of the minute. So a flood of calls
cannot fill the disk. What is counted and not yet written is lost with a killed process.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from serving.access.store import Store
from serving.audit import log
from supervision.database import first_line
from supervision.errors import CargoworthyError

MINUTE = 60.0
"""Seconds between two writings."""
UNPROVEN = "-"
"""Client of a call that proved nothing; no client can be registered by this name."""
_MOST_PROVEN = 64
_MOST_UNPROVEN = 16
_PATIENCE = 2.0
_LOG = logging.getLogger("cargoworthy.serving")


@dataclass(frozen=True)
class Denial:
    """One kind of refusal.

    Attributes
    ----------
    reason : str
        One of a few texts of the service's own.
    operation : str
        Method and path's template; empty where it is not known.
    client_id, tenant : str
        Who was refused; ``UNPROVEN`` where nobody proved who he is.
    claimed : str
        Name of the client that such a call said it was: anybody can say so.
    """

    reason: str
    operation: str
    client_id: str = UNPROVEN
    tenant: str = UNPROVEN
    claimed: str = ""


class Denials:
    """Counts denials, and writes the counts once a minute.

    Parameters
    ----------
    store : callable
        Gives the store, or raises while there is none.
    clock : callable
        UTC microseconds now.
    """

    def __init__(self, store: Callable[[], Store], clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: Counter[Denial] = Counter()
        self._since = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, denial: Denial, times: int = 1) -> None:
        """Count a denial; of too many kinds in one minute the others count as one."""
        with self._lock:
            if not self._counts:
                self._since = self._clock()
            self._counts[self._kept(denial)] += times

    def _kept(self, denial: Denial) -> Denial:
        if denial in self._counts:
            return denial
        proven = denial.client_id != UNPROVEN
        kinds = sum((kind.client_id != UNPROVEN) is proven for kind in self._counts)
        if kinds < (_MOST_PROVEN if proven else _MOST_UNPROVEN):
            return denial
        return Denial("others", "", "" if proven else UNPROVEN)

    def write(self) -> None:
        """Write what was counted, on disk when this returns; it is counted on where that fails."""
        with self._lock:
            counts, since = self._counts, self._since
            self._counts = Counter()
        if not counts:
            return
        now = self._clock()
        try:
            with self._store().writing() as connection:
                log.note(connection, [_event(*each, since, now) for each in counts.items()])
        except (SQLAlchemyError, CargoworthyError, OSError) as error:
            _LOG.warning("denials wait to be noted: %s", first_line(error))
            with self._lock:
                self._since = since
                for denial, times in counts.items():
                    self._counts[self._kept(denial)] += times

    def start(self) -> None:
        """Begin to write once a minute."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="denials", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, and end."""
        self._stop.set()
        if self._thread is None:
            self.write()
        else:
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while not self._stop.wait(MINUTE):
            self.write()
        self.write()


def _event(denial: Denial, times: int, since: int, now: int) -> log.Event:
    detail = {"reason": denial.reason, "times": times, "since": since, "claimed": denial.claimed}
    return log.Event(
        action="denied",
        subject=denial.operation[:64],
        client_id=denial.client_id,
        tenant=denial.tenant,
        at=now,
        detail={name: value for name, value in detail.items() if value != ""},
    )
