"""An earlier answer, reckoned again from the record as it was known then."""

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import yaml

from serving.app import create_app
from serving.ledger import Ledger
from serving.policy import Policy
from serving.scores.replay import ReplayAnswer, differences
from serving.settings import Settings
from supervision.record import Record
from tests.serving.answers import ok
from tests.serving.conftest import (
    AS_OF,
    DAY,
    DEFAULTED,
    DORMANT,
    NEWCOMER,
    NOW,
    POLICY,
    STRONG,
    UNKNOWN,
    WEAK,
    Port,
    World,
    ingest,
    served,
    train,
)
from tests.serving.test_problems import problem
from tests.serving.test_scores import _count, ask
from training.model.shelf import Shelf

EVERYBODY = (STRONG, WEAK, DEFAULTED, NEWCOMER, DORMANT, UNKNOWN)


def replay(client: httpx.Client, score_id: str) -> dict[str, Any]:
    answer = client.post(f"/v1/replays/{score_id}")
    found = ok(answer)
    ReplayAnswer.model_validate_json(answer.content)
    return found


@pytest.mark.parametrize("enterprise_id", EVERYBODY)
def test_a_replay_gives_the_same_bytes(client: httpx.Client, enterprise_id: str) -> None:
    first = client.post(
        "/v1/scores",
        json={"enterprise_id": enterprise_id, "as_of": "2023-01-01T00:00:00+08:00"},
    )
    again = client.post(f"/v1/replays/{first.json()['score_id']}")
    assert again.json()["identical"]
    assert again.json()["differences"] == []
    assert first.content in again.content


@pytest.fixture
def moving(world: World, tmp_path: Path) -> Settings:
    """A record, a shelf and a ledger of one test's own, which it may change."""
    shutil.copy(world.folder / "record.db", tmp_path / "record.db")
    shutil.copytree(world.models, tmp_path / "models")
    shutil.copytree(POLICY.parents[1], tmp_path / "configs")
    return world.settings(
        tmp_path / "ledger.db",
        database=f"sqlite:///{tmp_path}/record.db",
        models=tmp_path / "models",
        policy=tmp_path / "configs" / "policy" / POLICY.name,
    )


def answers(settings: Settings) -> list[tuple[str, bytes]]:
    with served(create_app(settings, clock=lambda: NOW)) as client:
        given = [ask(client, who, client_reference="r") for who in EVERYBODY]
        ids = [one["score_id"] for one in given]
        return [(one, client.get(f"/v1/scores/{one}").content) for one in ids]


def test_neither_new_messages_nor_another_champion_or_policy_change_a_replay(
    moving: Settings, tmp_path: Path
) -> None:
    given = answers(moving)
    record = Record.open(moving.database)
    late = Port()
    for number, who in enumerate((STRONG, WEAK)):
        late.say("custody", "counted", AS_OF - 3 * DAY, who, **_count(who))
        late.messages["custody"][number]["message_id"] = f"LATE-{number}"
    late.register(UNKNOWN, AS_OF - 9 * DAY)  # whom the record had never met
    late.messages["enterprise"][0]["message_id"] = "LATE-9"
    late.write(tmp_path / "late")
    ingest(tmp_path / "late", moving.database).close()
    train(record, tmp_path / "bundle", trees=20)
    record.close()
    other = Shelf(moving.models).publish(tmp_path / "bundle", "sme-pd", "8")
    stated = yaml.safe_load(moving.policy.read_text())
    moving.policy.write_text(yaml.safe_dump({**stated, "cap_fen": 1_000_000}))
    with served(create_app(moving, clock=lambda: NOW + 40 * DAY)) as client:
        now = ask(client, STRONG)
        assert now["model"]["hash"] == other.hash
        assert now["policy"]["hash"] != orjson.loads(given[0][1])["policy"]["hash"]
        for score_id, document in given:
            answer = client.post(f"/v1/replays/{score_id}")
            assert answer.json()["identical"], answer.json()["differences"]
            assert document in answer.content
            assert answer.json()["sha256_now"] == answer.json()["sha256_then"]


