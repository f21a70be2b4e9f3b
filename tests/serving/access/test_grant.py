"""Tokens asked for over HTTP, in every way that a client may prove who it is."""

import base64
import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from serving.access.clients import Clients
from serving.access.grant import JWT_BEARER
from serving.access.keys import create
from serving.access.roles import SCOPES, Role
from serving.app import create_app
from tests.serving.access.conftest import Office, opened, settings_of
from tests.serving.conftest import NOW, World, served

ISSUER = "http://127.0.0.1:8000"
SECONDS = NOW // 1_000_000
FORM = {"grant_type": "client_credentials"}
GRANT = "grant_type=client_credentials"


def refused(answer: httpx.Response, status: int, error: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    assert found["error"] == error
    assert found["error_description"]
    assert found["status"] == status
    assert status != 401 or "www-authenticate" in answer.headers
    return found


def test_a_secret_in_the_header_or_in_the_form_gives_a_token(office: Office) -> None:
    header = office.ask("bank-a")
    form = office.client.post(
        "/oauth/token",
        data={**FORM, "client_id": "bank-a", "client_secret": office.secrets["bank-a"]},
    )
    for answer in (header, form):
        found = answer.json()
        assert found["token_type"] == "Bearer"  # noqa: S105
        assert found["expires_in"] == 600
        assert set(found["scope"].split()) == SCOPES[Role.BANK]
        assert answer.headers["cache-control"] == "no-store"
    assert header.json()["access_token"] != form.json()["access_token"]


def test_the_published_keys_check_the_token(office: Office) -> None:
    metadata = office.client.get("/.well-known/oauth-authorization-server").json()
    assert metadata["issuer"] == ISSUER
    assert metadata["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"
    assert metadata["token_endpoint"] == f"{ISSUER}/oauth/token"
    keys = office.client.get("/.well-known/jwks.json").json()
    assert "d" not in keys["keys"][0]
    token = jwt.decode(office.token("bank-a"), KeySet.import_key_set(keys), algorithms=["ES256"])
    assert token.header["typ"] == "at+jwt"
    assert token.claims["exp"] - token.claims["nbf"] == 600
    assert token.claims["aud"] == "cargoworthy"


def test_fewer_scopes_can_be_asked_for_and_more_cannot(office: Office) -> None:
    found = office.ask("bank-a", scope="scores:read").json()
    assert found["scope"] == "scores:read"
    refused(office.ask("bank-a", scope="scores:read metrics:read"), 400, "invalid_scope")
    refused(office.ask("bank-a", scope=""), 400, "invalid_scope")
    headers = {"Authorization": f"Bearer {found['access_token']}"}
    denied = office.client.get("/v1/models/champion", headers=headers)
    assert denied.status_code in (403, 404)
    assert office.client.get("/v1/consents", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("name", "secret"), [("bank-a", "wrong"), ("nobody", "wrong"), ("", ""), ("bank-a", "é" * 300)]
)
def test_a_wrong_secret_and_an_unknown_client_are_answered_alike(
    office: Office, name: str, secret: str
) -> None:
    body = {**FORM, "client_id": name, "client_secret": secret}
    found = refused(office.client.post("/oauth/token", data=body), 401, "invalid_client")
    known = {**FORM, "client_id": "bank-b", "client_secret": "another"}
    assert found == office.client.post("/oauth/token", data=known).json()


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("", 400, "invalid_request"),
        ("grant_type", 400, "invalid_request"),
        ("grant_type=client_credentials&grant_type=x", 400, "invalid_request"),
        ("grant_type=password&client_id=bank-a&client_secret=x", 400, "unsupported_grant_type"),
        (GRANT, 401, "invalid_client"),
        (f"{GRANT}&client_secret=a&client_assertion=b", 400, "invalid_request"),
        (f"{GRANT}&client_assertion=b", 400, "invalid_request"),
        ("&".join(f"f{n}=1" for n in range(40)), 400, "invalid_request"),
        (b"grant_type=\xff\xfe", 400, "invalid_request"),
    ],
)  # fmt: skip
def test_a_malformed_request_is_told_in_the_standards_words(
    office: Office, body: str | bytes, status: int, error: str
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = office.client.post("/oauth/token", content=body, headers=headers)
    refused(answer, status, error)


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!", "Basic eA==", "Bearer x", "", "Basic /w=="]
)
def test_a_header_that_is_no_secret_is_told(office: Office, header: str) -> None:
    answer = office.client.post("/oauth/token", data=FORM, headers={"Authorization": header})
    refused(answer, 401, "invalid_client")


def test_json_is_no_form(office: Office) -> None:
    refused(office.client.post("/oauth/token", json=FORM), 400, "invalid_request")


