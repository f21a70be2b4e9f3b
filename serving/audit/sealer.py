"""The sealer: a thread in every worker, of which only the one that holds the lock seals."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from serving.audit.seals import SEALING, seal
from supervision.database import first_line
from supervision.errors import CargoworthyError

PAUSE = 0.5
"""Seconds between two looks at the log: so a row is sealed within one second of its commit."""
_PATIENCE = 2.0
_LOG = logging.getLogger("cargoworthy.serving")


class Sealer:
    """Seals the audit log until it is told to stop.

    When the worker that seals ends, however it ends, the operating system or PostgreSQL lets its
    lock go, and another worker goes on. While the ledger is away nothing is sealed, and nothing
    new is logged either; it goes on by itself.

    Parameters
    ----------
    engine : callable
        Gives the ledger's engine, or raises while there is none.
    """

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being sealed; what is left is sealed by whoever comes next."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while not self._stop.wait(PAUSE):
            try:
                self._seal_while_alone(self._engine())
            except (SQLAlchemyError, CargoworthyError, OSError) as error:
                _LOG.warning("audit rows wait for their seals: %s", first_line(error))
                self._stop.wait(_PATIENCE)
            except Exception:
                _LOG.exception("audit rows wait for their seals")
                self._stop.wait(_PATIENCE)

    def _seal_while_alone(self, engine: Engine) -> None:
        with SEALING.held(engine) as alone:
            if not alone:
                return
            all_rows = True
            while not self._stop.wait(PAUSE):
                seal(engine, all_rows=all_rows)
                all_rows = False
