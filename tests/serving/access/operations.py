"""How each operation of the interface is asked about an enterprise."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass
class Kept:
    """What there was before the questions, by the enterprise: of each kind one, and a spare one."""

    scores: dict[str, str]
    consents: dict[str, str]
    jobs: dict[str, str] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    spare_hooks: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    objections: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)


Ask = Callable[[httpx.Client, dict[str, str], str, Kept], httpx.Response]


def plain(path: str) -> Ask:
    """Get what is nobody's in particular."""
    return lambda client, headers, _, __: client.get(path, headers=headers)


def kept(method: str, path: str, of: Callable[[Kept], dict[str, str]], body: Any = None) -> Ask:
    """Ask about what was kept of an enterprise; its identity takes the place of ``{}``."""
    return lambda client, headers, who, there: client.request(
        method, path.format(of(there)[who]), json=body, headers=headers
    )


def accepted(ask: Ask) -> Ask:
    """Count as 200 where a call is taken, to be done later."""

    def asked(
        client: httpx.Client, headers: dict[str, str], who: str, there: Kept
    ) -> httpx.Response:
        answer = ask(client, headers, who, there)
        if answer.status_code != 202:
            return answer
        return httpx.Response(200, json=answer.json(), request=answer.request)

    return asked


def score(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    return client.post("/v1/scores", json={"enterprise_id": who}, headers=headers)


def batch(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    body = {"requests": [{"enterprise_id": who}]}
    answer = client.post("/v1/scores:batch", json=body, headers=headers)
    if answer.status_code != 200:
        return answer
    (outcome,) = answer.json()["outcomes"]
    inner = outcome.get("problem") or {"status": 200}
    return httpx.Response(inner["status"], json=inner, request=answer.request)


def profile(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    return client.get(f"/v1/enterprises/{who}/profile", headers=headers)


def give(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    body = {"enterprise_id": who, "bank": "bank-b", "scope": ["profiles"], "purpose": "monitoring"}
    body |= {"expires_at": "2023-06-30T00:00:00+08:00"}
    return client.post("/v1/consents", json=body, headers=headers)


@accepted
def hand_in(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    headers = {**headers, "Content-Type": "text/csv"}
    return client.post("/v1/jobs", content=f"enterprise_id\n{who}\n", headers=headers)


def say(client: httpx.Client, headers: dict[str, str], _: str, __: Kept) -> httpx.Response:
    """Report nothing, so that the record stays as it is: who may gets as far as being told so."""
    headers = {**headers, "Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/messages?stream=custody", content=b"", headers=headers)
    if answer.status_code != 422:
        return answer
    assert answer.json()["type"] == "urn:cargoworthy:problem:malformed-messages"
    return httpx.Response(200, request=answer.request)


def hook(client: httpx.Client, headers: dict[str, str], _: str, __: Kept) -> httpx.Response:
    body = {"url": "https://93.184.216.34/events"}  # nothing is delivered in this test
    return client.post("/v1/webhooks", json=body, headers=headers)


def oppose(client: httpx.Client, headers: dict[str, str], who: str, there: Kept) -> httpx.Response:
    body = {"enterprise_id": who, "ground": "other", "text": "That was not us."}
    body |= {"message_id": there.messages.get(who, "M000000"), "stream": "enterprise"}
    return client.post("/v1/objections", json=body, headers=headers)


def token(client: httpx.Client, _: dict[str, str], __: str, ___: Kept) -> httpx.Response:
    answer = client.post("/oauth/token", data={"grant_type": "client_credentials"})
    assert answer.json()["error"] == "invalid_client"
    return httpx.Response(200, request=answer.request)


earlier = kept("GET", "/v1/scores/{}", lambda there: there.scores)
improve = kept("GET", "/v1/scores/{}/improvements", lambda there: there.scores)
replay = kept("POST", "/v1/replays/{}", lambda there: there.scores)
revoke = kept("POST", "/v1/consents/{}/revoke", lambda there: there.consents)
job = kept("GET", "/v1/jobs/{}", lambda there: there.jobs)
result = kept("GET", "/v1/jobs/{}/result", lambda there: there.jobs)
cancel = kept("DELETE", "/v1/jobs/{}", lambda there: there.jobs)
unhook = kept("DELETE", "/v1/webhooks/{}", lambda there: there.spare_hooks)
trial = accepted(kept("POST", "/v1/webhooks/{}/test", lambda there: there.hooks))
told = kept("GET", "/v1/webhooks/{}/deliveries", lambda there: there.hooks)
tell = accepted(kept("POST", "/v1/deliveries/{}:replay", lambda there: there.deliveries))
objection = kept("GET", "/v1/objections/{}", lambda there: there.objections)
resolve = kept(
    "POST",
    "/v1/objections/{}/resolve",
    lambda there: there.objections,
    {"outcome": "rejected", "text": "It was."},
)
