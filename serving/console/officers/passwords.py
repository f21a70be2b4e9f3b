"""Passwords: kept as Argon2id alone (RFC 9106), with the cost that OWASP names as the least.

OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. More memory would let a few
sign-ins at once push a worker beyond its bounds.
"""

import threading

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from supervision.errors import UsageError

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$8Pr9sS0fq0Zc8yE0M0wFgw$"
"""Parameters of a hash that fits no password."""
_AT_ONCE = threading.BoundedSemaphore(4)
"""So many are tried at a time: what a flood of sign-ins takes of memory is bounded."""


def hash_of(password: str) -> str:
    """Hash a password with a salt of its own.

    Raises
    ------
    UsageError
        If it is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"expected a password of {SHORTEST} to {LONGEST} characters, found {len(password)}; "
            "four words that do not belong together are easy to keep"
        )
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was hashed.

    Where nothing is kept the same work is done, so that the time taken does not tell whether an
    officer exists.
    """
    try:
        with _AT_ONCE:
            return _HASHER.verify(kept or _nobody(), password[:LONGEST]) and kept is not None
    except VerifyMismatchError:
        return False


def _nobody() -> str:
    return f"{_NOBODY}{'A' * 43}"
