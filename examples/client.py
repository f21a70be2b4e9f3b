"""A client of the service in Python, for a bank's own system: one file, httpx and joserfc.

    CARGOWORTHY_SECRET=... python examples/client.py http://127.0.0.1:8000 harbour-bank \
        91350211MA31009013

It gets tokens by itself, sends a call that failed on the way again under the same
Idempotency-Key (so that nothing is scored twice), and raises problem documents as exceptions.
"""

import os
import sys
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGAIN = frozenset((429, 502, 503, 504))
"""Statuses after which the same call may succeed a little later; so may a conflict in flight."""
_IN_FLIGHT = "urn:cargoworthy:problem:request-in-flight"
_EARLY = 60.0
_LONGEST_WAIT = 30.0


class ServiceProblem(Exception):
    """A problem document (RFC 9457).

    Attributes
    ----------
    status : int
    kind : str
        Last part of its ``type``, as ``no-such-enterprise``.
    document : dict
        Everything it says: what was expected, what was found, what to do.
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {document.get('detail') or document.get('title') or ''}")
        self.status = status
        self.kind = str(document.get("type", "")).rpartition(":")[2]
        self.document = dict(document)


class Unreachable(Exception):
    """Nobody answered, often enough."""


@dataclass(frozen=True)
class Secret:
    """Proof of a client by its secret (client_secret_basic)."""

    client_id: str
    secret: str

    def sent(self, _: str) -> tuple[dict[str, str], tuple[str, str] | None]:
        """Form fields and basic authentication of a request for a token."""
        return {}, (self.client_id, self.secret)


@dataclass(frozen=True)
class SigningKey:
    """Proof of a client by its own key (private_key_jwt, RFC 7523)."""

    client_id: str
    key: ECKey

    def sent(self, issuer: str) -> tuple[dict[str, str], tuple[str, str] | None]:
        """Form fields and basic authentication of a request for a token; signed anew each time."""
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": issuer,
            "iat": now,
            "exp": now + 120,
            "jti": str(uuid.uuid4()),
        }
        signed = jwt.encode({"alg": "ES256"}, claims, self.key)
        return {"client_assertion_type": JWT_BEARER, "client_assertion": signed}, None


@dataclass(frozen=True)
class Answer:
    """What the service says of an enterprise.

    Attributes
    ----------
    score_id : str
        By which the same bytes are given again.
    score : int or None
        None where too little is known.
    grade : str or None
    pd : float or None
    limit_fen : int or None
    reasons : tuple of str
        In English.
    document : dict
        The whole answer.
    """

    score_id: str
    score: int | None
    grade: str | None
    pd: float | None
    limit_fen: int | None
    reasons: tuple[str, ...]
    document: dict[str, Any]

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Read an answer."""
        limit = document.get("limit")
        return cls(
            document["score_id"],
            document.get("score"),
            document.get("grade"),
            document.get("pd"),
            None if limit is None else limit["amount_fen"],
            tuple(reason["text_en"] for reason in document.get("reasons", ())),
            document,
        )


