from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from serving.access import consents as log
from serving.access.consents import Consents, Matter, Purpose
from serving.access.principal import OPEN, Principal
from serving.access.roles import Role
from serving.access.store import Store
from tests.serving.access.conftest import BOTH, DAY, Office, consent
from tests.serving.conftest import NOW, STRONG, WEAK
from tests.serving.test_problems import problem

BANK = Principal("bank-a", Role.BANK, "bank-a", frozenset())


def test_a_consent_that_holds_is_named(store: Store) -> None:
    given_ = consent(STRONG, "bank-a")
    consents = Consents(store)
    consents.grant(given_, "strong")
    assert consents.find(given_.consent_id, None) == given_
    found = consents.permitted(BANK, [STRONG, WEAK], Matter.SCORES, Purpose.CREDIT, NOW)
    assert found == {STRONG: given_.consent_id}


@pytest.mark.parametrize(
    "changed",
    [
        {"bank": "bank-b"},
        {"enterprise_id": WEAK},
        {"matters": (Matter.PROFILES,)},
        {"purpose": Purpose.MONITORING},
        {"expires_at": NOW},
        {"granted_at": NOW + 1},
    ],
    ids=str,
)
def test_a_consent_for_something_else_opens_nothing(
    store: Store, changed: dict[str, object]
) -> None:
    stated = {"enterprise_id": STRONG, "bank": "bank-a", **changed}
    consents = Consents(store)
    consents.grant(consent(**stated), "test")  # type: ignore[arg-type]
    assert not consents.permitted(BANK, [STRONG], Matter.SCORES, Purpose.CREDIT, NOW)


def test_a_revoked_consent_holds_no_more_and_twice_is_once(store: Store) -> None:
    given_ = consent(STRONG, "bank-a")
    consents = Consents(store)
    consents.grant(given_, "strong")
    consents.revoke(given_, NOW, "strong")
    consents.revoke(given_, NOW + 5, "strong")
    found = consents.find(given_.consent_id, None)
    assert found is not None
    assert found.revoked_at == NOW
    assert not found.holds(NOW)
    assert found.holds(NOW - 1)


def test_the_newest_consent_that_holds_is_named(store: Store) -> None:
    first, second = consent(STRONG, "bank-a"), consent(STRONG, "bank-a")
    consents = Consents(store)
    for each in (first, second, consent(STRONG, "bank-a", expires_at=NOW)):
        consents.grant(each, "strong")
    found = consents.permitted(BANK, [STRONG], Matter.SCORES, Purpose.CREDIT, NOW)
    assert found == {STRONG: second.consent_id}
    consents.revoke(second, NOW, "strong")
    found = consents.permitted(BANK, [STRONG], Matter.SCORES, Purpose.CREDIT, NOW)
    assert found == {STRONG: first.consent_id}


def test_roles_see_what_is_theirs(store: Store) -> None:
    consents = Consents(store)
    consents.grant(consent(STRONG, "bank-a"), "strong")

    def seen(role: Role, tenant: str) -> set[str]:
        who = Principal("x", role, tenant, frozenset())
        return set(consents.permitted(who, [STRONG, WEAK], Matter.SCORES, Purpose.CREDIT, NOW))

    assert seen(Role.OFFICER, "bank-a") == {STRONG}
    assert seen(Role.ENTERPRISE, WEAK) == {WEAK}
    assert seen(Role.PROVIDER, "bank-a") == set()
    assert seen(Role.ADMINISTRATOR, "bank-a") == set()
    everything = consents.permitted(OPEN, [STRONG, WEAK], Matter.SCORES, Purpose.CREDIT, NOW)
    assert everything == {STRONG: None, WEAK: None}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_permitted_is_what_the_events_say(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Oracle: a plain loop over what was granted and revoked."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('log')}/l.db", (log.prepare,))
    consents, kept, revoked = Consents(store), [], {}
    times = st.integers(NOW - 3, NOW + 3)
    for _ in range(data.draw(st.integers(0, 6))):
        each = consent(
            data.draw(st.sampled_from([STRONG, WEAK])),
            data.draw(st.sampled_from(["bank-a", "bank-b"])),
            matters=data.draw(st.sampled_from([BOTH, BOTH[:1], BOTH[1:]])),
            purpose=data.draw(st.sampled_from(list(Purpose))),
            granted_at=data.draw(times),
            expires_at=data.draw(times),
        )
        consents.grant(each, "test")
        kept.append(each)
        if data.draw(st.booleans()):
            revoked[each.consent_id] = data.draw(times)
            consents.revoke(each, revoked[each.consent_id], "test")
    expected = {}
    for each in kept:
        gone = revoked.get(each.consent_id, NOW + 99)
        if (
            each.bank == "bank-a"
            and Matter.SCORES in each.matters
            and each.purpose is Purpose.CREDIT
            and each.granted_at <= NOW < min(each.expires_at, gone)
        ):
            expected[each.enterprise_id] = each.consent_id
    found = consents.permitted(BANK, [STRONG, WEAK], Matter.SCORES, Purpose.CREDIT, NOW)
    store.close()
    assert found == expected


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/ledger.db"
    else:
        url = request.getfixturevalue("postgresql")
    found = Store(url, (log.prepare,))
    yield found
    found.close()


def test_no_event_is_ever_changed(either: Store) -> None:
    given_ = consent(STRONG, "bank-immutable")
    Consents(either).grant(given_, "strong")
    for statement in (
        sa.update(log.EVENT).values(expires_at=NOW + 999 * DAY),
        sa.delete(log.EVENT),
        sa.insert(log.EVENT).prefix_with("OR REPLACE", dialect="sqlite").values(
            event=f"{given_.consent_id}/granted", consent_id=given_.consent_id, kind="granted",
            enterprise_id=STRONG, bank="bank-x", scope="scores", purpose="credit",
            expires_at=1, at=0, by="x",
        ),
    ):  # fmt: skip
        with pytest.raises(DBAPIError), either.writing() as connection:
            connection.execute(statement)
    assert Consents(either).find(given_.consent_id, None) == given_
    Consents(either).revoke(given_, NOW, "strong")
    Consents(either).revoke(given_, NOW, "strong")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"bank": "nobody"}, "unknown-bank"),
        ({"expires_at": "2022-06-30T00:00:00Z"}, "expiry-out-of-range"),
        ({"expires_at": "2026-06-30T00:00:00Z"}, "expiry-out-of-range"),
        ({"expires_at": "2023-06-30"}, "malformed-as-of"),
    ],
)
def test_a_consent_that_cannot_be_given_says_why(
    office: Office, changed: dict[str, str], code: str
) -> None:
    stated = {"enterprise_id": STRONG, "bank": "bank-a", "scope": ["scores"]}
    stated |= {"expires_at": "2023-06-30T00:00:00Z", **changed}
    headers = office.bearer("strong")
    problem(office.client.post("/v1/consents", json=stated, headers=headers), 422, code)
