"""The shelf: the folder from which a service takes the champion, without the registry.

``champion.json`` names the model that is in force; the models themselves lie beside it, each in
a folder that is named by its hash and never changes. Publishing writes the folder first and
replaces ``champion.json`` last, in one step, so a reader sees the old champion or the new one.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from training.model.bundle import OPTIONAL, PARTS, Bundle
from training.model.errors import DamagedModelError, ModelError
from training.model.manifest import Manifest, json_bytes, json_object
from training.model.seal import read_public_key, require_seal

CHAMPION = "champion.json"


@dataclass(frozen=True)
class Champion:
    """What ``champion.json`` states.

    Attributes
    ----------
    name, version : str
        In the registry.
    hash : str
        Of the model.
    folder : str
        Where it lies, relative to the shelf.
    sequence : int
        Number of the promotion; 0 without a seal.
    signature : str
        The seal over all of these (:mod:`training.model.seal`); empty where it has none.
    """

    name: str
    version: str
    hash: str
    folder: str
    sequence: int = 0
    signature: str = ""


@dataclass(frozen=True)
class Shelf:
    """A folder of published models.

    Attributes
    ----------
    folder : Path
    key : Path or None
        Public key of promotions. Where there is such a file, only what it seals is in force.
    """

    folder: Path
    key: Path | None = None

    def stated(self) -> Champion:
        """Which model is in force, as ``champion.json`` says; the model is not touched.

        Raises
        ------
        ModelError
            If no champion was ever published here, or the key is none.
        DamagedModelError
            If the file is not what it should be, or the champion is not sealed by the key.
        """
        champion = self._read()
        if (key := self.public_key()) is not None:
            require_seal(champion, key)
        return champion

    def public_key(self) -> Ed25519PublicKey | None:
        """The key of promotions; None where whatever was laid here is in force.

        Raises
        ------
        ModelError
            If its file holds something else.
        """
        return None if self.key is None else read_public_key(self.key)

    def _read(self) -> Champion:
        path = self.folder / CHAMPION
        try:
            content = path.read_bytes()
        except FileNotFoundError as fault:
            raise ModelError(
                f"no champion on the shelf {self.folder}: expected {CHAMPION}; train a model and "
                "publish it with `cargoworthy promote VERSION`"
            ) from fault
        found = json_object(content, path)
        try:
            number = int(found.pop("sequence", 0))
            json_bytes(found)  # what has no such form cannot be sealed
            return Champion(**{key: str(value) for key, value in found.items()}, sequence=number)
        except (TypeError, ValueError, OverflowError) as fault:
            raise DamagedModelError(
                f"{path} should state name, version, hash and folder, found "
                f"{sorted(found)!s:.200}; publish the champion again with "
                "`cargoworthy promote VERSION`"
            ) from fault

    def intact(self, stated: Champion) -> None:
        """Check the hashes of a champion; nothing is parsed.

        Raises
        ------
        DamagedModelError
            If a part is missing, or is another than the one that was published.
        """
        Manifest.read(self.folder / stated.folder, PARTS, stated.hash, OPTIONAL)

    def champion(self, stated: Champion | None = None, *, verify: bool = True) -> Bundle:
        """The model in force, its hashes (and golden rows) checked.

        Parameters
        ----------
        stated : Champion or None
            Of an earlier :meth:`stated`; None asks now.
        verify : bool

        Raises
        ------
        ModelError
            If there is none, or it is damaged.
        """
        stated = stated or self.stated()
        return Bundle.load(
            self.folder / stated.folder,
            version=stated.version,
            expected=stated.hash,
            verify=verify,
        )

    def publish(
        self,
        source: Path,
        name: str,
        version: str,
        expected: str | None = None,
        seal: Callable[[Champion], Champion] = lambda champion: champion,
    ) -> Champion:
        """Lay a bundle on the shelf and put it in force.

        Parameters
        ----------
        source : Path
            Folder of the bundle; it is verified first and copied.
        name, version : str
            In the registry.
        expected : str or None
            Hash that the registry states; None takes any.
        seal : callable
            Gives the champion its number and its signature.

        Raises
        ------
        ModelError
            If the bundle is damaged or another; nothing changes then.
        """
        bundle = Bundle.load(source, expected=expected)
        champion = seal(Champion(name, version, bundle.hash, bundle.hash))
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self.folder / champion.folder
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".new-") as scratch:
            if not _holds(place, bundle.hash):
                copy = Path(scratch) / "model"
                shutil.copytree(source, copy)
                shutil.rmtree(place, ignore_errors=True)
                copy.rename(place)
            Bundle.load(place, expected=bundle.hash)
            pointer = Path(scratch) / CHAMPION
            pointer.write_text(json.dumps(asdict(champion), indent=1) + "\n")
            # On disk before it is in force: a power cut leaves the old champion or the new one.
            for path in (*place.iterdir(), place, self.folder, pointer):
                _sync(path)
            pointer.replace(self.folder / CHAMPION)
            _sync(self.folder)
        return champion


def _holds(folder: Path, sha256: str) -> bool:
    try:
        Bundle.load(folder, expected=sha256, verify=False)
    except ModelError:
        return False
    return True


def _sync(path: Path) -> None:
    """Wait until a file's or a folder's content is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
