"""Who may do what to whose data: every operation of the interface, every tenant, every object.

The operations are read from the OpenAPI document, so that a route which stands in no row of the
matrix fails a test.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serving.app import create_app
from tests.serving.access.conftest import Office, opened, settings_of, staffed
from tests.serving.access.matrix import EXPECTED, FOREIGN, MONITORED, OBJECTS, TENANTS, Row
from tests.serving.access.operations import Kept, batch, earlier, improve, profile, replay, score
from tests.serving.access.preparation import NAMED, SECOND, prepared
from tests.serving.conftest import DEFAULTED, NEWCOMER, NOW, STRONG, UNKNOWN, WEAK, World, served


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
        kept = prepared(world, folder, settings, office)
        now[0] += 2 * SECOND
        yield office, kept, app.openapi()
        store.close()


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
