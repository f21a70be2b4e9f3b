"""The model in force: taken when a promotion names another, and the last good one kept else."""

import logging
import threading
from pathlib import Path

from serving.errors import NotReady
from training.model.bundle import Bundle
from training.model.errors import DamagedModelError, ModelError
from training.model.shelf import CHAMPION, Champion, Shelf
from training.model.verification import verify_apart

_LOG = logging.getLogger("cargoworthy.serving")
_Signature = tuple[int, int, int]

POLL = 0.5
"""Seconds between looks at what was promoted."""


class Throne:
    """Where the champion sits: gives the model in force, whichever that is now.

    A promotion replaces one file in one step, so a look at that file is enough to notice it. A
    service looks from a thread of its own (:meth:`watch`): what it finds is checked by its hashes
    and its seal, then verified in a child process, then loaded, while requests go on with the
    model before; the change itself is one assignment. A command line looks when it asks. A
    champion that is damaged, unsealed, older or does not fit the features is not served: the last
    good one serves on.

    Parameters
    ----------
    models : Path
        Folder where promotion lays champions.
    key : Path or None
        Public key of promotions. Where there is such a file, only what it seals is served.
    """

    def __init__(self, models: Path, key: Path | None = None) -> None:
        self._shelf = Shelf(models, key)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._watcher: threading.Thread | None = None
        self._seen: _Signature | None = None
        self._sequence = 0
        self._bundle: Bundle | None = None
        self._fault = ""

    @property
    def fault(self) -> str:
        """Why the champion that was promoted last is not served; empty where it is."""
        return self._fault

    def champion(self) -> Bundle:
        """Return the model in force.

        Raises
        ------
        NotReady
            If there is none that can be served.
        """
        if self._bundle is None or self._watcher is None:
            self.look()
        if self._bundle is None:
            raise NotReady((self._fault,))
        return self._bundle

    def watch(self) -> None:
        """Look from a thread of its own, until :meth:`close`."""
        self._watcher = threading.Thread(target=self._watch, name="champion", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """End the watch."""
        self._ended.set()
        if self._watcher is not None:
            self._watcher.join()

    def look(self) -> None:
        """Take what was promoted since the last look, if it can be served."""
        with self._lock:
            signature = self._signature()
            if signature != self._seen or (self._bundle is None and signature is None):
                self._take(signature)

    def _watch(self) -> None:
        while not self._ended.wait(POLL):
            self.look()

    def _signature(self) -> _Signature | None:
        try:
            found = (self._shelf.folder / CHAMPION).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _take(self, signature: _Signature | None) -> None:
        try:
            stated = self._shelf.stated()
            self._require_next(stated)
            bundle = self._loaded(stated)
            _ = bundle.catalogue  # or it cannot be reckoned here, which is said
        except (ModelError, OSError) as error:
            if not isinstance(error, OSError):  # what could not be read may be readable later
                self._seen = signature
            if str(error) != self._fault and signature is not None:
                _LOG.error("champion not taken: %s", error)
            self._fault = str(error)
            return
        self._seen = signature
        self._sequence = stated.sequence
        self._fault = ""
        self._bundle = bundle
        _LOG.info("champion %s %s, %s", bundle.name, bundle.version, bundle.hash)

    def _require_next(self, stated: Champion) -> None:
        # Without a key anybody may say any number.
        if self._shelf.public_key() is not None and stated.sequence < self._sequence:
            raise DamagedModelError(
                f"expected a promotion after number {self._sequence}, found number "
                f"{stated.sequence} ({stated.name} {stated.version}): an older champion was put "
                "back; promote it again if it is meant to serve"
            )

    def _loaded(self, stated: Champion) -> Bundle:
        if self._bundle is not None:
            # Its hashes first: damage needs no child to be found.
            self._shelf.intact(stated)
            if stated.hash != self._bundle.hash and self._watcher is not None:
                verify_apart(self._shelf.folder / stated.folder, stated.hash)
        return self._shelf.champion(stated)
