"""Many scores in one call: each row for itself, all in one commit."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.joint import joint
from features.online import FactsReader, facts_of
from features.snapshots.publishing import Shelf as Snapshots
from features.snapshots.publishing import publish
from serving.problems import Problem
from serving.scores.many import BatchAnswer
from serving.scores.scoring import AT_ONCE
from serving.settings import Settings
from supervision.mirror import Mirror
from supervision.packed.packing import pack
from supervision.packed.reading import PackedReader
from supervision.record import Record
from tests.serving.conftest import (
    AS_OF,
    DEFAULTED,
    DORMANT,
    NEWCOMER,
    STRONG,
    UNKNOWN,
    WEAK,
    World,
    code,
)
from tests.serving.test_problems import problem

AT = "2023-01-01T00:00:00+08:00"
EVERYBODY = (STRONG, WEAK, DEFAULTED, NEWCOMER, DORMANT, UNKNOWN, *map(code, range(24)))


def send(client: httpx.Client, rows: list[Any], **headers: str) -> httpx.Response:
    text = orjson.dumps({"requests": rows})
    headers = {"Content-Type": "application/json", **headers}
    return client.post("/v1/scores:batch", content=text, headers=headers)


def outcomes(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    BatchAnswer.model_validate_json(answer.content)
    found: list[dict[str, Any]] = answer.json()["outcomes"]
    assert [one["row"] for one in found] == list(range(len(found)))
    return found


def test_each_row_is_answered_as_if_it_had_been_asked_alone(client: httpx.Client) -> None:
    rows = [{"enterprise_id": who, "as_of": AT, "client_reference": who} for who in EVERYBODY]
    assert len(rows) < AT_ONCE
    for row, outcome in zip(rows, outcomes(send(client, rows)), strict=True):
        alone = client.post("/v1/scores", json=row).json()
        together = outcome["answer"]
        assert outcome["status"] == 200
        assert together.pop("score_id") != alone.pop("score_id")
        assert together == alone


def test_one_enterprise_may_be_asked_as_of_several_times(client: httpx.Client) -> None:
    times = ["2023-01-01T00:00:00+08:00", "2022-07-01T00:00:00+08:00", "2022-12-06T00:00:00+08:00"]
    rows = [
        {"enterprise_id": who, "as_of": at} for at in times for who in (DEFAULTED, WEAK, DEFAULTED)
    ]
    for row, outcome in zip(rows, outcomes(send(client, rows)), strict=True):
        alone = client.post("/v1/scores", json=row).json()
        assert outcome["answer"]["score_micro_points"] == alone["score_micro_points"]
        assert outcome["answer"]["default_in_force"] == alone["default_in_force"]


def test_every_answer_is_logged_byte_for_byte(fresh: httpx.Client, settings: Settings) -> None:
    answer = send(fresh, [{"enterprise_id": who, "as_of": AT} for who in (WEAK, UNKNOWN)])
    for outcome in outcomes(answer):
        kept = fresh.get(f"/v1/scores/{outcome['answer']['score_id']}").content
        assert kept in answer.content
    canonical = orjson.dumps(answer.json(), option=orjson.OPT_SORT_KEYS)
    assert canonical == answer.content
    with sqlite3.connect(settings.ledger.removeprefix("sqlite:///")) as connection:
        told = connection.execute("SELECT action, detail FROM audit ORDER BY number").fetchall()
    connection.close()
    assert told == [("score", "{}"), ("score", "{}"), ("batch", '{"answered":2,"rows":2}')]


WRONG: list[tuple[Any, str]] = [
    ({"enterprise_id": "123"}, "malformed-credit-code"),
    ({"enterprise_id": STRONG, "as_of": "someday"}, "malformed-as-of"),
    ({"enterprise_id": STRONG, "as_of": "2099-01-01T00:00:00Z"}, "as-of-out-of-range"),
    ({"enterprise_id": STRONG, "spelt": "wrongly"}, "invalid-request"),
    ({"enterprise_id": 7}, "invalid-request"),
    ({}, "invalid-request"),
    (None, "invalid-request"),
    ([], "invalid-request"),
    ("\ud800", "invalid-request"),
    (10**40, "invalid-request"),
]


def test_a_wrong_row_spoils_no_other(client: httpx.Client) -> None:
    good = {"enterprise_id": STRONG, "as_of": AT}
    rows = [good, *(row for row, _ in WRONG), good]
    answer = client.post(
        "/v1/scores:batch",
        content=json.dumps({"requests": rows}),
        headers={"Content-Type": "application/json", "Idempotency-Key": "wrong-rows"},
    )
    found = outcomes(answer)
    assert [one["status"] for one in found] == [200, *[422] * len(WRONG), 200]
    for outcome, (_, kind) in zip(found[1:-1], WRONG, strict=True):
        told = Problem.model_validate(outcome["problem"])
        assert told.type.endswith(f":{kind}")
        assert told.instance == "/v1/scores:batch"
    assert found[4]["problem"]["faults"][0]["at"] == "body/requests/4/spelt"


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.integers(),
            st.text(max_size=20),
            st.dictionaries(
                st.sampled_from(["enterprise_id", "as_of", "client_reference"]), st.text()
            ),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_the_rows_hold_each_has_its_outcome(client: httpx.Client, rows: list[Any]) -> None:
    answer = client.post("/v1/scores:batch", json={"requests": rows})
    assert [one["status"] for one in outcomes(answer)] == [422] * len(rows)


@pytest.mark.parametrize("body", [{"requests": []}, {}, {"requests": 3}, {"rows": []}, []])
def test_a_body_that_is_no_batch_is_a_problem(client: httpx.Client, body: Any) -> None:
    problem(client.post("/v1/scores:batch", json=body), 422, "invalid-request")


def test_a_thousand_rows_are_taken_and_not_one_more(fresh: httpx.Client) -> None:
    rows = [{"enterprise_id": UNKNOWN, "as_of": AT}] * 1_001
    problem(send(fresh, rows), 413, "content-too-large")
    found = outcomes(send(fresh, rows[:1_000]))
    assert len({one["answer"]["score_id"] for one in found}) == 1_000


def test_the_same_key_gives_the_same_batch(fresh: httpx.Client, settings: Settings) -> None:
    rows = [{"enterprise_id": who, "as_of": AT} for who in (STRONG, "123", WEAK)]
    first = send(fresh, rows, **{"Idempotency-Key": "b"})
    again = send(fresh, rows, **{"Idempotency-Key": "b"})
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    problem(send(fresh, rows[:1], **{"Idempotency-Key": "b"}), 422, "idempotency-key-reused")
    with sqlite3.connect(settings.ledger.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM score").fetchone() == (2,)
    connection.close()


def test_a_batch_that_cannot_be_logged_gives_no_answer(
    fresh: httpx.Client, settings: Settings
) -> None:
    with sqlite3.connect(settings.ledger.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TABLE audit")
    connection.close()
    answer = send(fresh, [{"enterprise_id": STRONG, "as_of": AT}])
    problem(answer, 503, "ledger-failure")
    assert answer.headers["retry-after"]
    with sqlite3.connect(settings.ledger.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM score").fetchone() == (0,)
    connection.close()


def test_features_reckoned_together_have_the_bits_of_each_alone(
    world: World, tmp_path: Path
) -> None:
    record = Record.open(world.database)
    mirror = Mirror(tmp_path / "mirror")
    mirror.refresh(record)
    pack(record, tmp_path / "packed.db", mirror, lambda *_: None)
    packed = PackedReader.open(record, tmp_path / "packed.db")
    publish(record, tmp_path / "snapshots", AS_OF)
    position = record.position()
    numbers = list(record.number_of(EVERYBODY).values())
    for shelf in (None, Snapshots(record, tmp_path / "snapshots")):
        reader = FactsReader(record, packed, shelf)
        facts = [reader.facts_of(number, position, AS_OF) for number in numbers]
        assert len({id(one.prices) for one in facts}) == 1
        together = evaluate(
            joint(facts), Spine(np.array(numbers), np.full(len(numbers), AS_OF)), CATALOGUE.features
        ).values
        for number, row in zip(numbers, together, strict=True):
            spine = Spine(np.array([number]), np.array([AS_OF]))
            alone = evaluate(facts_of(record, [number]), spine, CATALOGUE.features).values[0]
            assert row.tobytes() == alone.tobytes()
    packed.close()
    record.close()


def test_a_later_as_of_is_not_seen_by_an_earlier_row(client: httpx.Client) -> None:
    before = {"enterprise_id": DEFAULTED, "as_of": "2022-12-07T00:00:00+08:00"}
    after = {"enterprise_id": DEFAULTED, "as_of": AT}
    first, second = outcomes(send(client, [before, after]))
    assert not first["answer"]["default_in_force"]
    assert second["answer"]["default_in_force"]


def test_what_is_no_operation_is_a_problem_too(client: httpx.Client) -> None:
    for path in ("/v1/scores:batch", "/v1/scores", "/v1/replays/some-id"):
        answer = client.get(path)
        assert problem(answer, 405, "method-not-allowed").expected.startswith("POST")
        assert answer.headers["allow"] == "POST"
    problem(client.post("/v1/scores:many", json={}), 404, "no-such-path")
    assert problem(client.post("/v1/models/champion"), 405, "method-not-allowed")
