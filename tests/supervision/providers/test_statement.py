"""What is signed can be checked by any JOSE library, and nothing else passes for it."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.util import urlsafe_b64decode

from supervision.errors import UsageError
from supervision.providers.statement import (
    BadStatement,
    Key,
    Statement,
    check,
    key_id_of,
    key_of,
    make_key,
    sign,
)

OURS = make_key()
STATEMENT = Statement(hashlib.sha256(b"a file").hexdigest(), "custody")
KEYS = [OURS, ECKey.generate_key("P-256")]


@pytest.mark.parametrize("key", KEYS, ids=["Ed25519", "P-256"])
def test_what_is_signed_holds(key: Key) -> None:
    signed = sign(STATEMENT, key)
    assert key_id_of(signed) == key.thumbprint()
    check(signed, STATEMENT, key_of(json.dumps(key.as_dict(private=False)), private=False))


def test_the_signature_is_one_that_others_can_check() -> None:
    head, payload, signature = sign(STATEMENT, OURS).split(".")
    public = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(OURS.as_dict()["x"].encode()))
    public.verify(urlsafe_b64decode(signature.encode()), f"{head}.{payload}".encode())
    told = {"sha256": STATEMENT.digest, "stream": "custody"}
    assert json.loads(urlsafe_b64decode(payload.encode())) == told
    assert json.loads(urlsafe_b64decode(head.encode())) == {
        "alg": "Ed25519", "kid": OURS.thumbprint(), "typ": "cargoworthy-batch+jws",
    }  # fmt: skip


@pytest.mark.parametrize(
    "other", [Statement("0" * 64, "custody"), Statement(STATEMENT.digest, "title")]
)
def test_a_signature_of_something_else_is_refused(other: Statement) -> None:
    with pytest.raises(BadStatement, match="expected a signature of this file"):
        check(sign(STATEMENT, OURS), other, OURS)


@pytest.mark.parametrize("key", [make_key(), KEYS[1]], ids=["another key", "another kind"])
def test_a_signature_of_somebody_else_is_refused(key: Key) -> None:
    with pytest.raises(BadStatement, match="one that does not fit it"):
        check(sign(STATEMENT, OURS), STATEMENT, key)


@given(st.integers(0, 10_000), st.characters(codec="utf-8"))
def test_no_character_of_it_can_be_changed(place: int, sign_: str) -> None:
    signed = sign(STATEMENT, OURS)
    place %= len(signed)
    if signed[place] == sign_:
        return
    changed = signed[:place] + sign_ + signed[place + 1 :]
    try:
        if key_id_of(changed) != OURS.thumbprint():
            return  # a key that nobody registered
        check(changed, STATEMENT, OURS)
    except BadStatement:
        return
    # The last character of a part in base64 may have bits that say nothing.
    assert [urlsafe_b64decode(part.encode()) for part in changed.split(".")] == [
        urlsafe_b64decode(part.encode()) for part in signed.split(".")
    ]


@pytest.mark.parametrize("text", ["", "a.b.c", "x" * 10_000, "é.é.é", "..", "{}"])
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(BadStatement, match="expected a compact JWS"):
        key_id_of(text)


def test_a_token_of_another_kind_is_no_statement() -> None:
    from joserfc import jws

    token = jws.serialize_compact(
        {"alg": "Ed25519", "kid": OURS.thumbprint()}, STATEMENT.payload, OURS, ["Ed25519"]
    )
    with pytest.raises(BadStatement, match="expected a compact JWS of the type"):
        key_id_of(token)


def test_a_key_is_read_as_what_it_is_to_be() -> None:
    private, public = (
        json.dumps(OURS.as_dict(private=True)),
        json.dumps(OURS.as_dict(private=False)),
    )
    assert key_of(private, private=True).thumbprint() == OURS.thumbprint()
    with pytest.raises(UsageError, match="found a private one"):
        key_of(private, private=False)
    with pytest.raises(UsageError, match="found the public half"):
        key_of(public, private=True)
    others = (OctKey.generate_key(256), RSAKey.generate_key(2048), ECKey.generate_key("P-384"))
    for other in others:
        with pytest.raises(UsageError, match=r"found (one of the type|something else)"):
            key_of(json.dumps(other.as_dict(private=True)), private=True)
    for text in ("", "{}", "[]", "not json", '{"kty": "OKP"}'):
        with pytest.raises(UsageError, match="found something else"):
            key_of(text, private=False)
