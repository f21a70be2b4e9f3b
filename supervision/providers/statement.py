"""The statement by which a provider vouches for a file: signed, and small however large that is.

A compact JWS (RFC 7515) whose payload is canonical JSON (RFC 8785): the file's SHA-256 and its
stream. Its header names the key by its thumbprint (RFC 7638). So anybody who has the file and the
provider's public key can check it, with any JOSE library.
"""

import json
from dataclasses import dataclass

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, import_key

from supervision.errors import CargoworthyError, UsageError

ALGORITHMS = ("Ed25519", "ES256")
"""Signatures that are believed."""
TYPE = "cargoworthy-batch+jws"
LONGEST = 2_000
"""Characters of a statement at most."""
_PARTS = ("kty", "crv", "x", "y", "d")
"""Of a key; what else is stated of it (its use, who has it) is not ours to keep."""
_OF_CURVE = {"Ed25519": "Ed25519", "P-256": "ES256"}

Key = OKPKey | ECKey


class BadStatement(CargoworthyError):
    """A signature that proves nothing: nothing of its file is taken in."""


@dataclass(frozen=True)
class Statement:
    """What is signed.

    Attributes
    ----------
    digest : str
        SHA-256 of the file or the body, hexadecimal.
    stream : str
    """

    digest: str
    stream: str

    @property
    def payload(self) -> bytes:
        """The bytes that are signed."""
        told = {"sha256": self.digest, "stream": self.stream}
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def make_key() -> OKPKey:
    """Make a new private key."""
    return OKPKey.generate_key("Ed25519")


def key_of(text: str, *, private: bool) -> Key:
    """Read a key (JWK, RFC 7517).

    Parameters
    ----------
    text : str
        JSON.
    private : bool
        Whether it is to be the half that signs, or the public one alone.

    Raises
    ------
    UsageError
        If it is none, of another kind, or the other half.
    """
    wanted = "a private" if private else "a public"
    expected = f"expected {wanted} key (JWK) on the curve Ed25519 or P-256"
    try:
        stated = json.loads(text)
        found = import_key({name: stated[name] for name in _PARTS if name in stated})
    except (ValueError, TypeError, KeyError, RecursionError, JoseError) as error:
        raise UsageError(
            f"{expected}, found something else; make one with `cargoworthy record keys make`"
        ) from error
    if not isinstance(found, OKPKey | ECKey) or found.curve_name not in _OF_CURVE:
        raise UsageError(f"{expected}, found one of the type {found.key_type}")
    if bool(found.is_private) is not private:
        other = "the public half" if private else "a private one; keep that where it was made"
        raise UsageError(f"{expected}, found {other}")
    return found


def sign(statement: Statement, key: Key) -> str:
    """Sign a statement."""
    header = {"alg": _OF_CURVE[key.curve_name], "kid": key.thumbprint(), "typ": TYPE}
    return jws.serialize_compact(header, statement.payload, key, algorithms=list(ALGORITHMS))


def key_id_of(signed: str) -> str:
    """Id of the key by which something claims to be signed.

    Raises
    ------
    BadStatement
        If it is no signed statement.
    """
    try:
        if len(signed) > LONGEST:
            raise ValueError
        header = jws.extract_compact(signed.encode()).headers()
        found = header["kid"]
        if header.get("typ") != TYPE or not isinstance(found, str):
            raise ValueError
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise BadStatement(
            f"expected a compact JWS of the type {TYPE} that names its key, found "
            f"{signed!r:.60}; sign with `cargoworthy record sign FILE --key KEY`"
        ) from error
    return found


def check(signed: str, statement: Statement, key: Key) -> None:
    """See that a key signed just this statement.

    Raises
    ------
    BadStatement
        If it did not.
    """
    try:
        found = jws.deserialize_compact(signed, key, algorithms=list(ALGORITHMS))
    except (ValueError, TypeError, KeyError, JoseError) as error:
        raise BadStatement(
            f"expected a signature by the key {key.thumbprint()}, found one that does not fit it; "
            "sign the file again"
        ) from error
    if found.payload != statement.payload:
        raise BadStatement(
            f"expected a signature of this file (SHA-256 {statement.digest[:16]}..., stream "
            f"{statement.stream}), found one of {found.payload[:120]!r}; the file was changed "
            "after it was signed, or the signature is another file's"
        )


def holds(signed: str, statement: Statement, key: Key) -> bool:
    """Whether something is this statement, signed by this key."""
    try:
        check(signed, statement, key)
    except BadStatement:
        return False
    return True


def is_about(signed: str, statement: Statement) -> bool:
    """Whether something claims to be this statement, whoever signed it."""
    try:
        return jws.extract_compact(signed.encode()).payload == statement.payload
    except (ValueError, TypeError, KeyError, JoseError):
        return False
