"""Tokens (JWT, RFC 9068): issued for ten minutes, and checked at every call."""

import base64
import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from serving.access.clients import Client, as_name
from serving.access.errors import Unauthenticated
from serving.access.keys import ASYMMETRIC, SIGNING
from serving.access.principal import Principal
from serving.access.roles import Scope

LIFETIME = 600
"""Seconds for which a token is good."""
_LEEWAY = 10
_REMEMBERED = 30
_MOST_REMEMBERED = 4_096
_LONGEST = 8_192
_TYPES = ("at+jwt", "application/at+jwt")


@dataclass(frozen=True)
class Issuer:
    """The built-in issuer.

    Attributes
    ----------
    name : str
        Its URL.
    audience : str
    keys : KeySet
        The first one signs.
    """

    name: str
    audience: str
    keys: KeySet

    def issue(self, client: Client, scopes: Iterable[Scope], now: int) -> str:
        """Sign a token.

        Parameters
        ----------
        client : Client
        scopes : iterable of Scope
            Among the client's.
        now : int
            UTC seconds.
        """
        key = self.keys.keys[0]
        claims = {
            "iss": self.name,
            "aud": self.audience,
            "sub": client.client_id,
            "client_id": client.client_id,
            "scope": " ".join(sorted(scopes)),
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "jti": str(uuid.uuid4()),
        }
        header = {"alg": SIGNING, "typ": "at+jwt", "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=[SIGNING])

    def public(self) -> dict[str, Any]:
        """The public keys, as a key set."""
        return dict(self.keys.as_dict(private=False))


@dataclass(frozen=True)
class Expected:
    """What a token must say.

    Attributes
    ----------
    issuer, audience : str
    keys : callable
        The keys in force, given the name of the one that is wanted.
    own : bool
        Whether the built-in issuer made it: then it names its kind and its beginning, too.
    """

    issuer: str
    audience: str
    keys: Callable[[str | None], KeySet]
    own: bool


class Verifier:
    """Checks tokens, and remembers for half a minute those that were good.

    Parameters
    ----------
    expected : Expected
    client_of : callable
        Finds an active client by its name.
    """

    def __init__(self, expected: Expected, client_of: Callable[[str], Client | None]) -> None:
        self._expected = expected
        self._client_of = client_of
        self._lock = threading.Lock()
        self._good: OrderedDict[bytes, tuple[int, Principal]] = OrderedDict()

    def principal(self, token: str, now: int) -> Principal:
        """Tell who asks.

        Parameters
        ----------
        token : str
        now : int
            UTC seconds.

        Raises
        ------
        Unauthenticated
            If the token proves nothing.
        """
        key = _key(token)
        if found := self._remembered(key, now):
            return found
        try:
            claims = self._claims(token, now)
            principal = self._known(claims)
        except Unauthenticated as error:
            error.claimed = claimed(token)
            raise
        with self._lock:
            self._good[key] = (min(now + _REMEMBERED, int(claims["exp"])), principal)
            while len(self._good) > _MOST_REMEMBERED:
                self._good.popitem(last=False)
        return principal

    def remembered(self, token: str, now: int) -> Principal | None:
        """Tell who asks if the token was good a moment ago; None where it must be checked."""
        return self._remembered(_key(token), now)

    def _remembered(self, key: bytes, now: int) -> Principal | None:
        with self._lock:
            until, principal = self._good.get(key, (0, None))
        return principal if now < until else None

    def forget(self) -> None:
        """Forget the tokens that were good: the next call checks each again."""
        with self._lock:
            self._good.clear()

    def _claims(self, token: str, now: int) -> dict[str, Any]:
        expected = self._expected
        if len(token) > _LONGEST:
            raise _unproven("a longer one")
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=_LEEWAY,
            iss={"essential": True, "value": expected.issuer},
            aud={"essential": True, "value": expected.audience},
            exp={"essential": True},
            nbf={"essential": expected.own},
            jti={"essential": True},
            sub={"essential": True},
        )
        try:
            found = jwt.decode(token, expected.keys(_kid(token)), algorithms=ASYMMETRIC)
            if expected.own and found.header.get("typ") not in _TYPES:
                raise _unproven("one of another kind")
            registry.validate(found.claims)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise _unproven(_described(error)) from None
        return dict(found.claims)

    def _known(self, claims: dict[str, Any]) -> Principal:
        name = claims.get("client_id") or claims.get("azp") or claims["sub"]
        client = self._client_of(str(name)[:64])
        if client is None:
            raise _unproven("one of a client that is not registered, or disabled")
        stated = claims.get("scope", "")
        asked = stated if isinstance(stated, list) else str(stated).split()
        scopes = frozenset(scope for scope in client.scopes if scope in asked)
        return Principal(client.client_id, client.role, client.tenant, scopes)


def _key(token: str) -> bytes:
    return sha256(token.encode(errors="replace")).digest()


def claimed(token: str) -> str:
    """Name of the client that a token speaks of; nothing proves it. Empty where it names none."""
    body = token[:_LONGEST].partition(".")[2].partition(".")[0]
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, RecursionError):
        return ""
    if not isinstance(claims, dict):
        return ""
    return as_name(claims.get("client_id") or claims.get("azp") or claims.get("sub"))


def _kid(token: str) -> str | None:
    """Name of the key that a token says signed it; nothing is believed yet."""
    head = token.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) else None


def _described(error: Exception) -> str:
    kind = getattr(error, "error", "malformed")
    claim = getattr(error, "claim", "")
    return f"one that does not hold ({' '.join(filter(None, (kind, claim)))})"


def _unproven(found: str) -> Unauthenticated:
    return Unauthenticated(
        "a token of this service's issuer that is in force",
        found,
        "ask POST /oauth/token for a new one",
        {"WWW-Authenticate": 'Bearer realm="cargoworthy", error="invalid_token"'},
    )
