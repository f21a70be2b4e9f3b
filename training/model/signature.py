"""Signatures: Ed25519, signature and public key in base64.

References
----------
S. Josefsson, I. Liusvaara, *Edwards-Curve Digital Signature Algorithm*, RFC 8032 (2017).
"""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_KEY_BYTES = 32


def public_text(private: Ed25519PrivateKey) -> str:
    """The public key of a private one: 32 bytes in base64."""
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """Read a public key from base64.

    Raises
    ------
    ValueError
        If it is not 32 bytes in base64.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    # One spelling only: two spellings of one key must not pass for two keys.
    if len(raw) != _KEY_BYTES or base64.b64encode(raw).decode() != text:
        raise ValueError(
            f"expected an Ed25519 public key, {_KEY_BYTES} bytes in base64, found {text!r:.60}"
        )
    return Ed25519PublicKey.from_public_bytes(raw)


def sign(private: Ed25519PrivateKey, message: bytes) -> str:
    """Signature of a message, in base64."""
    return base64.b64encode(private.sign(message)).decode()


def is_signed(public: Ed25519PublicKey, message: bytes, signature: str) -> bool:
    """Whether the signature is of this message and made with the key of this public one."""
    try:
        public.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True
