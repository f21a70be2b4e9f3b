"""The model in force: read when it changes, and the last good one kept when that fails."""

import logging
import threading
from pathlib import Path

from features.catalogue import CATALOGUE
from serving.errors import NotReady
from training.model.bundle import Bundle
from training.model.errors import ModelError
from training.model.shelf import CHAMPION, Shelf

_LOG = logging.getLogger("cargoworthy.serving")
_Signature = tuple[int, int, int]


class Throne:
    """Where the champion sits: gives the model in force, whichever that is now.

    A promotion replaces one file in one step, so a look at that file before each answer is
    enough to notice it, and costs some microseconds. A champion that is damaged or does not fit
    the features is not served: the last good one serves on.

    Parameters
    ----------
    models : Path
        Folder where promotion lays champions.
    """

    def __init__(self, models: Path) -> None:
        self._shelf = Shelf(models)
        self._lock = threading.Lock()
        self._seen: _Signature | None = None
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
        signature = self._signature()
        if signature != self._seen or self._bundle is None:
            with self._lock:
                if signature != self._seen or (self._bundle is None and signature is None):
                    self._take(signature)
        if self._bundle is None:
            raise NotReady((self._fault,))
        return self._bundle

    def _signature(self) -> _Signature | None:
        try:
            found = (self._shelf.folder / CHAMPION).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _take(self, signature: _Signature | None) -> None:
        try:
            bundle = self._shelf.champion()
            if bundle.catalogue_hash != CATALOGUE.hash:
                raise NotReady((_mismatch(bundle),))
        except (ModelError, NotReady, OSError) as error:
            if not isinstance(error, OSError):  # what could not be read may be readable later
                self._seen = signature
            self._fault = str(error)
            if signature is not None:
                _LOG.error("champion not taken: %s", error)
            return
        self._seen = signature
        self._fault = ""
        self._bundle = bundle
        _LOG.info("champion %s %s, %s", bundle.name, bundle.version, bundle.hash)


def _mismatch(bundle: Bundle) -> str:
    return (
        f"model {bundle.name} {bundle.version} expects the feature catalogue "
        f"{bundle.catalogue_hash[:16] or '(none: trained on a table of its own)'}, found "
        f"{CATALOGUE.hash[:16]}; train and promote a model on the features of this version"
    )
