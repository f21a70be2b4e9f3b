"""An objection from its lodging to its end, over HTTP."""

import json
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from features.calendar import parse_time
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.access.row_security import as_tenant
from serving.app import create_app
from serving.audit.verification import verify
from serving.errors import Conflict
from serving.instants import text_of
from serving.ledger import Ledger
from serving.objections.document import ObjectionAnswer
from serving.objections.examples import LODGED
from serving.objections.log import EVENT, MOST_OPEN, Objections, disputed
from serving.objections.objection import Fact, Ground, Objection, Outcome, Resolution
from tests.serving.answers import score
from tests.serving.conftest import (
    AS_OF,
    DAY,
    HOUR,
    NOW,
    STRONG,
    UNKNOWN,
    WEAK,
    Port,
    World,
    ingest,
    populate,
    served,
)
from tests.serving.objections.conftest import Clock, lodged, objecting, said, settled
from tests.serving.test_problems import problem

EFFECT = json.dumps(LODGED["effect"])


def evidence(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        message
        for reason in answer["reasons"]
        for feature in reason["features"]
        for message in feature["messages"]
    ]


def late_payment(world: World) -> str:
    paid = said(world, "financing", WEAK, kind="instalment_paid")
    return str(
        max((m for m in paid if m["days_past_due"]), key=lambda m: m["due_at"])["message_id"]
    )


def test_an_objection_is_lodged_with_its_deadline_and_its_effect(
    desk: httpx.Client, world: World
) -> None:
    before = score(desk, WEAK)
    found = lodged(desk, WEAK, late_payment(world), ground="already_settled")
    ObjectionAnswer.model_validate(found)
    assert (found["state"], found["overdue"], found["reversed"]) == ("open", False, False)
    assert found["due_at"] == text_of(parse_time("2023-01-23"))
    effect = found["effect"]
    assert effect["with_fact"]["score"] == before["score"]
    assert effect["with_fact"]["limit_fen"] == before["limit"]["amount_fen"]
    assert effect["points"] == before["score"] - effect["without_fact"]["score"]
    assert effect["model_hash"] == before["model"]["hash"]
    assert desk.get(f"/v1/objections/{found['objection_id']}").json() == found
    assert desk.get("/v1/objections").json() == {"objections": [found]}


def test_a_disputed_fact_is_marked_and_counts_all_the_same(
    desk: httpx.Client, world: World
) -> None:
    before = score(desk, WEAK)
    shown = evidence(before)
    assert shown
    assert not any(message["disputed"] for message in shown)
    for message in {each["message_id"]: each for each in shown}.values():
        found = lodged(desk, WEAK, message["message_id"], stream=message["stream"])
        after = score(desk, WEAK)
        assert after["score"] == before["score"]
        marks = {m["message_id"] for m in evidence(after) if m["disputed"]}
        assert marks == {message["message_id"]}
        (fact,) = after["disputed_facts"]
        assert fact["message_id"] == message["message_id"]
        assert fact["points"] == found["effect"]["points"]
        settled(desk, found["objection_id"], "rejected")
    clean = score(desk, WEAK)
    assert clean["disputed_facts"] == []
    assert not any(message["disputed"] for message in evidence(clean))


def test_lots_of_which_custody_is_disputed_are_not_lent_on(
    desk: httpx.Client, world: World
) -> None:
    before = score(desk, STRONG)["limit"]["components"]
    assert not [one for one in before["ineligible"] if one["reason"] == "disputed"]
    received = said(world, "custody", STRONG, kind="counted")[-1]
    found = lodged(desk, STRONG, received["message_id"])
    after = score(desk, STRONG)["limit"]["components"]
    (disputed,) = [one for one in after["ineligible"] if one["reason"] == "disputed"]
    assert disputed["lots"] == 1
    eligible = [sum(goods["eligible_fen"] for goods in each["stock"]) for each in (before, after)]
    assert eligible[0] - eligible[1] == disputed["value_fen"] > 0
    settled(desk, found["objection_id"], "rejected")
    assert score(desk, STRONG)["limit"]["components"] == before


