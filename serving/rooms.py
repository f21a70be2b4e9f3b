"""What the service stands on: the record, the champion, the policy and the ledger."""

import threading

from sqlalchemy.exc import SQLAlchemyError

from serving.champion import Throne
from serving.errors import NotReady
from serving.ledger import Ledger
from serving.policy import Policy
from serving.scores.scoring import Scorer
from serving.settings import Settings
from supervision.errors import CargoworthyError
from supervision.record import Record


class Rooms:
    """Opens what the service stands on; what is missing is tried again at the next request.

    Parameters
    ----------
    settings : Settings

    Raises
    ------
    MalformedPolicy
        If the policy cannot be used: unlike the others, it does not mend itself.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.policy = Policy.load(settings.policy)
        self.throne = Throne(settings.models)
        self._lock = threading.Lock()
        self._record: Record | None = None
        self._ledger: Ledger | None = None

    def record(self) -> Record:
        """Return the record.

        Raises
        ------
        NotReady
            If there is none yet.
        """
        with self._lock:
            if self._record is None:
                try:
                    self._record = Record.open(self.settings.database)
                except (CargoworthyError, SQLAlchemyError) as error:
                    raise NotReady((str(error).partition("\n")[0],)) from error
            return self._record

    def ledger(self) -> Ledger:
        """Return the ledger, whose tables are created where they are missing.

        Raises
        ------
        NotReady
            If it cannot be opened.
        """
        with self._lock:
            if self._ledger is None:
                try:
                    self._ledger = Ledger.open(self.settings.ledger)
                except CargoworthyError as error:
                    raise NotReady((str(error),)) from error
            return self._ledger

    def scorer(self) -> Scorer:
        """Return what answers a request now.

        Raises
        ------
        NotReady
            With all that is missing.
        """
        if reasons := self.missing():
            raise NotReady(reasons)
        return Scorer(self.record(), self.throne.champion(), self.policy, self.ledger())

    def missing(self) -> tuple[str, ...]:
        """Reasons for which no request could be answered now; none is good."""
        reasons: list[str] = []
        for part in (self.record, self.throne.champion, self.ledger):
            try:
                part()
            except NotReady as error:
                reasons.extend(error.reasons)
        return tuple(reasons)

    def close(self) -> None:
        """Give back all connections."""
        if self._record is not None:
            self._record.close()
        if self._ledger is not None:
            self._ledger.close()
