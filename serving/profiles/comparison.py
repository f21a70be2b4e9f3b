"""Which peers an enterprise may be compared with: none that were not known yet at the time."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from features.catalogue import CATALOGUE
from features.peers.file import MalformedPeers, read
from features.peers.peers import Peers
from serving.profiles.document import ComparisonStatus

_LOG = logging.getLogger("cargoworthy.serving")


@dataclass(frozen=True)
class Compared:
    """The peers that may be used, or why there are none.

    Attributes
    ----------
    status : str
    peers : Peers or None
        Only where the status is ``compared``.
    as_of : int or None
        Of the file, usable or not; UTC microseconds.
    """

    status: ComparisonStatus
    peers: Peers | None = None
    as_of: int | None = None


NOT_COMPARED = Compared("no_file")


class PeersFile:
    """The file of ``cargoworthy features peers``, read again only when it was replaced.

    One a process, shared by its threads.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._held: tuple[tuple[int, int, int], Peers | None] | None = None

    def at(self, record: str, as_of: int) -> Compared:
        """Find the peers of a record's enterprise as of a time.

        Parameters
        ----------
        record : str
            Identity of the record.
        as_of : int
            UTC microseconds: figures of a later time are not used.
        """
        try:
            found = self._newest()
        except FileNotFoundError:
            return NOT_COMPARED
        if found is None:
            return Compared("damaged")
        if found.record != record:
            return Compared("other_record")
        if found.catalogue_hash != CATALOGUE.hash:
            return Compared("other_catalogue", as_of=found.as_of)
        if found.as_of > as_of:
            return Compared("newer", as_of=found.as_of)
        return Compared("compared", found, found.as_of)

    def _newest(self) -> Peers | None:
        """Peers of the file as it is now; None where it cannot be used."""
        with self._lock:
            stat = self._path.stat()
            signature = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if self._held is None or self._held[0] != signature:
                try:
                    peers = read(self._path)
                except MalformedPeers as error:
                    _LOG.warning("no percentiles: %s", error)
                    peers = None
                self._held = signature, peers
            return self._held[1]
