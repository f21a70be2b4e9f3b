"""Events commit with their score or not at all, and each score is compared with the one before."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from serving.access.principal import Principal
from serving.access.roles import Role
from serving.errors import LedgerFailure
from serving.ledger import Entry, Ledger
from serving.policy import Policy
from serving.webhooks.deliveries import Deliveries
from serving.webhooks.endpoints import Endpoints
from serving.webhooks.outbox import Outbox
from supervision.database import engine_of
from tests.serving.conftest import POLICY
from tests.serving.test_ledger import ENTRY

BANK = Principal("bank-a", Role.BANK, "bank-a", frozenset())
OTHER = Principal("bank-b", Role.BANK, "bank-b", frozenset())
EVENTS = ("score.grade_changed", "early_warning.raised")
TABLES = (
    "score", "audit", "case_standing", "webhook", "webhook_event", "webhook_delivery",
    "webhook_attempt",
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    url = f"sqlite:///{tmp_path}/ledger.db"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgresql"))
        engine = engine_of(url)
        with engine.begin() as connection:
            for table in TABLES:
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        engine.dispose()
    with Ledger.open(url) as found:
        found.announce = Outbox(Policy.load(POLICY), 3_600).announce
        yield found


def entry(number: int, grade: str, who: Principal = BANK, **changed: Any) -> Entry:
    document = {
        "score_id": f"s{number}", "enterprise_id": ENTRY.enterprise_id, "grade": grade,
        "as_of": "2023-01-01T00:00:00Z", "score": 600, "client_reference": None, "limit": {},
    }  # fmt: skip
    stated = {"score_id": f"s{number}", "document": orjson.dumps(document), "tenant": who.tenant}
    return replace(ENTRY, **{**stated, **changed})


def registered(ledger: Ledger, who: Principal = BANK) -> str:
    found = Endpoints(ledger.engine).add(who, "https://bank.example/", EVENTS, "sealed", 1)
    return found.webhook_id


def told(ledger: Ledger) -> list[Any]:
    query = "SELECT payload FROM webhook_event ORDER BY number"
    with ledger.engine.connect() as connection:
        return [orjson.loads(each) for (each,) in connection.execute(sa.text(query))]


def test_an_event_and_its_deliveries_commit_with_the_score(ledger: Ledger) -> None:
    one, other = registered(ledger), registered(ledger)
    registered(ledger, OTHER)
    ledger.append(entry(1, "A"))
    ledger.append(entry(2, "BBB"))
    (event,) = told(ledger)
    assert event["type"] == "score.grade_changed"
    deliveries = Deliveries(Endpoints(ledger.engine))
    due = deliveries.due(ENTRY.answered_at, [], 100)
    assert {each.webhook_id for each in due} == {one, other}
    assert len({each.event_id for each in due}) == 1
    assert deliveries.due(ENTRY.answered_at - 1, [], 100) == []


def test_of_a_score_that_is_not_committed_nothing_is_told(ledger: Ledger) -> None:
    registered(ledger)
    ledger.append(entry(1, "A"))
    with pytest.raises(LedgerFailure):
        ledger.append(entry(2, "D"), entry(1, "A"))  # the second stands there already
    assert told(ledger) == []
    ledger.append(entry(2, "D"))
    assert len(told(ledger)) >= 1


def test_a_fault_in_comparing_costs_no_score(ledger: Ledger) -> None:
    registered(ledger)
    ledger.append(entry(1, "A"))
    ledger.append(entry(2, "D", document=b'{"grade":"D"}'))
    assert ledger.document("s2") is not None
    assert told(ledger) == []


def test_a_tenant_is_compared_with_its_own_scores_alone(ledger: Ledger) -> None:
    registered(ledger)
    registered(ledger, OTHER)
    ledger.append(entry(1, "A"))
    ledger.append(entry(2, "D", OTHER))
    ledger.append(entry(3, "A"))
    assert told(ledger) == []


def test_who_has_no_endpoint_has_no_events(ledger: Ledger) -> None:
    ledger.append(entry(1, "A"))
    ledger.append(entry(2, "D"))
    registered(ledger)
    ledger.append(entry(3, "D"))
    assert told(ledger) == []


def test_scores_of_one_case_at_once_are_compared_one_after_the_other(ledger: Ledger) -> None:
    registered(ledger)
    ledger.append(entry(0, "A"))
    grades = ["A", "BB", "C"]
    barrier = threading.Barrier(6)

    def score(lane: int) -> None:
        barrier.wait(30)
        for step in range(10):
            number = 1 + lane * 10 + step
            ledger.append(entry(number, grades[number % 3]))

    threads = [threading.Thread(target=score, args=(lane,)) for lane in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    changes = [each["data"] for each in told(ledger) if each["type"] == "score.grade_changed"]
    formers = Counter(each["former"]["score_id"] for each in changes)
    assert max(formers.values()) == 1  # no score is the former one of two
    # Each change begins where the one before ended: no step is told twice or left out.
    steps = {each["former"]["grade"]: Counter[str]() for each in changes}
    left, entered = Counter[str](), Counter[str]()
    for each in changes:
        steps[each["former"]["grade"]][each["grade"]] += 1
        left[each["former"]["grade"]] += 1
        entered[each["grade"]] += 1
    assert all(abs(left[grade] - entered[grade]) <= 1 for grade in grades)
    assert sum(abs(left[grade] - entered[grade]) for grade in grades) in (0, 2)


def test_behind_the_wall_a_tenant_sees_its_own_alone(ledger: Ledger) -> None:
    mine, theirs = registered(ledger), registered(ledger, OTHER)
    for number, (grade, who) in enumerate([("A", BANK), ("D", BANK), ("A", OTHER), ("D", OTHER)]):
        ledger.append(entry(number, grade, who))
    endpoints = Endpoints(ledger.engine)
    deliveries = Deliveries(endpoints)
    assert [each.webhook_id for each in endpoints.listed(BANK)] == [mine]
    assert endpoints.find(theirs, BANK) is None
    assert deliveries.listed(theirs, BANK, None) == []
    one = deliveries.listed(theirs, OTHER, None)[0]
    assert deliveries.find(one.delivery_id, BANK) is None
    if ledger.engine.dialect.name != "postgresql":
        return
    for table in ("webhook", "webhook_event", "webhook_delivery"):
        with endpoints.reading("bank-a") as connection:
            tenants = connection.execute(sa.text(f"SELECT DISTINCT tenant FROM {table}"))
            assert [each for (each,) in tenants] == ["bank-a"]


@pytest.mark.parametrize("table", ["webhook_event", "webhook_attempt"])
def test_what_happened_cannot_be_altered(ledger: Ledger, table: str) -> None:
    registered(ledger)
    ledger.append(entry(1, "A"))
    ledger.append(entry(2, "D"))
    with ledger.engine.begin() as connection:
        connection.execute(sa.text(
            "INSERT INTO webhook_attempt (delivery_id, tenant, at, milliseconds) "
            "VALUES ('d', 't', 1, 1)"
        ))  # fmt: skip
    for statement in (f"UPDATE {table} SET tenant = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), ledger.engine.begin() as c:
            c.execute(sa.text(statement))
