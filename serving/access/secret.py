"""A client's secret: made here, shown once, kept only as a hash (scrypt, RFC 7914)."""

import base64
import hashlib
import hmac
import secrets

_COST, _BLOCK, _LANES = 2**14, 8, 1
_DUMMY_SALT = bytes(16)


def new_secret() -> str:
    """Make a secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Hash a secret with a salt of its own, as ``scrypt$salt$hash``."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_text(salt)}${_text(_scrypt(secret, salt))}"


def fits(secret: str, kept: str | None) -> bool:
    """Whether a secret is the one that was hashed.

    Where nothing is kept the same work is done, so that the time taken does not tell whether a
    client exists.
    """
    if kept is None:
        _scrypt(secret, _DUMMY_SALT)
        return False
    _, salt, expected = kept.split("$")
    found = _scrypt(secret, base64.b64decode(salt))
    return hmac.compare_digest(found, base64.b64decode(expected))


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