def test_an_answer_is_replayed_with_the_disputes_of_its_time(
    desk: httpx.Client, world: World, clock: Clock
) -> None:
    before = score(desk, WEAK)
    found = lodged(desk, WEAK, late_payment(world))
    clock[0] += HOUR
    meanwhile = score(desk, WEAK)
    settled(desk, found["objection_id"], "rejected")
    after = score(desk, WEAK)
    assert [len(each["disputed_facts"]) for each in (before, meanwhile, after)] == [0, 1, 0]
    for each in (before, meanwhile, after):
        again = desk.post(f"/v1/replays/{each['score_id']}").json()
        assert again["identical"], again["differences"]


def test_a_batch_marks_disputed_facts_too(desk: httpx.Client, world: World) -> None:
    lodged(desk, WEAK, late_payment(world))
    body = {"requests": [{"enterprise_id": who} for who in (STRONG, WEAK, UNKNOWN)]}
    outcomes = desk.post("/v1/scores:batch", json=body).json()["outcomes"]
    assert [len(each["answer"]["disputed_facts"]) for each in outcomes] == [0, 1, 0]


def test_what_is_upheld_is_marked_until_its_provider_reverses_it(
    tmp_path: Path, world: World, clock: Clock
) -> None:
    port = populate()
    port.write(tmp_path / "messages")
    database = f"sqlite:///{tmp_path}/record.db"
    ingest(tmp_path / "messages", database).close()
    settings = world.settings(tmp_path / "ledger.db", database=database)
    with served(create_app(settings, lambda: clock[0])) as desk:
        wrong = late_payment(world)
        found = lodged(desk, WEAK, wrong)
        told = settled(desk, found["objection_id"], "upheld")
        assert (told["state"], told["reversed"]) == ("upheld", False)
        assert "must reverse" in told["next_en"]
        assert len(score(desk, WEAK)["disputed_facts"]) == 1
        at = NOW + HOUR
        said_back = {"message_id": "R1", "provider_id": "BANK-7", "reverses": wrong}
        reversal = Port()
        reversal.messages["financing"] = [{**said_back, "occurred_at": at, "recorded_at": at}]
        reversal.write(tmp_path / "more")
        ingest(tmp_path / "more", database, now=NOW + DAY).close()
        clock[0] = NOW + 2 * DAY
        told = desk.get(f"/v1/objections/{found['objection_id']}").json()
        assert (told["state"], told["reversed"]) == ("upheld", True)
        after = score(desk, WEAK)
        assert after["disputed_facts"] == []
        again = desk.post("/v1/objections", json=objecting(WEAK, wrong))
        problem(again, 409, "already-reversed")


def test_whose_days_are_over_is_overdue_and_counted(
    desk: httpx.Client, world: World, clock: Clock
) -> None:
    first = lodged(desk, WEAK, late_payment(world))
    second = lodged(desk, STRONG, said(world, "custody", STRONG)[3]["message_id"])
    due = parse_time("2023-01-23")

    def waiting() -> list[str]:
        lines = desk.get("/metrics").text.splitlines()
        return [line for line in lines if line.startswith("cargoworthy_objections{")]

    clock[0] = due - 1
    assert not desk.get(f"/v1/objections/{first['objection_id']}").json()["overdue"]
    assert waiting() == [
        'cargoworthy_objections{state="open"} 2.0',
        'cargoworthy_objections{state="overdue"} 0.0',
    ]
    clock[0] = due
    settled(desk, second["objection_id"], "rejected")
    assert desk.get(f"/v1/objections/{first['objection_id']}").json()["overdue"]
    assert waiting() == [
        'cargoworthy_objections{state="open"} 0.0',
        'cargoworthy_objections{state="overdue"} 1.0',
    ]


