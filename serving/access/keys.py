"""Keys that sign tokens, and keys by which tokens of others are checked (RFC 7517)."""

import json
import os
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from serving.access.errors import MalformedKey
from supervision.errors import UsageError

ASYMMETRIC = (
    "ES256", "ES384", "ES512", "Ed25519", "PS256", "PS384", "PS512",
    "RS256", "RS384", "RS512",
)  # fmt: skip
"""Signatures that are believed: none of them can be made by who can check it."""
SIGNING = "ES256"
_FRESH = 300.0
_AGAIN = 30.0
_PATIENCE = 5.0
_MOST_BYTES = 1_000_000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def create(path: Path, *, rotate: bool = False) -> None:
    """Make the built-in issuer's key file, readable by its owner alone.

    Parameters
    ----------
    path : Path
    rotate : bool
        Put a new key before those that are there: it signs, they still check. One older key is
        kept.

    Raises
    ------
    UsageError
        If there is a file and it is not to be rotated.
    """
    if path.exists() and not rotate:
        raise UsageError(
            f"expected no key file yet, found {path}; keep it, or add a new key with --rotate"
        )
    older = load(path).keys[:1] if path.exists() else []
    keys = KeySet([ECKey.generate_key("P-256", {"alg": SIGNING, "use": "sig"}), *older])
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    # Never readable by others, not even for the moment before a chmod.
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys.as_dict(private=True), file)
    new.replace(path)


def load(path: Path) -> KeySet:
    """Read the built-in issuer's keys; the first one signs.

    Raises
    ------
    MalformedKey
        If the file is missing, no key set, or readable by others than its owner.
    """
    try:
        mode = path.stat().st_mode & 0o077
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MalformedKey(
            f"expected the issuer's key at {path}, found: {error.strerror}; "
            "run `cargoworthy access init`, or serve with --open to try"
        ) from error
    if mode:
        raise MalformedKey(
            f"expected a key that only its owner reads, found {path} open to others; "
            "chmod 600 it, and rotate it with `cargoworthy access init --rotate`"
        )
    return _parsed(text, str(path))


def public_keys(text: str) -> dict[str, Any]:
    """Return a key set of public, asymmetric keys.

    Raises
    ------
    MalformedKey
        If it is none, holds a secret key, or one that could sign what it checks.
    """
    keys = _parsed(text, "the key set")
    for key in keys:
        if key.key_type == "oct" or key.is_private:
            raise MalformedKey(
                "expected public keys alone (EC, OKP or RSA), found a secret one; "
                "keep that where it was made, and send its public half"
            )
    return dict(keys.as_dict(private=False))


class RemoteKeys:
    """Another issuer's public keys, read anew every five minutes or when a new one signs.

    Parameters
    ----------
    where : str
        URL (https, or http of this machine), or a file.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, where: str, clock: Callable[[], float] = time.monotonic) -> None:
        if not _protected(where):
            raise UsageError(
                f"expected an https URL or a file as --jwks, found {where!r:.120}; "
                "keys that came unprotected prove nothing"
            )
        self._where = where
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._read_at = 0.0

    def __call__(self, kid: str | None = None) -> KeySet:
        """Return the keys.

        Parameters
        ----------
        kid : str or None
            Name of the key that is wanted; where it is unknown, the keys are read again, at most
            once in half a minute.

        Raises
        ------
        MalformedKey
            If they cannot be read, and never could.
        """
        with self._lock:
            age = self._clock() - self._read_at
            unknown = self._keys is not None and kid is not None and not _has(self._keys, kid)
            if self._keys is None or age > _FRESH or (unknown and age > _AGAIN):
                self._read()
            if self._keys is None:
                raise MalformedKey(f"expected keys at {self._where!r:.120}, found none; try again")
            return self._keys

    def _read(self) -> None:
        try:
            keys = KeySet.import_key_set(public_keys(self._text()))  # type: ignore[arg-type]
        except (OSError, MalformedKey) as error:
            if self._keys is None:
                raise MalformedKey(
                    f"expected an issuer's keys at {self._where!r:.120}, found: {error!s:.120}; "
                    "check --jwks"
                ) from error
        else:
            self._keys = keys
        self._read_at = self._clock()

    def _text(self) -> str:
        if not self._where.startswith(("http://", "https://")):
            return Path(self._where).read_text(encoding="utf-8")
        with urllib.request.urlopen(self._where, timeout=_PATIENCE) as answer:  # noqa: S310
            if not _protected(answer.geturl()):
                raise OSError("another place led to an unprotected one")
            return str(answer.read(_MOST_BYTES).decode())


def _protected(where: str) -> bool:
    """Whether nobody on the way can change what is read there."""
    parts = urllib.parse.urlsplit(where)
    return parts.scheme != "http" or parts.hostname in _LOOPBACK


def _has(keys: KeySet, kid: str) -> bool:
    return any(key.kid == kid for key in keys)


def _parsed(text: str, where: str) -> KeySet:
    try:
        document = json.loads(text)
        if isinstance(document, dict) and "keys" not in document:
            document = {"keys": [document]}
        return KeySet.import_key_set(document)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise MalformedKey(
            f"expected a JSON Web Key Set (RFC 7517) in {where}, found {type(error).__name__}; "
            "make it anew"
        ) from error
