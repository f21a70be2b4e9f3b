"""Who may do what to whose data: every operation of the interface, every tenant, every object.

The operations are read from the OpenAPI document, so that a route which stands in no row here
fails a test; what is expected is written down here, not read from the code.
"""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.access.consents import Consents, Matter, Purpose
from serving.access.door import Door
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.app import create_app
from serving.jobs.worker import Worker
from serving.ledger import Ledger
from serving.objections.examples import LODGED
from serving.objections.log import Objections
from serving.objections.objection import Fact, Ground, Objection
from serving.rooms import Rooms
from serving.settings import Settings
from tests.serving.access.conftest import Office, consent, opened, settings_of, staffed
from tests.serving.conftest import (
    DEFAULTED,
    DORMANT,
    NEWCOMER,
    NOW,
    STRONG,
    UNKNOWN,
    WEAK,
    World,
    code,
    served,
)
from tests.serving.objections.conftest import said

MONITORED, FOREIGN = code(0), code(1)
TENANTS = (
    "nobody", "bank-a", "bank-b", "officer-a", "strong", "weak", "customs", "root",
)  # fmt: skip
OBJECTS = {
    STRONG: "consented to bank-a, everything",
    WEAK: "consented to nobody",
    DEFAULTED: "consent expired",
    NEWCOMER: "consent revoked",
    DORMANT: "consented to its profile alone",
    MONITORED: "consented for another purpose",
    FOREIGN: "consented to bank-b",
    UNKNOWN: "never heard of",
}
SCORED = {"bank-a": {STRONG}, "bank-b": {FOREIGN}, "strong": {STRONG}, "weak": {WEAK}}
PROFILED = {
    "bank-a": {STRONG, DORMANT}, "bank-b": {FOREIGN}, "officer-a": {STRONG, DORMANT},
    "strong": {STRONG}, "weak": {WEAK},
}  # fmt: skip
KEPT = {
    "bank-a": {STRONG, MONITORED}, "officer-a": {STRONG, MONITORED}, "bank-b": {FOREIGN},
    "weak": {WEAK},
}  # fmt: skip
"""Whose earlier score each may see: only the tenant's own, and its officers'."""
HANDED_IN = {
    "bank-a": {STRONG, WEAK}, "officer-a": {STRONG, WEAK}, "bank-b": {FOREIGN},
    "weak": {MONITORED},
}  # fmt: skip
"""Whose job over each may be seen by whom: only by the tenant that handed it in."""
HOOKED = {"bank-a": {STRONG}, "bank-b": {FOREIGN}}
"""Whose endpoint stands for which: banks' alone."""
OPPOSED = {
    "bank-a": {STRONG}, "officer-a": {STRONG}, "bank-b": {FOREIGN}, "strong": {STRONG},
    "weak": {WEAK}, "root": {STRONG, WEAK, FOREIGN},
}  # fmt: skip
"""Objections were lodged by these three; what they object to, the warehouse reported."""
OWN_MESSAGE: dict[str, str] = {}
"""A message about each who objects, filled in when the record is there."""
SECOND = 1_000_000
NAMED = "00000000-0000-4000-8000-000000000001"

Ask = Callable[[httpx.Client, dict[str, str], str, "Kept"], httpx.Response]