def test_a_fact_is_disputed_once_at_a_time(desk: httpx.Client, world: World) -> None:
    wrong = late_payment(world)
    found = lodged(desk, WEAK, wrong)
    again = desk.post("/v1/objections", json=objecting(WEAK, wrong))
    assert found["objection_id"] in problem(again, 409, "already-disputed").found
    settled(desk, found["objection_id"], "rejected")
    once_more = lodged(desk, WEAK, wrong)
    settled(desk, once_more["objection_id"], "upheld")
    problem(desk.post("/v1/objections", json=objecting(WEAK, wrong)), 409, "already-disputed")


def test_an_objection_ends_once(desk: httpx.Client, world: World) -> None:
    found = lodged(desk, WEAK, late_payment(world))
    settled(desk, found["objection_id"], "upheld")
    body = {"outcome": "rejected", "text": "No, after all."}
    answer = desk.post(f"/v1/objections/{found['objection_id']}/resolve", json=body)
    problem(answer, 409, "objection-settled")


def test_only_messages_about_the_enterprise_itself_can_be_objected_to(
    desk: httpx.Client, world: World
) -> None:
    foreign = said(world, "custody", STRONG)[0]["message_id"]
    bodies = set()
    for message_id in (foreign, "M999999", "没有"):
        answer = desk.post("/v1/objections", json=objecting(WEAK, message_id))
        problem(answer, 404, "no-such-message")
        bodies.add(answer.text.replace(message_id, "ID"))
    assert len(bodies) == 1
    problem(desk.post("/v1/objections", json=objecting(UNKNOWN, foreign)), 404, "no-such-message")
    answer = desk.get("/v1/objections/nothing-like-it")
    problem(answer, 404, "no-such-objection")


@pytest.mark.parametrize(
    "changed",
    [
        {"ground": "spite"}, {"text": " "}, {"text": ""}, {"text": "x" * 2_001},
        {"message_id": ""}, {"message_id": 7}, {"stream": "gossip"}, {"more": 1},
        {"enterprise_id": "91350211MA31009014"},
    ],
)  # fmt: skip
def test_what_is_no_objection_is_refused(desk: httpx.Client, changed: dict[str, Any]) -> None:
    answer = desk.post("/v1/objections", json={**objecting(WEAK, "M000001"), **changed})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_objections_are_listed_by_enterprise_and_by_state(desk: httpx.Client, world: World) -> None:
    weak = lodged(desk, WEAK, late_payment(world))["objection_id"]
    strong = lodged(desk, STRONG, said(world, "custody", STRONG)[3]["message_id"])["objection_id"]
    settled(desk, weak, "rejected")

    def listed(query: str) -> list[str]:
        answer = desk.get(f"/v1/objections{query}")
        return [one["objection_id"] for one in answer.json()["objections"]]

    assert listed("") == [strong, weak]
    assert listed(f"?enterprise_id={WEAK}") == [weak]
    assert listed("?state=open") == [strong]
    assert listed(f"?state=open&enterprise_id={WEAK}") == []
    assert desk.get("/v1/objections?state=lost").status_code == 422