class Client:
    """The service as seen by one client.

    Parameters
    ----------
    url : str
        Where the service is.
    proof : Secret or SigningKey
    attempts : int
        How often a call is sent at most.
    transport : httpx.BaseTransport, optional
        Of a proxy or of certificates of one's own.
    """

    def __init__(
        self,
        url: str,
        proof: Secret | SigningKey,
        *,
        attempts: int = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, transport=transport)
        self._proof = proof
        self._attempts = attempts
        self._token = ""
        self._expires = 0.0

    def score(
        self,
        enterprise_id: str,
        as_of: str | None = None,
        *,
        reference: str | None = None,
        key: str | None = None,
    ) -> Answer:
        """Score an enterprise.

        Parameters
        ----------
        enterprise_id : str
            Unified social credit code.
        as_of : str, optional
            RFC 3339 with a zone; left out, the service's clock.
        reference : str, optional
            Your own name for the request.
        key : str, optional
            Idempotency-Key, where you keep one yourself over a restart of your system.
        """
        asked = _request(enterprise_id, as_of, reference)
        return Answer.of(self._post("/v1/scores", asked, key))

    def scores(
        self, enterprise_ids: Iterable[str], as_of: str | None = None, *, key: str | None = None
    ) -> list[Answer | ServiceProblem]:
        """Score up to 1,000 enterprises in one call; each has an outcome of its own."""
        asked = {"requests": [_request(each, as_of, None) for each in enterprise_ids]}
        found = self._post("/v1/scores:batch", asked, key)
        return [
            Answer.of(row["answer"])
            if "answer" in row
            else ServiceProblem(row["status"], row["problem"])
            for row in found["outcomes"]
        ]

    def earlier(self, score_id: str) -> bytes:
        """Get an earlier answer again, byte for byte."""
        return self._call("GET", f"/v1/scores/{score_id}").content

    def replay(self, score_id: str) -> dict[str, Any]:
        """Let an earlier answer be reckoned again, and compared."""
        return self._json("POST", f"/v1/replays/{score_id}")

    def profile(self, enterprise_id: str, as_of: str | None = None) -> dict[str, Any]:
        """Get an enterprise's portrait."""
        asked = {} if as_of is None else {"as_of": as_of}
        return self._json("GET", f"/v1/enterprises/{enterprise_id}/profile", params=asked)

    def champion(self) -> dict[str, Any]:
        """Get the card of the model in force."""
        return self._json("GET", "/v1/models/champion")

    def close(self) -> None:
        """Give back all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _post(self, path: str, asked: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        # One key for all attempts of this call: whichever arrived, the answer is the same.
        return self._json("POST", path, json=asked, key=key or str(uuid.uuid4()))

    def _json(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._call(method, path, **sent).json()
        return found

    def _call(
        self, method: str, path: str, *, key: str | None = None, **sent: Any
    ) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        for renewed in (False, True):
            bearer = {"Authorization": f"Bearer {self._bearer()}"}
            answer = self._sent(method, path, headers=headers | bearer, **sent)
            if answer.status_code != httpx.codes.UNAUTHORIZED or renewed:
                break
            self._token = ""  # it ended before its time, as after a change of keys
        return _good(answer)

    def _bearer(self) -> str:
        if not self._token or time.monotonic() >= self._expires:
            issuer = _good(self._sent("GET", "/.well-known/oauth-authorization-server"))
            begun = time.monotonic()
            fields, basic = self._proof.sent(issuer.json()["issuer"])
            form = {"grant_type": "client_credentials", **fields}
            granted = _good(self._sent("POST", "/oauth/token", data=form, auth=basic)).json()
            self._token = str(granted["access_token"])
            self._expires = begun + float(granted["expires_in"]) - _EARLY
        return self._token

    def _sent(self, method: str, path: str, **sent: Any) -> httpx.Response:
        for attempt in range(1, self._attempts + 1):
            wait = min(2.0 ** (attempt - 2), _LONGEST_WAIT)
            try:
                answer = self._http.request(method, path, **sent)
            except httpx.TransportError as error:
                if attempt == self._attempts:
                    raise Unreachable(f"{path}: {error!r} after {attempt} attempts") from error
            else:
                if attempt == self._attempts or not _may_succeed(answer):
                    return answer
                wait = max(wait, min(_seconds(answer), _LONGEST_WAIT))
            time.sleep(wait)
        raise ValueError(f"expected at least one attempt, found {self._attempts}")


def _request(enterprise_id: str, as_of: str | None, reference: str | None) -> dict[str, str]:
    stated = {"enterprise_id": enterprise_id, "as_of": as_of, "client_reference": reference}
    return {name: value for name, value in stated.items() if value is not None}


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        document = answer.json()
    except ValueError:  # not from the service, but from something before it
        document = {"detail": answer.text[:200]}
    raise ServiceProblem(answer.status_code, document)


def _may_succeed(answer: httpx.Response) -> bool:
    if answer.status_code == httpx.codes.CONFLICT:
        return bool(answer.json().get("type") == _IN_FLIGHT)
    return answer.status_code in AGAIN


def _seconds(answer: httpx.Response) -> float:
    stated = answer.headers.get("Retry-After", "")
    return float(stated) if stated.isdigit() else 0.0


def main() -> None:
    """Score one enterprise and print what came."""
    url, client_id, enterprise_id = sys.argv[1:4]
    as_of = sys.argv[4] if len(sys.argv) > 4 else None
    with Client(url, Secret(client_id, os.environ["CARGOWORTHY_SECRET"])) as client:
        answer = client.score(enterprise_id, as_of)
    if answer.score is None:
        print(f"{enterprise_id}  too little is known  {answer.score_id}")
        return
    print(f"{enterprise_id}  score {answer.score}  grade {answer.grade}  {answer.score_id}")
    for reason in answer.reasons:
        print(f"  {reason}")


if __name__ == "__main__":
    main()