@dataclass
class Kept:
    """What there was before the questions: a score and a spare consent of each object."""

    scores: dict[str, str]
    consents: dict[str, str]
    jobs: dict[str, str] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    spare_hooks: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    objections: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What is expected of one operation.

    Attributes
    ----------
    ask : callable
    roles : set of str
        Tenants whose role may call it at all; others get 403.
    sees : dict
        Objects for which each tenant gets 200; for others 404. None: bound to no enterprise.
    """

    ask: Ask
    roles: frozenset[str] | None
    sees: dict[str, set[str]] | None = None


def _by(*tenants: str) -> frozenset[str]:
    return frozenset(tenants)


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


def earlier(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.get(f"/v1/scores/{kept.scores[who]}", headers=headers)


def improve(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.get(f"/v1/scores/{kept.scores[who]}/improvements", headers=headers)


def replay(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.post(f"/v1/replays/{kept.scores[who]}", headers=headers)


def profile(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    return client.get(f"/v1/enterprises/{who}/profile", headers=headers)


def give(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    body = {"enterprise_id": who, "bank": "bank-b", "scope": ["profiles"], "purpose": "monitoring"}
    body |= {"expires_at": "2023-06-30T00:00:00+08:00"}
    return client.post("/v1/consents", json=body, headers=headers)


def listed(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    return client.get("/v1/consents", headers=headers)


def revoke(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.post(f"/v1/consents/{kept.consents[who]}/revoke", headers=headers)


def hand_in(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    headers = {**headers, "Content-Type": "text/csv"}
    answer = client.post("/v1/jobs", content=f"enterprise_id\n{who}\n", headers=headers)
    if answer.status_code != 202:
        return answer
    return httpx.Response(200, json=answer.json(), request=answer.request)


def job(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.get(f"/v1/jobs/{kept.jobs[who]}", headers=headers)


def result(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.get(f"/v1/jobs/{kept.jobs[who]}/result", headers=headers)


def cancel(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.delete(f"/v1/jobs/{kept.jobs[who]}", headers=headers)


def hook(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    body = {"url": "https://93.184.216.34/events"}  # nothing is delivered in this test
    return client.post("/v1/webhooks", json=body, headers=headers)


def hooks(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    return client.get("/v1/webhooks", headers=headers)


def unhook(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.delete(f"/v1/webhooks/{kept.spare_hooks[who]}", headers=headers)


def trial(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    answer = client.post(f"/v1/webhooks/{kept.hooks[who]}/test", headers=headers)
    if answer.status_code != 202:
        return answer
    return httpx.Response(200, json=answer.json(), request=answer.request)


def told(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    return client.get(f"/v1/webhooks/{kept.hooks[who]}/deliveries", headers=headers)


def tell(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    answer = client.post(f"/v1/deliveries/{kept.deliveries[who]}:replay", headers=headers)
    if answer.status_code != 202:
        return answer
    return httpx.Response(200, json=answer.json(), request=answer.request)


def oppose(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    body = {"enterprise_id": who, "ground": "other", "text": "That was not us."}
    body |= {"message_id": OWN_MESSAGE.get(who, "M000000"), "stream": "enterprise"}
    return client.post("/v1/objections", json=body, headers=headers)


def opposed(client: httpx.Client, headers: dict[str, str], who: str, _: Kept) -> httpx.Response:
    return client.get("/v1/objections", headers=headers)


def objection(
    client: httpx.Client, headers: dict[str, str], who: str, kept: Kept
) -> httpx.Response:
    return client.get(f"/v1/objections/{kept.objections[who]}", headers=headers)


def resolve(client: httpx.Client, headers: dict[str, str], who: str, kept: Kept) -> httpx.Response:
    path = f"/v1/objections/{kept.objections[who]}/resolve"
    body = {"outcome": "rejected", "text": "It was."}
    return client.post(path, json=body, headers=headers)


def plain(path: str) -> Ask:
    return lambda client, headers, _, __: client.get(path, headers=headers)


def token(client: httpx.Client, headers: dict[str, str], _: str, __: Kept) -> httpx.Response:
    answer = client.post("/oauth/token", data={"grant_type": "client_credentials"})
    assert answer.json()["error"] == "invalid_client"
    return httpx.Response(200, request=answer.request)


ASKS = _by("bank-a", "bank-b", "strong", "weak")
READS = ASKS | {"officer-a"}
BANKS = _by("bank-a", "bank-b")
GIVES = _by("strong", "weak")
OWN = {"strong": {STRONG}, "weak": {WEAK}}
SETTLES = _by("customs", "root")
EXPECTED: dict[tuple[str, str], Row] = {
    ("post", "/v1/scores"): Row(score, ASKS, SCORED),
    ("post", "/v1/scores:batch"): Row(batch, ASKS, SCORED),
    ("get", "/v1/scores/{score_id}"): Row(earlier, READS, KEPT),
    ("get", "/v1/scores/{score_id}/improvements"): Row(improve, READS, KEPT),
    ("post", "/v1/jobs"): Row(hand_in, ASKS),
    ("get", "/v1/jobs/{job_id}"): Row(job, READS, HANDED_IN),
    ("get", "/v1/jobs/{job_id}/result"): Row(result, READS, HANDED_IN),
    ("delete", "/v1/jobs/{job_id}"): Row(cancel, ASKS, HANDED_IN),
    ("post", "/v1/webhooks"): Row(hook, BANKS),
    ("get", "/v1/webhooks"): Row(hooks, BANKS),
    ("delete", "/v1/webhooks/{webhook_id}"): Row(unhook, BANKS, HOOKED),
    ("post", "/v1/webhooks/{webhook_id}/test"): Row(trial, BANKS, HOOKED),
    ("get", "/v1/webhooks/{webhook_id}/deliveries"): Row(told, BANKS, HOOKED),
    ("post", "/v1/deliveries/{delivery_id}:replay"): Row(tell, BANKS, HOOKED),
    ("post", "/v1/replays/{score_id}"): Row(replay, READS, KEPT),
    ("get", "/v1/enterprises/{enterprise_id}/profile"): Row(profile, READS, PROFILED),
    ("post", "/v1/consents"): Row(give, GIVES, OWN),
    ("get", "/v1/consents"): Row(listed, READS),
    ("post", "/v1/consents/{consent_id}/revoke"): Row(revoke, GIVES, OWN),
    ("post", "/v1/objections"): Row(oppose, GIVES, OWN),
    ("get", "/v1/objections"): Row(opposed, READS | SETTLES),
    ("get", "/v1/objections/{objection_id}"): Row(objection, READS | SETTLES, OPPOSED),
    ("post", "/v1/objections/{objection_id}/resolve"): Row(
        resolve, SETTLES | {"officer-a"}, {"root": {STRONG, WEAK, FOREIGN}}
    ),
    ("get", "/v1/models/champion"): Row(
        plain("/v1/models/champion"), _by("bank-a", "bank-b", "officer-a", "root")
    ),
    ("get", "/metrics"): Row(plain("/metrics"), _by("root")),
    ("get", "/healthz"): Row(plain("/healthz"), None),
    ("get", "/readyz"): Row(plain("/readyz"), None),
    ("post", "/oauth/token"): Row(token, None),
    ("get", "/.well-known/jwks.json"): Row(plain("/.well-known/jwks.json"), None),
    ("get", "/.well-known/oauth-authorization-server"): Row(
        plain("/.well-known/oauth-authorization-server"), None
    ),
}


@pytest.fixture(scope="module")
def asked(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, Kept, dict[str, Any]]]:
    folder, now = tmp_path_factory.mktemp("matrix"), [NOW]
    settings = settings_of(world, folder, tokens_a_minute=1_000)
    app = create_app(settings, clock=lambda: now[0])
    with served(app) as client:
        store = opened(folder)
        office = staffed(client, store)
        kept = _prepared(office)
        kept.objections = _opposed(world, folder)
        kept.jobs.update(_handed_in(office, kept))
        _hooked(office, kept)
        _work(settings)
        now[0] += 2 * SECOND
        yield office, kept, app.openapi()
        store.close()


def _prepared(office: Office) -> Kept:
    revoked = consent(NEWCOMER, "bank-a")
    office.consents(
        consent(STRONG, "bank-a", consent_id=NAMED),
        consent(DEFAULTED, "bank-a", expires_at=NOW + SECOND),
        revoked,
        consent(DORMANT, "bank-a", matters=(Matter.PROFILES,)),
        consent(MONITORED, "bank-a", purpose=Purpose.MONITORING),
        consent(FOREIGN, "bank-b"),
    )
    spare = {who: consent(who, "bank-c") for who in OBJECTS}
    office.consents(*spare.values())
    scores = {who: str(uuid.uuid4()) for who in OBJECTS}  # of some there never was a score
    monitoring = {"Cargoworthy-Purpose": "monitoring"}
    for who, asker, headers in (
        (STRONG, "bank-a", {}), (DEFAULTED, "bank-a", {}), (NEWCOMER, "bank-a", {}),
        (MONITORED, "bank-a", monitoring), (FOREIGN, "bank-b", {}), (WEAK, "weak", {}),
    ):  # fmt: skip
        answer = score(office.client, {**office.bearer(asker), **headers}, who, Kept({}, {}))
        assert answer.status_code == 200, answer.text
        scores[who] = answer.json()["score_id"]
    Consents(office.store).revoke(revoked, NOW, "test")
    return Kept(scores, {who: each.consent_id for who, each in spare.items()})


def _handed_in(office: Office, kept: Kept) -> dict[str, str]:
    jobs = {who: str(uuid.uuid4()) for who in OBJECTS}  # of some there never was a job
    for tenant in ("bank-a", "bank-b", "weak"):
        for who in HANDED_IN[tenant]:
            answer = hand_in(office.client, office.bearer(tenant), who, kept)
            assert answer.status_code == 200, answer.text
            jobs[who] = answer.json()["job_id"]
    return jobs


def _opposed(world: World, folder: Path) -> dict[str, str]:
    objections = {who: str(uuid.uuid4()) for who in OBJECTS}  # most never objected
    with Ledger.open(f"sqlite:///{folder}/ledger.db") as ledger:
        for place, who in enumerate((STRONG, WEAK, FOREIGN)):
            fact = Fact(who, f"X{place}", "custody", "CUSTODY", place)
            by = Principal(who, Role.ENTERPRISE, who, frozenset())
            effect = json.dumps(LODGED["effect"])
            said_so = Objection(objections[who], fact, Ground.OTHER, "No.", NOW, NOW, effect)
            Objections(ledger.engine).lodge(said_so, by)
            OWN_MESSAGE[who] = said(world, "enterprise", who)[0]["message_id"]
    return objections


def _hooked(office: Office, kept: Kept) -> None:
    for found in (kept.hooks, kept.spare_hooks, kept.deliveries):
        found.update({who: str(uuid.uuid4()) for who in OBJECTS})
    for tenant, (who,) in HOOKED.items():
        headers = office.bearer(tenant)
        for found in (kept.hooks, kept.spare_hooks):
            found[who] = hook(office.client, headers, who, kept).json()["webhook_id"]
        kept.deliveries[who] = trial(office.client, headers, who, kept).json()["delivery_id"]


def _work(settings: Settings) -> None:
    """Do the jobs that were handed in."""
    rooms = Rooms(settings)
    door = Door(settings.access, settings.tokens, settings.ledger, lambda: NOW)
    worker = Worker(rooms, door, lambda: NOW)
    while worker.step():
        pass
    door.close()
    rooms.close()


def test_every_operation_stands_in_the_matrix(asked: tuple[Office, Kept, dict[str, Any]]) -> None:
    _, _, description = asked
    found = {(method, path) for path, methods in description["paths"].items() for method in methods}
    assert found == set(EXPECTED)


@pytest.mark.parametrize("operation", EXPECTED, ids=" ".join)
def test_who_may_do_what_to_whom(
    asked: tuple[Office, Kept, dict[str, Any]], operation: tuple[str, str]
) -> None:
    office, kept, description = asked
    row, wrong = EXPECTED[operation], []
    secured = "security" in description["paths"][operation[1]][operation[0]]
    assert secured is (row.roles is not None)
    for tenant, who in itertools.product(TENANTS, OBJECTS if row.sees else [STRONG]):
        headers = office.bearer(None if tenant == "nobody" else tenant)
        found = row.ask(office.client, headers, who, kept).status_code
        if found != _expected(row, tenant, who):
            wrong.append((tenant, OBJECTS[who], found, _expected(row, tenant, who)))
    assert not wrong


def _expected(row: Row, tenant: str, who: str) -> int:
    if row.roles is None:
        return 200
    if tenant == "nobody":
        return 401
    if tenant not in row.roles:
        return 403
    return 200 if row.sees is None or who in row.sees.get(tenant, ()) else 404


def test_who_did_not_consent_is_as_one_never_heard_of(
    asked: tuple[Office, Kept, dict[str, Any]],
) -> None:
    office, kept, _ = asked
    for ask in (score, batch, profile):
        bodies = {
            ask(office.client, office.bearer("bank-a"), who, kept).text.replace(who, "CODE")
            for who in (WEAK, DEFAULTED, NEWCOMER, FOREIGN, UNKNOWN)
        }
        assert len(bodies) == 1
    for ask in (earlier, improve, replay):
        bodies = {
            ask(office.client, office.bearer("bank-a"), who, kept).text.replace(
                kept.scores[who], "ID"
            )
            for who in (WEAK, DEFAULTED, NEWCOMER, FOREIGN, UNKNOWN)
        }
        assert len(bodies) == 1


def test_the_consent_stands_in_the_score(asked: tuple[Office, Kept, dict[str, Any]]) -> None:
    office, kept, _ = asked
    bank = score(office.client, office.bearer("bank-a"), STRONG, kept).json()
    assert bank["consent_id"] == NAMED
    own = score(office.client, office.bearer("strong"), STRONG, kept).json()
    assert own["consent_id"] is None


def test_a_purpose_opens_what_was_consented_for_it(
    asked: tuple[Office, Kept, dict[str, Any]],
) -> None:
    office, kept, _ = asked
    headers = {**office.bearer("bank-a"), "Cargoworthy-Purpose": "monitoring"}
    assert score(office.client, headers, MONITORED, kept).status_code == 200
    assert score(office.client, headers, STRONG, kept).status_code == 404
    wrong = {**office.bearer("bank-a"), "Cargoworthy-Purpose": "curiosity"}
    assert score(office.client, wrong, STRONG, kept).status_code == 422


def test_everyone_lists_the_consents_that_are_his(
    asked: tuple[Office, Kept, dict[str, Any]],
) -> None:
    office, _, _ = asked

    def pairs(tenant: str, query: str = "") -> set[tuple[str, str]]:
        answer = office.client.get(f"/v1/consents{query}", headers=office.bearer(tenant))
        return {(each["enterprise_id"], each["bank"]) for each in answer.json()["consents"]}

    assert {bank for _, bank in pairs("bank-a")} == {"bank-a"}
    assert pairs("officer-a") == pairs("bank-a")
    assert {who for who, _ in pairs("strong")} == {STRONG}
    assert pairs("bank-a", f"?enterprise_id={FOREIGN}") == set()
    assert listed_of(office, "strong", WEAK) == 404


def listed_of(office: Office, tenant: str, who: str) -> int:
    headers = office.bearer(tenant)
    return office.client.get(f"/v1/consents?enterprise_id={who}", headers=headers).status_code


def test_a_route_that_stands_nowhere_is_closed_to_all(world: World, tmp_path: Path) -> None:
    app = create_app(settings_of(world, tmp_path), clock=lambda: NOW)

    @app.get("/v1/new")
    def new() -> str:
        return "secret"

    with served(app) as client:
        store = opened(tmp_path)
        office = staffed(client, store)
        for tenant in TENANTS[1:]:
            answer = client.get("/v1/new", headers=office.bearer(tenant))
            assert answer.status_code == 403
            assert "secret" not in answer.text
        assert client.get("/v1/new").status_code == 401
        store.close()
