"""The seal: a signature over which model is in force, made at a promotion and checked by workers.

Whoever can write into the shelf can lay any model there; without the key of promotions none of
them is served. The numbers rise from promotion to promotion, so that an older champion cannot be
put back either.
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from supervision.canonical import json_bytes
from training.model.errors import DamagedModelError, ModelError
from training.model.signature import is_signed, public_key, sign

if TYPE_CHECKING:
    from training.model.shelf import Champion


def sealed(champion: "Champion", sequence: int, key: Ed25519PrivateKey) -> "Champion":
    """The champion with its number and a signature."""
    numbered = replace(champion, sequence=sequence, signature="")
    return replace(numbered, signature=sign(key, _statement(numbered)))


def require_seal(champion: "Champion", key: Ed25519PublicKey) -> None:
    """Check the signature.

    Raises
    ------
    DamagedModelError
        If there is none, or it is not over this champion by this key.
    """
    if not is_signed(key, _statement(champion), champion.signature):
        found = "no signature" if not champion.signature else "another signature"
        raise DamagedModelError(
            f"expected the champion {champion.name} {champion.version} to be sealed by the key of "
            f"promotions, found {found}; promote it again with `cargoworthy promote VERSION`"
        )


def read_public_key(path: Path) -> Ed25519PublicKey | None:
    """Read the public key of promotions; None where there is no such file.

    Raises
    ------
    ModelError
        If the file holds something else.
    """
    try:
        return public_key(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as fault:
        raise ModelError(
            f"expected the public key of promotions in {path}, found something else "
            f"({fault!s:.120}); take it from where `cargoworthy promote` runs"
        ) from fault


def _statement(champion: "Champion") -> bytes:
    said = asdict(champion)
    del said["signature"]
    return json_bytes(said)
