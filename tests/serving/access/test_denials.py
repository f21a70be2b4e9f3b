"""Who was refused what stands in the audit log, once a minute, however many calls there were."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from serving.access.denials import UNPROVEN, Denial, Denials
from serving.access.errors import TokenRefused, Unauthenticated
from serving.access.store import Store
from serving.access.tokens import claimed
from serving.app import create_app
from serving.audit.log import AUDIT
from serving.audit.verification import verify
from serving.errors import LedgerFailure
from serving.ledger import Ledger
from tests.serving.access.conftest import Office, opened, settings_of, staffed
from tests.serving.conftest import NOW, STRONG, WEAK, World, served

SECRETS = ("not-the-secret", "eyJ", "Bearer", "nobody's word")


def denied(store: Store) -> list[dict[str, Any]]:
    query = sa.select(AUDIT).where(AUDIT.c.action == "denied").order_by(AUDIT.c.number)
    with store.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return [{**row, **orjson.loads(row["detail"])} for row in rows]


@pytest.fixture
def told(world: World, tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    """What stands in the audit log after a service was asked what it refused, and had ended."""
    store = opened(tmp_path)
    settings = settings_of(world, tmp_path, tokens_a_minute=1_000)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        office = staffed(client, store)
        asked(office)
        assert denied(store) == [], "counted first"
    yield denied(store)
    store.close()


def asked(office: Office) -> None:
    bank = office.bearer("bank-a")
    for _ in range(50):
        office.client.get("/v1/consents")
    token = office.token("bank-b")
    head, body, _ = token.split(".")
    forged = {"Authorization": f"Bearer {head}.{body}.{'A' * 86}"}
    for _ in range(3):
        assert office.client.get("/v1/consents", headers=forged).status_code == 401
    for _ in range(2):
        assert office.client.get("/metrics", headers=bank).status_code == 403
    form = {"grant_type": "client_credentials"}
    for auth in (("bank-a", "not-the-secret"), ("nobody's word", "x")):
        assert office.client.post("/oauth/token", data=form, auth=auth).status_code == 401
    assert office.ask("bank-a", scope="metrics:read").status_code == 400
    assert office.client.post("/oauth/token", data={"grant_type": "x"}).status_code == 400
    rows = [{"enterprise_id": who} for who in (STRONG, WEAK, STRONG)]
    office.client.post("/v1/scores:batch", json={"requests": rows}, headers=bank)
    office.client.post("/v1/scores", json={"enterprise_id": WEAK}, headers=bank)


def test_each_kind_of_denial_is_one_row_with_how_often(told: list[dict[str, Any]]) -> None:
    found = {
        (row["client_id"], row.get("claimed"), row["subject"], row["reason"]): row["times"]
        for row in told
    }
    assert found == {
        ("-", None, "GET /v1/consents", "unauthenticated: none"): 50,
        ("-", "bank-b", "GET /v1/consents",
         "unauthenticated: one that does not hold (bad_signature)"): 3,
        ("bank-a", None, "GET /metrics", "insufficient-scope: one without it"): 2,
        ("-", "bank-a", "POST /oauth/token", "invalid_client"): 1,
        ("-", None, "POST /oauth/token", "invalid_client"): 1,
        ("bank-a", None, "POST /oauth/token", "invalid_scope"): 1,
        ("bank-a", None, "POST /v1/scores:batch", "no-consent"): 2,
        ("bank-a", None, "POST /v1/scores", "no-consent"): 1,
    }  # fmt: skip
    assert {row["tenant"] for row in told} == {"-", "bank-a"}
    assert {row["since"] for row in told} == {NOW}


def test_no_secret_no_token_and_no_enterprise_stands_there(told: list[dict[str, Any]]) -> None:
    text = repr(told)
    for secret in (*SECRETS, STRONG, WEAK):
        assert secret not in text


@pytest.fixture
def denials(store: Store) -> Denials:
    Ledger.open(str(store._engine.url)).close()  # makes the seals' table
    return Denials(lambda: store, lambda: NOW)


def test_a_flood_is_a_few_rows(denials: Denials, store: Store) -> None:
    for number in range(10_000):
        denials.note(Denial("unauthenticated", "GET /v1/consents", claimed=f"name-{number}"))
    for number in range(10_000):
        denials.note(Denial("no-consent", "POST /v1/scores", f"bank-{number % 100}"), 2)
    denials.write()
    rows = denied(store)
    assert len(rows) == 16 + 1 + 64 + 1
    assert sum(row["times"] for row in rows if row["client_id"] == UNPROVEN) == 10_000
    assert sum(row["times"] for row in rows if row["client_id"] != UNPROVEN) == 20_000
    others = [row for row in rows if row["reason"] == "others"]
    assert {row["client_id"] for row in others} == {UNPROVEN, ""}
    denials.write()
    assert len(denied(store)) == len(rows), "what was written is not counted again"
    assert verify(store._engine, None).faults == ()


def test_what_cannot_be_written_is_counted_on(store: Store) -> None:
    away = [True]

    def now_and_then() -> Store:
        if away[0]:
            raise LedgerFailure("the ledger is away")
        return store

    denials = Denials(now_and_then, lambda: NOW)
    denials.note(Denial("unauthenticated", "GET /metrics"))
    denials.write()
    denials.note(Denial("unauthenticated", "GET /metrics"))
    away[0] = False
    denials.stop()
    (row,) = denied(store)
    assert row["times"] == 2


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.W10.c", "a.eyJzdWIiOiAiYSBiIn0.c"])
def test_a_token_that_names_nobody_claims_nothing(token: str) -> None:
    assert claimed(token) == ""


def test_what_is_refused_says_whether_it_is_noted() -> None:
    assert Unauthenticated("a", "b", "c").noted
    assert TokenRefused("invalid_client", "a", "b", "c", 401).noted
    assert not TokenRefused("invalid_request", "a", "b", "c").noted