def test_a_rotated_secret_ends_the_old_one_and_a_disabled_client_gets_none(office: Office) -> None:
    office.register("bank-z", Role.BANK)
    old = office.secrets["bank-z"]
    office.secrets["bank-z"] = Clients(office.store).rotate("bank-z", NOW)
    assert office.ask("bank-z").status_code == 200
    auth = httpx.BasicAuth("bank-z", old)
    refused(office.client.post("/oauth/token", data=FORM, auth=auth), 401, "invalid_client")
    Clients(office.store).disable("bank-z", NOW)
    refused(office.ask("bank-z"), 401, "invalid_client")


KEYS = {
    "ES256": ECKey.generate_key("P-256"),
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "PS256": RSAKey.generate_key(2048),
}


def assertion(key: Any, alg: str, name: str, **changed: object) -> str:
    stated = {
        "iss": name, "sub": name, "aud": f"{ISSUER}/oauth/token", "exp": SECONDS + 60,
        "jti": str(uuid.uuid4()),
    }  # fmt: skip
    merged = {key: value for key, value in {**stated, **changed}.items() if value is not None}
    return jwt.encode({"alg": alg}, merged, key, algorithms=[alg])


@pytest.fixture(scope="module")
def signer(office: Office) -> Office:
    for alg, key in KEYS.items():
        public = json.dumps(KeySet([key]).as_dict(private=False))
        none = Clients(office.store).add(f"signer-{alg}", Role.BANK, None, NOW, public)
        assert none is None
    return office


def present(office: Office, text: str, **changed: str) -> httpx.Response:
    form = {**FORM, "client_assertion_type": JWT_BEARER, "client_assertion": text, **changed}
    return office.client.post("/oauth/token", data=form)


@pytest.mark.parametrize("alg", KEYS)
def test_a_signed_request_gives_a_token_once(signer: Office, alg: str) -> None:
    text = assertion(KEYS[alg], alg, f"signer-{alg}")
    assert present(signer, text).status_code == 200
    found = refused(present(signer, text), 401, "invalid_client")
    assert "used before" in found["found"]
    issuer = assertion(KEYS[alg], alg, f"signer-{alg}", aud=ISSUER)
    assert present(signer, issuer, client_id=f"signer-{alg}").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://other.example"}, {"aud": None}, {"iss": "signer-PS256"}, {"iss": None},
        {"sub": "bank-a"}, {"sub": "nobody"}, {"sub": None}, {"exp": SECONDS - 11}, {"exp": None},
        {"exp": SECONDS + 601}, {"jti": None}, {"jti": 5}, {"jti": "x" * 129},
        {"nbf": SECONDS + 60},
    ],
    ids=str,
)  # fmt: skip
def test_every_claim_of_a_signed_request_is_checked(
    signer: Office, changed: dict[str, object]
) -> None:
    text = assertion(KEYS["ES256"], "ES256", "signer-ES256", **changed)
    refused(present(signer, text), 401, "invalid_client")


def test_a_request_signed_with_another_key_is_refused(signer: Office) -> None:
    other = ECKey.generate_key("P-256")
    text = assertion(other, "ES256", "signer-ES256")
    refused(present(signer, text), 401, "invalid_client")
    head, body, _ = text.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for bad in (f"{none}.{body}.", f"{head}.{body}.", "x", "x.y.z", f"{head}.bnVsbA.x"):
        refused(present(signer, bad), 401, "invalid_client")


def test_a_client_with_a_key_has_no_secret(signer: Office) -> None:
    body = {**FORM, "client_id": "signer-ES256", "client_secret": ""}
    refused(signer.client.post("/oauth/token", data=body), 401, "invalid_client")


def test_another_issuers_tokens_open_the_door_and_ours_do_not(
    world: World, tmp_path: Path, office: Office
) -> None:
    key = RSAKey.generate_key(2048, {"kid": "k1"})
    (tmp_path / "jwks.json").write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    create(tmp_path / "key.json")
    settings = settings_of(
        world, tmp_path, jwks=str(tmp_path / "jwks.json"), issuer="https://idp.example"
    )
    store = opened(tmp_path)
    Clients(store).add("bank-a", Role.BANK, None, NOW)
    claims = {
        "iss": "https://idp.example", "aud": ["cargoworthy"], "sub": "b7c1", "azp": "bank-a",
        "scope": "openid consents:read", "exp": SECONDS + 300, "jti": "1",
    }  # fmt: skip
    with served(create_app(settings, clock=lambda: NOW)) as client:
        good = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key, algorithms=["RS256"])
        answer = client.get("/v1/consents", headers={"Authorization": f"Bearer {good}"})
        assert answer.json() == {"consents": []}
        assert client.get("/v1/consents", headers=office.bearer("bank-a")).status_code == 401
        assert client.post("/oauth/token", data=FORM, auth=("bank-a", "x")).status_code == 404
        assert client.get("/.well-known/jwks.json").status_code == 404
    store.close()
