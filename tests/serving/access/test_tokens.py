import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from serving.access.clients import Client
from serving.access.errors import Unauthenticated
from serving.access.roles import Role, Scope
from serving.access.tokens import LIFETIME, Expected, Issuer, Verifier

KEY = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"})
KEYS = KeySet([KEY])
ISSUER = Issuer("https://port.example", "cargoworthy", KEYS)
BANK = Client("bank-a", Role.BANK, "harbour-bank", None, None, None)
NOW = 1_700_000_000


def verifier(own: bool = True, client_of: Callable[[str], Client | None] | None = None) -> Verifier:
    expected = Expected(ISSUER.name, ISSUER.audience, lambda _: KEYS, own=own)
    return Verifier(expected, client_of or {"bank-a": BANK}.get)


def claims(**changed: object) -> dict[str, Any]:
    stated = {
        "iss": ISSUER.name, "aud": ISSUER.audience, "sub": "bank-a", "client_id": "bank-a",
        "scope": "scores:read", "iat": NOW, "nbf": NOW, "exp": NOW + 60, "jti": "1",
    }  # fmt: skip
    return {key: value for key, value in {**stated, **changed}.items() if value is not None}


def signed(stated: dict[str, Any], **header: str) -> str:
    head = {"alg": "ES256", "typ": "at+jwt", "kid": str(KEY.kid), **header}
    return jwt.encode(head, stated, KEY)


def test_a_token_tells_the_client_its_tenant_and_scopes() -> None:
    token = ISSUER.issue(BANK, [Scope.SCORES_READ], NOW)
    found = verifier().principal(token, NOW)
    assert (found.client_id, found.role, found.tenant) == ("bank-a", Role.BANK, "harbour-bank")
    assert found.scopes == {Scope.SCORES_READ}
    assert verifier().principal(signed(claims()), NOW) == found


def test_a_token_names_no_more_than_its_role_has() -> None:
    token = signed(claims(scope="metrics:read consents:write scores:read nonsense"))
    assert verifier().principal(token, NOW).scopes == {Scope.SCORES_READ}


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example"}, {"iss": None},
        {"aud": "somebody"}, {"aud": ["a", "b"]}, {"aud": None},
        {"exp": NOW - 11}, {"exp": None}, {"exp": "tomorrow"},
        {"nbf": NOW + 11}, {"nbf": None},
        {"jti": None}, {"jti": 7},
        {"sub": None}, {"client_id": "nobody"},
    ],
    ids=str,
)  # fmt: skip
def test_every_claim_is_checked(changed: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated) as found:
        verifier().principal(signed(claims(**changed)), NOW)
    assert 'error="invalid_token"' in found.value.headers["WWW-Authenticate"]


def test_a_token_ends_after_ten_minutes_and_is_remembered_no_longer() -> None:
    token, door = ISSUER.issue(BANK, [], NOW), verifier()
    door.principal(token, NOW)
    door.principal(token, NOW + LIFETIME - 1)
    with pytest.raises(Unauthenticated):
        door.principal(token, NOW + LIFETIME + 10)


def unsigned(alg: str) -> str:
    parts = [{"alg": alg, "typ": "at+jwt"}, claims()]
    text = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    return ".".join([*(part.decode() for part in text), ""])


def test_a_signature_that_anybody_could_make_proves_nothing() -> None:
    head, body, _ = signed(claims()).split(".")
    symmetric = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"at+jwt"}').rstrip(b"=").decode()
    text = f"{symmetric}.{body}"
    mac = hmac.new(KEY.as_pem(private=False), text.encode(), "sha256").digest()
    forged = f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    bare = f"{head}.{body}."
    other = ECKey.generate_key("P-256")
    foreign = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": str(KEY.kid)}, claims(), other)
    for token in (unsigned("none"), unsigned("None"), unsigned("HS256"), forged, foreign, bare):
        with pytest.raises(Unauthenticated):
            verifier().principal(token, NOW)


def test_a_signed_request_for_a_token_is_no_token() -> None:
    with pytest.raises(Unauthenticated, match="another kind"):
        verifier().principal(signed(claims(), typ="JWT"), NOW)
    assert verifier(own=False).principal(signed(claims(nbf=None), typ="JWT"), NOW)


@settings(max_examples=60)
@given(st.data())
def test_no_changed_token_is_believed(data: st.DataObject) -> None:
    token = signed(claims())
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019-_.="))
    changed = token[:place] + letter + token[place + 1 :]
    raw = [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]
    try:
        same = raw == [base64.urlsafe_b64decode(part + "==") for part in changed.split(".")]
    except ValueError:
        same = False
    if same:  # the last letter of a part has bits that mean nothing
        return
    with pytest.raises(Unauthenticated):
        verifier().principal(changed, NOW)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "e30.e30.e30", "W10.e30.", "9" * 10_000, "\ud800", "é.é.é",
             base64.urlsafe_b64encode(b"[" * 5_000).decode() + ".e30.e30"],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_token_is_told_shortly(text: str) -> None:
    with pytest.raises(Unauthenticated) as found:
        verifier().principal(text, NOW)
    assert len(str(found.value)) < 300


def test_a_disabled_client_is_out_within_half_a_minute() -> None:
    register = {"bank-a": BANK}
    door = verifier(client_of=register.get)
    token = ISSUER.issue(BANK, [], NOW)
    door.principal(token, NOW)
    register.clear()
    with pytest.raises(Unauthenticated, match="not registered"):
        door.principal(token, NOW + 30)