def test_a_replay_is_noted_and_scores_nothing(fresh: httpx.Client, settings: Settings) -> None:
    score_id = ask(fresh, STRONG)["score_id"]
    replay(fresh, score_id)
    with sqlite3.connect(settings.ledger.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM score").fetchone() == (1,)
        told = connection.execute("SELECT action, subject, detail FROM audit").fetchall()
    connection.close()
    assert told == [("score", score_id, "{}"), ("replay", score_id, '{"identical":true}')]


def test_what_differs_is_told(settings: Settings) -> None:
    with served(create_app(settings, clock=lambda: NOW)) as client:
        entry = kept(settings, ask(client, STRONG)["score_id"])
        stated = orjson.loads(entry.document)
        stated["limit"]["amount_fen"] += 1
        forged = replace(entry, score_id="f" * 36, document=orjson.dumps(stated))
        with Ledger.open(settings.ledger) as ledger:
            ledger.append(forged)
        found = replay(client, forged.score_id)
        assert not found["identical"]
        assert found["sha256_now"] != found["sha256_then"]
        told = {one["at"]: (one["then"], one["now"]) for one in found["differences"]}
        amount = stated["limit"]["amount_fen"]
        assert told["/limit/amount_fen"] == (amount, amount - 1)
        assert set(told) == {"/limit/amount_fen", "/score_id"}


def test_a_score_that_never_was_cannot_be_replayed(client: httpx.Client) -> None:
    problem(client.post("/v1/replays/nothing"), 404, "no-such-score")


def test_without_its_model_a_score_cannot_be_replayed(moving: Settings) -> None:
    ((score_id, document), *_) = answers(moving)
    model = orjson.loads(document)["model"]["hash"]
    with served(create_app(moving, clock=lambda: NOW)) as client:
        (moving.models / model).rename(moving.models / "away")
        found = problem(client.post(f"/v1/replays/{score_id}"), 410, "model-gone")
        assert model[:16] in found.expected
        (moving.models / "away").rename(moving.models / model)
        assert replay(client, score_id)["identical"]


GONE = [
    ({"catalogue_hash": "0" * 64}, 409, "other-catalogue"),
    ({"policy_hash": "0" * 64}, 410, "policy-gone"),
    ({"record_position": 10**9}, 409, "record-too-short"),
]


@pytest.mark.parametrize(("changed", "status", "kind"), GONE, ids=[one[2] for one in GONE])
def test_what_a_replay_lacks_is_told(
    settings: Settings, changed: dict[str, Any], status: int, kind: str
) -> None:
    with served(create_app(settings, clock=lambda: NOW)) as client:
        entry = kept(settings, ask(client, STRONG)["score_id"])
        with Ledger.open(settings.ledger) as ledger:
            ledger.append(replace(entry, score_id="other", **changed))
        problem(client.post("/v1/replays/other"), status, kind)


def test_a_policy_that_is_read_otherwise_now_is_told(settings: Settings) -> None:
    with served(create_app(settings, clock=lambda: NOW)) as client:
        entry = kept(settings, ask(client, STRONG)["score_id"])
        with Ledger.open(settings.ledger) as ledger:
            for number, text in enumerate((b"{}", Policy.load(POLICY).model_dump_json().encode())):
                ledger.keep_policy(f"{number}" * 64, text)
                one = replace(entry, score_id=f"other-{number}", policy_hash=f"{number}" * 64)
                ledger.append(one)
        for number in range(2):
            problem(client.post(f"/v1/replays/other-{number}"), 409, "other-policy")


def test_a_policy_comes_back_from_the_ledger_with_its_hash(tmp_path: Path) -> None:
    policy = Policy.load(POLICY)
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        for _ in range(2):
            ledger.keep_policy(policy.hash, policy.model_dump_json().encode())
        found = ledger.policy(policy.hash)
    assert found is not None
    assert Policy.model_validate_json(found).hash == policy.hash


def test_differences_are_named_by_where_they_stand() -> None:
    then = orjson.dumps({"a": [1, {"b": 2}], "c": "x" * 300, "d": 1, "same": {"e": [None]}})
    now = orjson.dumps({"a": [1, {"b": 3}], "c": "y", "f": True, "same": {"e": [None]}})
    found = {one.at: (one.then, one.now) for one in differences(then, now)}
    assert found["/a/1/b"] == (2, 3)
    assert found["/c"][1] == "y"
    assert len(found["/c"][0]) < 250
    assert (found["/d"], found["/f"]) == ((1, None), (None, True))
    assert len(found) == 4
    many = (orjson.dumps({str(k): k + one for k in range(99)}) for one in (0, 1))
    assert len(differences(*many)) == 20


def kept(settings: Settings, score_id: str) -> Any:
    with Ledger.open(settings.ledger) as ledger:
        entry = ledger.entry(score_id)
    assert entry is not None
    return entry
