"""The manifest: which files a model consists of and what their bytes hash to."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from supervision.canonical import json_bytes as json_bytes
from training.model.errors import DamagedModelError

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """SHA-256 of the parts of a model.

    Attributes
    ----------
    sha256 : dict of str to str
        File name to hexadecimal hash.
    content : bytes
        The file itself, in one form only (sorted keys), so that equal parts hash equally.
    """

    sha256: dict[str, str]
    content: bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the manifest: the model's hash."""
        return hashlib.sha256(self.content).hexdigest()

    @classmethod
    def of(cls, parts: dict[str, bytes]) -> Self:
        """Of parts by name."""
        sha256 = {name: hashlib.sha256(parts[name]).hexdigest() for name in sorted(parts)}
        return cls(sha256, json_bytes({"format": FORMAT, "parts": sha256}))

    @classmethod
    def read(
        cls,
        folder: Path,
        names: tuple[str, ...],
        expected: str | None = None,
        optional: tuple[str, ...] = (),
    ) -> tuple[Self, dict[str, bytes]]:
        """Read a manifest and the parts that it names, and compare their hashes.

        The bytes that are returned are the bytes that were hashed: nothing is read twice.

        Parameters
        ----------
        folder : Path
        names : tuple of str
            Parts that there must be.
        expected : str or None
            Hash that the model must have; None takes any.
        optional : tuple of str
            Parts that there may be.

        Raises
        ------
        DamagedModelError
            If a file is missing, the manifest names other parts, or a hash differs.
        """
        content = _bytes(folder / MANIFEST)
        if expected is not None and (found := hashlib.sha256(content).hexdigest()) != expected:
            raise DamagedModelError(
                f"{folder} holds model {found[:16]}..., expected {expected[:16] or 'no model'}...; "
                "it was not loaded; train it again, or publish the champion again with "
                "`cargoworthy promote VERSION`"
            )
        stated = json_object(content, folder / MANIFEST).get("parts")
        if not isinstance(stated, dict) or not {*names} <= {*stated} <= {*names, *optional}:
            raise DamagedModelError(
                f"{folder / MANIFEST} should name the parts {sorted(names)}, found {stated!r:.120};"
                " take the model from the registry again"
            )
        parts = {name: _bytes(folder / name) for name in stated}
        for name, part in parts.items():
            found = hashlib.sha256(part).hexdigest()
            if found != stated[name]:
                raise DamagedModelError(
                    f"{folder / name} is damaged or was changed: expected SHA-256 "
                    f"{stated[name]!s:.16}..., found {found[:16]}...; it was not loaded; "
                    "take the model from the registry again"
                )
        return cls(stated, content), parts


def json_object(content: bytes, path: Path) -> dict[str, Any]:
    """Parse a JSON object.

    Raises
    ------
    DamagedModelError
        If the bytes are no JSON object.
    """
    try:
        found = json.loads(content)
    except ValueError as fault:
        raise DamagedModelError(
            f"{path} is no JSON ({fault}); take the model from the registry again"
        ) from fault
    if not isinstance(found, dict):
        raise DamagedModelError(f"{path} should hold a JSON object, found {found!r:.80}")
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as fault:
        raise DamagedModelError(
            f"{path} is missing; a model is a folder with {MANIFEST}, model.txt and bundle.json: "
            "take it from the registry again"
        ) from fault
