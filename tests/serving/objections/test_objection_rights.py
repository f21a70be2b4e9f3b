"""Who sees what of an objection, and who may settle it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.access.roles import Role
from serving.app import create_app
from tests.serving.access.conftest import Office, consent, opened, settings_of, staffed
from tests.serving.answers import ok
from tests.serving.conftest import NOW, STRONG, WEAK, World, served
from tests.serving.objections.conftest import objecting, said
from tests.serving.test_problems import problem

TEXT, ANSWER = "Eight pallets were left out.", "Counted again."


@pytest.fixture(scope="module")
def office(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("objections")
    app = create_app(settings_of(world, folder, tokens_a_minute=1_000), clock=lambda: NOW)
    with served(app) as client:
        store = opened(folder)
        found = staffed(client, store)
        found.register("warehouse", Role.PROVIDER, "CUSTODY")
        found.register("lender", Role.BANK, "BANK-7")
        found.register("lender-officer", Role.OFFICER, "BANK-7")
        found.consents(consent(STRONG, "bank-a"))
        yield found
        store.close()


def call(office: Office, who: str, method: str, path: str, body: object = None) -> httpx.Response:
    return office.client.request(
        method, f"/v1/objections{path}", json=body, headers=office.bearer(who)
    )


def lodged(office: Office, world: World, stream: str, place: int) -> dict[str, Any]:
    message = said(world, stream, STRONG)[place]
    return ok(call(office, "strong", "POST", "", objecting(STRONG, message["message_id"])))


def seen(office: Office, who: str, objection: dict[str, Any]) -> dict[str, Any] | None:
    answer = call(office, who, "GET", f"/{objection['objection_id']}")
    listed = call(office, who, "GET", "").json()["objections"]
    same = [one for one in listed if one["objection_id"] == objection["objection_id"]]
    if answer.status_code == 404:
        assert same == []
        return None
    found: dict[str, Any] = answer.json()
    assert same == [found]
    return found


def settle(office: Office, who: str, objection: dict[str, Any]) -> httpx.Response:
    body = {"outcome": "rejected", "text": ANSWER}
    return call(office, who, "POST", f"/{objection['objection_id']}/resolve", body)


def test_a_bank_with_consent_sees_that_a_fact_is_disputed_and_no_more(
    office: Office, world: World
) -> None:
    objection = lodged(office, world, "custody", 0)
    for who in ("bank-a", "officer-a"):
        found = seen(office, who, objection)
        assert found is not None
        assert (found["state"], found["message_id"]) == ("open", objection["message_id"])
        assert (found["ground"], found["text"], found["effect"]) == (None, None, None)
    assert settle(office, "bank-a", objection).status_code == 403
    problem(settle(office, "officer-a", objection), 404, "no-such-objection")
    assert settle(office, "warehouse", objection).status_code == 200
    answer = call(office, "bank-a", "GET", f"/{objection['objection_id']}")
    assert answer.json()["settlement"] == {
        "outcome": "rejected", "text": None, "at": "2023-01-01T16:00:00Z",
    }  # fmt: skip
    assert TEXT not in answer.text
    assert ANSWER not in answer.text


def test_an_answer_to_a_bank_says_only_that_a_fact_is_disputed(
    office: Office, world: World
) -> None:
    objection = lodged(office, world, "custody", 1)
    body = {"enterprise_id": STRONG}
    answer = office.client.post("/v1/scores", json=body, headers=office.bearer("bank-a"))
    facts = answer.json()["disputed_facts"]
    assert objection["message_id"] in {fact["message_id"] for fact in facts}
    assert TEXT not in answer.text
    assert objection["objection_id"] not in answer.text


def test_without_consent_there_is_no_objection(office: Office, world: World) -> None:
    objection = lodged(office, world, "custody", 2)
    for who in ("bank-b", "lender", "lender-officer", "weak", "customs"):
        assert seen(office, who, objection) is None
    answer = call(office, "weak", "GET", f"?enterprise_id={STRONG}")
    problem(answer, 404, "no-such-enterprise")


def test_who_reported_a_fact_sees_all_but_the_score_and_settles(
    office: Office, world: World
) -> None:
    objection = lodged(office, world, "custody", 3)
    found = seen(office, "warehouse", objection)
    assert found is not None
    assert (found["text"], found["ground"], found["effect"]) == (TEXT, "wrong_quantity", None)
    assert settle(office, "warehouse", objection).json()["settlement"]["text"] == ANSWER
    own = seen(office, "strong", objection)
    assert own is not None
    assert own["settlement"]["text"] == ANSWER
    assert own["effect"] == objection["effect"]


def test_a_lenders_officer_settles_what_the_lender_reported(office: Office, world: World) -> None:
    objection = lodged(office, world, "financing", 5)
    problem(settle(office, "officer-a", objection), 404, "no-such-objection")
    assert seen(office, "lender", objection) is not None
    assert settle(office, "lender", objection).status_code == 403  # a bank's officers do
    assert settle(office, "lender-officer", objection).status_code == 200


def test_no_lender_is_named(office: Office, world: World) -> None:
    objection = lodged(office, world, "financing", 7)
    assert "BANK-7" not in call(office, "strong", "GET", f"/{objection['objection_id']}").text


def test_the_administrator_settles_what_nobody_did(office: Office, world: World) -> None:
    objection = lodged(office, world, "title", 0)
    found = seen(office, "root", objection)
    assert found is not None
    assert (found["text"], found["effect"]) == (TEXT, None)
    assert settle(office, "root", objection).status_code == 200


def test_the_enterprise_settles_nothing_and_objects_for_itself_alone(
    office: Office, world: World
) -> None:
    objection = lodged(office, world, "title", 1)
    assert settle(office, "strong", objection).status_code == 403
    weak = said(world, "custody", WEAK)[0]["message_id"]
    answer = call(office, "strong", "POST", "", objecting(WEAK, weak))
    problem(answer, 404, "no-such-enterprise")
    assert call(office, "bank-a", "POST", "", objecting(STRONG, weak)).status_code == 403


def test_it_is_the_same_behind_postgresqls_wall(
    postgresql: str, world: World, tmp_path: Path
) -> None:
    settings = settings_of(world, tmp_path, tokens_a_minute=1_000)
    settings = settings.model_copy(update={"ledger": postgresql})
    with served(create_app(settings, clock=lambda: NOW)) as client:
        from serving.access import consents as log
        from serving.access.store import Store

        store = Store(postgresql, (log.prepare,))
        office = Office(client, store)
        office.register("pg-weak", Role.ENTERPRISE, WEAK)
        office.register("pg-strong", Role.ENTERPRISE, STRONG)
        office.register("pg-warehouse", Role.PROVIDER, "CUSTODY")
        office.register("pg-root", Role.ADMINISTRATOR)
        office.register("pg-bank", Role.BANK)
        office.consents(consent(WEAK, "pg-bank"))
        message_id = said(world, "custody", WEAK)[0]["message_id"]
        answer = call(office, "pg-weak", "POST", "", objecting(WEAK, message_id))
        assert answer.status_code == 200, answer.text
        objection = answer.json()
        for who, whole in (("pg-weak", True), ("pg-warehouse", True), ("pg-root", True),
                           ("pg-bank", False)):  # fmt: skip
            found = seen(office, who, objection)
            assert found is not None
            assert (found["text"] is not None) is whole
        assert seen(office, "pg-strong", objection) is None
        again = call(office, "pg-weak", "POST", "", objecting(WEAK, message_id))
        problem(again, 409, "already-disputed")
        body = {"enterprise_id": WEAK}
        told = client.post("/v1/scores", json=body, headers=office.bearer("pg-bank")).json()
        assert [fact["message_id"] for fact in told["disputed_facts"]] == [message_id]
        assert settle(office, "pg-warehouse", objection).status_code == 200
        told = client.post("/v1/scores", json=body, headers=office.bearer("pg-bank")).json()
        assert told["disputed_facts"] == []
        store.close()
