"""The shelf: the folder from which a service takes the champion, without the registry.

``champion.json`` names the model that is in force; the models themselves lie beside it, each in
a folder that is named by its hash and never changes. Publishing writes the folder first and
replaces ``champion.json`` last, in one step, so a reader sees the old champion or the new one.
"""

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from training.model.bundle import Bundle
from training.model.errors import DamagedModelError, ModelError
from training.model.manifest import json_object

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
    """

    name: str
    version: str
    hash: str
    folder: str


@dataclass(frozen=True)
class Shelf:
    """A folder of published models."""

    folder: Path

    def stated(self) -> Champion:
        """Which model is in force, as ``champion.json`` says; the model is not touched.

        Raises
        ------
        ModelError
            If no champion was ever published here.
        DamagedModelError
            If the file is not what it should be.
        """
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
            return Champion(**{key: str(value) for key, value in found.items()})
        except TypeError as fault:
            raise DamagedModelError(
                f"{path} should state name, version, hash and folder, found {sorted(found)}; "
                "publish the champion again with `cargoworthy promote VERSION`"
            ) from fault

    def champion(self, *, verify: bool = True) -> Bundle:
        """The model in force, its hashes (and golden rows) checked.

        Raises
        ------
        ModelError
            If there is none, or it is damaged.
        """
        stated = self.stated()
        bundle = Bundle.load(self.folder / stated.folder, version=stated.version, verify=verify)
        if bundle.hash != stated.hash:
            raise DamagedModelError(
                f"{self.folder / stated.folder} holds model {bundle.hash[:16]}..., expected "
                f"{stated.hash[:16]}...; publish the champion again"
            )
        return bundle

    def publish(self, source: Path, name: str, version: str) -> Champion:
        """Lay a bundle on the shelf and put it in force.

        Parameters
        ----------
        source : Path
            Folder of the bundle; it is verified first and copied.
        name, version : str
            In the registry.

        Raises
        ------
        ModelError
            If the bundle is damaged; nothing changes then.
        """
        bundle = Bundle.load(source)
        champion = Champion(name, version, bundle.hash, bundle.hash)
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self.folder / champion.folder
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".new-") as scratch:
            if not _holds(place, bundle.hash):
                copy = Path(scratch) / "model"
                shutil.copytree(source, copy)
                shutil.rmtree(place, ignore_errors=True)
                copy.rename(place)
            Bundle.load(place)
            pointer = Path(scratch) / CHAMPION
            pointer.write_text(json.dumps(asdict(champion), indent=1) + "\n")
            pointer.replace(self.folder / CHAMPION)
        return champion


def _holds(folder: Path, sha256: str) -> bool:
    try:
        return Bundle.load(folder, verify=False).hash == sha256
    except ModelError:
        return False
