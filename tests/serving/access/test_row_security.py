"""The second wall, on a real PostgreSQL: what a tenant sees whatever the query forgets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from serving.access import consents as log
from serving.access.consents import Consents, Matter, Purpose
from serving.access.keys import create
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.access.row_security import as_service, as_tenant
from serving.access.settings import AccessSettings
from serving.access.store import Store
from serving.app import create_app
from serving.ledger import SCORE
from tests.serving.access.conftest import consent, staffed
from tests.serving.conftest import NOW, STRONG, WEAK, World, served


@pytest.fixture
def store(postgresql: str) -> Iterator[Store]:
    found = Store(postgresql, (log.prepare,))
    yield found
    found.close()


def banks(store: Store, tenant: str | None) -> set[tuple[str, str]]:
    """What a query without any condition shows."""
    with store.reading() as connection:
        as_tenant(connection, tenant)
        rows = connection.execute(sa.select(log.EVENT)).mappings()
        return {(row["enterprise_id"], row["bank"]) for row in rows}


def test_a_tenant_sees_its_own_rows_whatever_is_asked(store: Store) -> None:
    consents = Consents(store)
    consents.grant(consent(STRONG, "wall-a"), "strong")
    consents.grant(consent(WEAK, "wall-b"), "weak")
    assert {(STRONG, "wall-a"), (WEAK, "wall-b")} <= banks(store, None)
    assert banks(store, "wall-a") == {(STRONG, "wall-a")}
    assert {who for who, _ in banks(store, STRONG)} == {STRONG}
    assert banks(store, "") == set()
    assert banks(store, "' OR true --") == set()
    assert {(STRONG, "wall-a"), (WEAK, "wall-b")} <= banks(store, None), "a connection forgets"


def behind(store: Store, statement: sa.Executable) -> None:
    with store.writing() as connection:
        as_tenant(connection, "wall-b")
        connection.execute(statement)


def test_nobody_writes_a_consent_of_another(store: Store) -> None:
    row = {
        "event": "forged/granted", "consent_id": "forged", "kind": "granted",
        "enterprise_id": STRONG, "bank": "wall-b", "scope": "scores", "purpose": "credit",
        "expires_at": NOW + 1, "at": NOW, "by": "wall-b",
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        behind(store, sa.insert(log.EVENT).values(row))
    for table in ("access_client", "audit"):
        with pytest.raises(DBAPIError, match="permission denied"):
            behind(store, sa.text(f"SELECT * FROM {table}"))


def test_the_service_comes_back_from_behind_the_wall(store: Store) -> None:
    with store.reading() as connection:
        as_tenant(connection, "wall-a")
        as_service(connection)
        connection.execute(sa.text("SELECT * FROM access_client"))


def test_consents_work_behind_the_wall(store: Store) -> None:
    consents, given = Consents(store), consent(STRONG, "wall-c")
    consents.grant(given, "strong")
    bank = Principal("x", Role.BANK, "wall-c", frozenset())
    own = Principal("s", Role.ENTERPRISE, STRONG, frozenset())
    found = consents.permitted(bank, [STRONG, WEAK], Matter.SCORES, Purpose.CREDIT, NOW)
    assert found == {STRONG: given.consent_id}
    assert [each.bank for each in consents.listed(bank, None)] == ["wall-c"]
    assert given in consents.listed(own, None)
    assert consents.find(given.consent_id, "wall-b") is None
    consents.revoke(given, NOW, "strong")
    consents.revoke(given, NOW, "strong")
    assert not consents.permitted(bank, [STRONG], Matter.SCORES, Purpose.CREDIT, NOW)


def test_the_service_answers_over_postgresql_with_both_walls(
    world: World, tmp_path: Path, postgresql: str, store: Store
) -> None:
    create(tmp_path / "key.json")
    tokens = AccessSettings(key=tmp_path / "key.json")
    settings = world.settings(tmp_path / "none.db", access="required", tokens=tokens)
    settings = settings.model_copy(update={"ledger": postgresql})
    with served(create_app(settings, clock=lambda: NOW)) as client:
        office = staffed(client, store)
        body = {"enterprise_id": STRONG}
        bank, other = office.bearer("bank-a"), office.bearer("bank-b")
        assert client.post("/v1/scores", json=body, headers=bank).status_code == 404
        stated = {**body, "bank": "bank-a", "scope": ["scores"]}
        stated |= {"expires_at": "2023-06-30T00:00:00Z"}
        given = client.post("/v1/consents", json=stated, headers=office.bearer("strong")).json()
        answer = client.post("/v1/scores", json=body, headers=bank)
        assert answer.json()["consent_id"] == given["consent_id"]
        path = f"/v1/scores/{answer.json()['score_id']}"
        assert client.get(path, headers=bank).content == answer.content
        assert client.get(path, headers=other).status_code == 404
        revoked = f"/v1/consents/{given['consent_id']}/revoke"
        assert client.post(revoked, headers=office.bearer("weak")).status_code == 404
        assert client.post(revoked, headers=office.bearer("strong")).status_code == 200
        assert client.get(path, headers=bank).status_code == 404
        with store.reading() as connection:
            as_tenant(connection, "bank-b")
            assert connection.execute(sa.select(SCORE)).all() == []
