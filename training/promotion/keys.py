"""Key pairs: Ed25519, the private one in a file that only its owner can read.

A private key lies where its owner put it, never among the project's files. Keys are random, so
making one is the only thing here that does not give the same again.
"""

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from training.model import signature
from training.model.signature import public_text
from training.promotion.errors import PeopleError

_OWNER_ONLY = 0o600


def make_key(path: Path) -> str:
    """Write a new private key (PEM, mode 600) and return the public one in base64.

    Raises
    ------
    PeopleError
        If there is a file already: a key is never overwritten.
    """
    private = Ed25519PrivateKey.generate()
    content = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
    except FileExistsError as fault:
        raise PeopleError(
            f"expected no file at {path}, found one; a key is never overwritten: name another "
            "file with --out"
        ) from fault
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return public_text(private)


def promotion_key(path: Path) -> Ed25519PrivateKey:
    """The key of promotions, made with its public half beside it (``.pub``) at the first one.

    Raises
    ------
    PeopleError
        If others may read the private half, or it is no key.
    """
    public = path.with_suffix(".pub")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        make_key(path)
    private = read_key(path)
    text = public_text(private) + "\n"
    if not public.exists() or public.read_text() != text:
        public.write_text(text)
    return private


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key.

    Raises
    ------
    PeopleError
        If there is none, others than its owner may read it, or it is no Ed25519 key.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = path.read_bytes()
    except FileNotFoundError as fault:
        raise PeopleError(
            f"no key at {path}; make one with `cargoworthy people keygen NAME --out FILE`"
        ) from fault
    if mode & ~_OWNER_ONLY:
        raise PeopleError(
            f"expected {path} to be readable by its owner alone, found mode {mode:o}; whoever "
            "could read it can sign in its owner's name: make a new key, or `chmod 600` it if "
            "nobody else could"
        )
    try:
        found = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as fault:
        raise PeopleError(
            f"{path} is no private key in PEM form without a password ({fault!s:.80}); make one "
            "with `cargoworthy people keygen NAME --out FILE`"
        ) from fault
    if not isinstance(found, Ed25519PrivateKey):
        raise PeopleError(f"expected an Ed25519 key in {path}, found {type(found).__name__!s:.40}")
    return found


def public_key(text: str) -> Ed25519PublicKey:
    """Read a public key from base64.

    Raises
    ------
    PeopleError
        If it is not 32 bytes in base64.
    """
    try:
        return signature.public_key(text)
    except ValueError as fault:
        raise PeopleError(
            f"{fault}; take the line that `cargoworthy people keygen` prints"
        ) from fault
