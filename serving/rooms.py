"""What the service stands on: the record, the champion, the policy and the ledger."""

import threading
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from features.online import FactsReader
from features.snapshots.publishing import Shelf
from serving.champion import Throne
from serving.errors import NotReady
from serving.ledger import Ledger
from serving.policy import Policy
from serving.profiles.comparison import PeersFile
from serving.scores.scoring import Scorer
from serving.settings import Settings
from serving.webhooks.outbox import Outbox
from supervision.database import FAILURES
from supervision.errors import CargoworthyError
from supervision.packed.reading import PackedReader
from supervision.packed.store import PackedMissing
from supervision.record import Record

TAKING_IN = 2
"""Bodies of messages that one worker takes in at a time: they wait for each other, and scores are
not to wait for them."""


class Rooms:
    """Opens what the service stands on; what is missing is tried again at the next request.

    Parameters
    ----------
    settings : Settings

    Attributes
    ----------
    taking_in : threading.BoundedSemaphore
        A seat for each body of messages that is taken in now.

    Raises
    ------
    MalformedPolicy
        If the policy cannot be used: unlike the others, it does not mend itself.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.policy = Policy.load(settings.policy)
        self.peers = PeersFile(settings.peers)
        self.throne = Throne(settings.models, settings.promotion_key)
        self.taking_in = threading.BoundedSemaphore(TAKING_IN)
        self._lock = threading.Lock()
        self._record: Record | None = None
        self._packed: PackedReader | None = None
        self._reader: FactsReader | None = None
        self._ledger: Ledger | None = None
        self._scorer: Scorer | None = None

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

    def reader(self) -> FactsReader:
        """Return what gathers the facts, from packed enterprises as soon as there are any.

        Raises
        ------
        NotReady
            If there is no record yet.
        """
        record = self.record()
        with self._lock:
            try:
                return self._reader_of(record)
            except FAILURES as error:
                raise NotReady((str(error).partition("\n")[0],)) from error

    def _reader_of(self, record: Record) -> FactsReader:
        if self._packed is None:
            with suppress(PackedMissing):
                self._packed = PackedReader.open(record, self.settings.packed)
                self._reader = None
        if self._reader is None:
            shelf = Shelf(record, self.settings.snapshots)
            self._reader = FactsReader(record, self._packed, shelf)
            self._reader.prepare()
        return self._reader

    def prepare(self, now: int) -> None:
        """Read what the first requests would else have to wait for; what is missing stays so."""
        with suppress(CargoworthyError, *FAILURES):
            self.reader().prepare(self.settings.as_of or now)

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
                    ledger = Ledger.open(self.settings.ledger)
                    ledger.keep_policy(self.policy.hash, self.policy.model_dump_json().encode())
                    give_up = self.settings.webhooks.give_up_seconds
                    ledger.announce = Outbox(self.policy, give_up).announce
                    self._ledger = ledger
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
        reader, champion, ledger = self.reader(), self.throne.champion(), self.ledger()
        held = self._scorer
        if held is None or held.reader is not reader or held.bundle is not champion:
            held = self._scorer = Scorer(reader, champion, self.policy, ledger)
        return held

    def missing(self) -> tuple[str, ...]:
        """Reasons for which no request could be answered now; none is good."""
        reasons: list[str] = []
        for part in (self.reader, self.throne.champion, self.ledger):
            try:
                part()
            except NotReady as error:
                reasons.extend(error.reasons)
        return tuple(reasons)

    def close(self) -> None:
        """Give back all connections."""
        self.throne.close()
        if self._packed is not None:
            self._packed.close()
        if self._record is not None:
            self._record.close()
        if self._ledger is not None:
            self._ledger.close()
