"""Signatures of events, and the secrets that they are made with.

References
----------
Standard Webhooks 1.0.0, symmetric signatures: what is signed is the event's id, the time of the
attempt and the body, joined by full stops; the signature is HMAC-SHA256 in base64 after ``v1,``;
a secret is 24 to 64 random bytes in base64 after ``whsec_``.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from serving.webhooks.errors import MalformedSealingKey

PREFIX = "whsec_"
_BYTES = 32
_SEALING = {"alg": "dir", "enc": "A256GCM"}


def new_secret() -> str:
    """Make a secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """Sign one attempt to deliver an event.

    Parameters
    ----------
    secret : str
        As it was shown when the endpoint was registered.
    event_id : str
    timestamp : int
        Of the attempt, UTC seconds.
    body : bytes
        As it is sent.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b"%b.%d.%b" % (event_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


class Sealing:
    """Seals secrets for the ledger, so that who reads the database alone can sign nothing.

    JWE with a key of its own (A256GCM); the key lies in a file that its owner alone can read.

    Parameters
    ----------
    path : Path
        Of the key; made at the first secret where there is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, secret: str) -> str:
        """Seal a secret."""
        if not self._path.exists():
            self._create()
        return jwe.encrypt_compact(_SEALING, secret.encode(), self._key())

    def open(self, sealed: str) -> str:
        """Open what was sealed.

        Raises
        ------
        MalformedSealingKey
            If the key is missing, or another.
        """
        try:
            plain = jwe.decrypt_compact(sealed, self._key()).plaintext
        except JoseError as error:
            raise MalformedSealingKey(
                f"expected the key at {self._path} to open a webhook's secret, found another one; "
                "restore it, or register the webhooks anew"
            ) from error
        return (plain or b"").decode()

    def _key(self) -> OctKey:
        try:
            told: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
            return OctKey.import_key(told)
        except (OSError, ValueError, JoseError) as error:
            raise MalformedSealingKey(
                f"expected a key at {self._path}, found: {error!s:.80}; restore it, or remove the "
                "file and register the webhooks anew"
            ) from error

    def _create(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(OctKey.generate_key(256).as_dict(private=True))
        new = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, self._path)  # whoever comes second keeps the first one's key
        except FileExistsError:
            pass
        finally:
            new.unlink()
