"""The sealer: a thread in every worker, of which only the one that holds the lock seals."""

from collections.abc import Callable

from sqlalchemy.engine import Engine

from serving.audit.seals import SEALING, seal
from serving.lone_thread import PAUSE, LoneThread


class Sealer(LoneThread):
    """Seals the audit log until it is told to stop: a row within one second of its commit.

    While the ledger is away nothing is sealed, and nothing new is logged either; it goes on by
    itself.

    Parameters
    ----------
    engine : callable
        Gives the ledger's engine, or raises while there is none.
    """

    name = "sealer"
    waiting = "audit rows wait for their seals"

    def __init__(self, engine: Callable[[], Engine]) -> None:
        super().__init__(SEALING, engine)

    def _work(self, engine: Engine) -> None:
        all_rows = True
        while not self._stop.wait(PAUSE):
            seal(engine, all_rows=all_rows)
            all_rows = False