def test_the_log_is_append_only_and_audited(
    desk: httpx.Client, world: World, tmp_path: Path
) -> None:
    found = lodged(desk, WEAK, late_payment(world))
    settled(desk, found["objection_id"], "rejected")
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        for statement in ("UPDATE objection_event SET text = ''", "DELETE FROM objection_event"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
        audited = connection.execute(
            "SELECT action, subject FROM audit WHERE action LIKE 'objection%' ORDER BY number"
        ).fetchall()
    ends = ["objection-lodged", "objection-rejected"]
    assert audited == [(action, found["objection_id"]) for action in ends]
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        assert verify(ledger.engine)


def test_before_the_message_was_known_there_is_nothing_to_object_to(
    desk: httpx.Client, world: World, clock: Clock
) -> None:
    wrong = late_payment(world)
    clock[0] = AS_OF - 700 * DAY
    problem(desk.post("/v1/objections", json=objecting(WEAK, wrong)), 404, "no-such-message")


def test_a_hundred_may_wait_at_once(tmp_path: Path) -> None:
    by = Principal("trader", Role.ENTERPRISE, WEAK, frozenset())

    def about(place: int) -> Objection:
        fact = Fact(WEAK, f"X{place}", "custody", "CUSTODY", place)
        return Objection(f"objection-{place}", fact, Ground.OTHER, "No.", NOW, NOW, EFFECT)

    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        log = Objections(ledger.engine)
        for place in range(MOST_OPEN):
            log.lodge(about(place), by)
        with pytest.raises(Conflict, match="fewer than 100 objections that are open"):
            log.lodge(about(MOST_OPEN), by)
        settled = Resolution(Outcome.REJECTED, "No.", NOW)
        log.settle(about(3), settled, by, None)
        log.lodge(about(MOST_OPEN), by)
        positions = [one for one in range(MOST_OPEN + 1) if one != 3]
        found = ledger.questions.ask(lambda it: disputed(it, [WEAK, STRONG]))
        assert found == {WEAK: tuple(positions)}
        assert log.count(NOW - 1) == {"open": MOST_OPEN, "overdue": 0}
        assert log.count(NOW) == {"open": 0, "overdue": MOST_OPEN}


def test_of_two_that_object_at_once_one_does(tmp_path: Path, postgresql: str) -> None:
    """The second writes before it could read the first."""
    by = Principal("trader", Role.ENTERPRISE, STRONG, frozenset())
    fact = Fact(STRONG, "X", "custody", "CUSTODY", 7_000_000)
    for url in (f"sqlite:///{tmp_path}/ledger.db", postgresql):
        with Ledger.open(url) as ledger, ThreadPoolExecutor(8) as pool:
            log = Objections(ledger.engine)

            def lodge(number: int, log: Objections = log) -> str:
                told = Objection(f"{number:036}", fact, Ground.OTHER, "No.", NOW, NOW, EFFECT)
                try:
                    log.lodge(told, by)
                except Conflict as error:
                    return error.code
                return "lodged"

            outcomes = Counter(pool.map(lodge, range(16)))
            assert outcomes == {"lodged": 1, "already-disputed": 15}
            assert ledger.questions.ask(lambda it: disputed(it, [STRONG])) == {STRONG: (7_000_000,)}


def test_behind_the_wall_a_tenant_sees_and_writes_its_own_alone(postgresql: str) -> None:
    by = Principal("trader", Role.ENTERPRISE, WEAK, frozenset())
    fact = Fact(WEAK, "X", "custody", "WALLED", 8_000_000)
    with Ledger.open(postgresql) as ledger:
        Objections(ledger.engine).lodge(
            Objection("behind-the-wall", fact, Ground.OTHER, "No.", NOW, NOW, EFFECT), by
        )

        def seen(tenant: str) -> set[str]:
            with ledger.engine.connect() as connection:
                as_tenant(connection, tenant)
                rows = connection.execute(sa.select(EVENT.c.objection_id, EVENT.c.position))
                return {row.objection_id for row in rows if row.position == fact.position}

        assert seen(WEAK) == seen("WALLED") == {"behind-the-wall"}
        assert seen(STRONG) == seen("") == set()
        row = {
            "event": "forged", "objection_id": "behind-the-wall", "kind": "upheld",
            "enterprise_id": WEAK, "provider_id": "WALLED", "stream": "custody",
            "message_id": "X", "position": fact.position, "text": "Yes.", "due_at": NOW,
            "at": NOW, "by": "trader",
        }  # fmt: skip

        def forge(tenant: str) -> None:
            with ledger.engine.begin() as connection:
                as_tenant(connection, tenant)
                connection.execute(sa.insert(EVENT), row)

        for tenant in (WEAK, STRONG):
            with pytest.raises(DBAPIError, match="row-level security"):
                forge(tenant)
