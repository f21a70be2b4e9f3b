"""The client-credentials grant (RFC 6749, section 4.4): a client proves who it is, gets a token.

It proves it by its secret, in the header (client_secret_basic) or in the form
(client_secret_post), or by a request signed with its own key (private_key_jwt, RFC 7523).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from serving.access.assertions import Assertions
from serving.access.clients import Client, Clients, as_name
from serving.access.errors import TokenRefused
from serving.access.keys import ASYMMETRIC
from serving.access.roles import Scope
from serving.access.secret import fits
from serving.access.tokens import Issuer

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
_LEEWAY = 10
_LONGEST_ASSERTION = 600
_MOST_FIELDS = 20


@dataclass(frozen=True)
class Granted:
    """A token, and the scopes that it names."""

    token: str
    scopes: tuple[Scope, ...]


@dataclass(frozen=True)
class Desk:
    """Where tokens are asked for.

    Attributes
    ----------
    clients : Clients
    assertions : Assertions
    issuer : Issuer
    """

    clients: Clients
    assertions: Assertions
    issuer: Issuer

    def grant(self, body: bytes, authorization: str | None, now: int) -> Granted:
        """Answer a request for a token.

        Parameters
        ----------
        body : bytes
            ``application/x-www-form-urlencoded``.
        authorization : str or None
            The header.
        now : int
            UTC seconds.

        Raises
        ------
        TokenRefused
            In the standard's words.
        """
        form = _form(body)
        if form.get("grant_type") != "client_credentials":
            raise TokenRefused(
                "unsupported_grant_type",
                "grant_type=client_credentials",
                repr(form.get("grant_type", "")[:40]),
                "ask for that grant",
            )
        try:
            client = self._client(form, authorization, now)
        except TokenRefused as error:
            error.claimed = _claimed(form, authorization)
            raise
        scopes = _scopes(client, form.get("scope"))
        return Granted(self.issuer.issue(client, scopes, now), scopes)

    def _client(self, form: Mapping[str, str], authorization: str | None, now: int) -> Client:
        ways = (authorization is not None, "client_secret" in form, "client_assertion" in form)
        if sum(ways) != 1:
            raise TokenRefused(
                "invalid_client" if not any(ways) else "invalid_request",
                "one proof of the client: a secret in the header or in the form, or an assertion",
                f"{sum(ways)} of them",
                "send exactly one",
                401 if not any(ways) else 400,
            )
        if "client_assertion" in form:
            return self._signed(form, now)
        if authorization is not None:
            name, secret = _basic(authorization)
        else:
            name, secret = form.get("client_id", ""), form["client_secret"]
        client = self.clients.active(name[:64])
        if not fits(secret[:200], None if client is None else client.secret_hash) or not client:
            raise _unknown("a secret that does not fit")
        return client

    def _signed(self, form: Mapping[str, str], now: int) -> Client:
        if form.get("client_assertion_type") != JWT_BEARER:
            raise TokenRefused(
                "invalid_request",
                f"client_assertion_type={JWT_BEARER}",
                "another",
                "name that type",
            )
        assertion = form["client_assertion"][:8_192]
        client = self.clients.active(form.get("client_id") or _subject(assertion))
        if client is None or client.jwks is None:
            raise _unknown("an assertion of a client without keys here")
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=_LEEWAY,
            iss={"essential": True, "value": client.client_id},
            sub={"essential": True, "value": client.client_id},
            aud={"essential": True, "values": [self.issuer.name, token_url(self.issuer.name)]},
            exp={"essential": True},
            jti={"essential": True},
        )
        keys = KeySet.import_key_set(_document(client.jwks))  # type: ignore[arg-type]
        try:
            claims = jwt.decode(assertion, keys, algorithms=ASYMMETRIC).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            kind = getattr(error, "error", "malformed")
            raise _unknown(f"an assertion that does not hold ({kind})") from None
        if claims["exp"] > now + _LONGEST_ASSERTION or len(claims["jti"]) > 128:
            raise _unknown("an assertion for more than ten minutes, or with too long a jti")
        if not self.assertions.take(client.client_id, claims["jti"], int(claims["exp"]), now):
            raise _unknown("an assertion that was used before")
        return client


def token_url(issuer: str) -> str:
    """Where the built-in issuer gives tokens."""
    return f"{issuer.rstrip('/')}/oauth/token"


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        pairs = []
    form = dict(pairs)
    if not pairs or len(form) != len(pairs):
        raise TokenRefused(
            "invalid_request",
            "a form (application/x-www-form-urlencoded) with each field once",
            "none" if not pairs else "a field twice",
            "send grant_type=client_credentials",
        )
    return form


def _basic(authorization: str) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    try:
        raw = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raw = ""
    name, colon, secret = raw.partition(":")
    if kind.lower() != "basic" or not colon:
        raise _unknown("an Authorization header of another kind")
    return unquote_plus(name), unquote_plus(secret)


def _scopes(client: Client, asked: str | None) -> tuple[Scope, ...]:
    if asked is None:
        return tuple(sorted(client.scopes))
    wanted = set(asked.split())
    if not wanted or not wanted <= client.scopes:
        error = TokenRefused(
            "invalid_scope",
            f"scopes among {' '.join(sorted(client.scopes))}",
            repr(asked[:80]),
            "ask for fewer, or leave scope out for all",
        )
        error.client_id, error.tenant = client.client_id, client.tenant
        raise error
    return tuple(sorted(scope for scope in client.scopes if scope in wanted))


def _claimed(form: Mapping[str, str], authorization: str | None) -> str:
    """Name of the client that a request says it is of; nothing proves it."""
    if authorization is not None:
        try:
            return as_name(_basic(authorization)[0])
        except TokenRefused:
            return ""
    return as_name(form.get("client_id") or _subject(form.get("client_assertion", "")[:8_192]))


def _subject(assertion: str) -> str:
    """Who an assertion says it is of; believed only once its signature fits that client's key."""
    claims = assertion.split(".")
    try:
        raw = base64.urlsafe_b64decode(claims[1] + "=" * (-len(claims[1]) % 4))
        found = _document(raw.decode())
    except (ValueError, IndexError, RecursionError):
        return ""
    return str(found.get("sub", ""))[:64] if isinstance(found, dict) else ""


def _document(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(text)
    return found


def _unknown(found: str) -> TokenRefused:
    return TokenRefused(
        "invalid_client",
        "the proof of a registered client",
        found,
        "check the client's name and secret, or its key",
        401,
    )
