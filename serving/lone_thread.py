"""A thread in every worker of a service, of which only the one that holds the lock works."""

import logging
import threading
from abc import ABCMeta, abstractmethod
from collections.abc import Callable

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from supervision.database import first_line
from supervision.errors import CargoworthyError
from supervision.lock import Lock

PAUSE = 0.5
"""Seconds between two looks for work."""
_PATIENCE = 2.0
_LOG = logging.getLogger("cargoworthy.serving")


def keep_at(work: Callable[[], None], waiting: str, stop: threading.Event) -> None:
    """Do a work over and over until told to stop; what fails is logged and tried again.

    Parameters
    ----------
    work : callable
    waiting : str
        What the log says while the work fails: what waits for it.
    stop : Event
    """
    while not stop.wait(PAUSE):
        try:
            work()
        except (SQLAlchemyError, CargoworthyError, OSError) as error:
            _LOG.warning("%s: %s", waiting, first_line(error))
            stop.wait(_PATIENCE)
        except Exception:
            _LOG.exception(waiting)
            stop.wait(_PATIENCE)


class LoneThread(metaclass=ABCMeta):
    """Works on the ledger, as long as no other worker's thread does, until it is told to stop.

    When the worker that holds the lock ends, however it ends, the operating system or PostgreSQL
    lets its lock go, and another worker goes on.

    Parameters
    ----------
    lock : Lock
    engine : callable
        Gives the ledger's engine, or raises while there is none.
    patience : float
        Seconds that it is waited for when it is told to stop.
    """

    name: str
    waiting: str
    """What the log says while the work fails: what waits for it."""

    def __init__(
        self, lock: Lock, engine: Callable[[], Engine], patience: float = _PATIENCE
    ) -> None:
        self._lock = lock
        self._engine = engine
        self._patience = patience
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._stop.clear()
        told = (self._while_alone, self.waiting, self._stop)
        self._thread = threading.Thread(target=keep_at, args=told, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done; what is left is done by whoever comes next."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(self._patience)

    def _while_alone(self) -> None:
        engine = self._engine()
        with self._lock.held(engine) as alone:
            if alone:
                self._work(engine)

    @abstractmethod
    def _work(self, engine: Engine) -> None:
        """Work until told to stop."""
