import math
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pytest

from features.batch.building import build
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.nodes.network import OfOthers
from features.online import FactsReader, facts_of
from features.table import FeatureTable
from serving.app import create_app
from serving.instants import text_of
from serving.ledger import Ledger
from serving.lending import stock_by_chapter
from serving.policy import Policy
from serving.scores.request import ScoreRequest
from serving.scores.scoring import Scorer
from serving.settings import Settings
from serving.stopwatch import Stopwatch
from supervision.mirror import Mirror
from supervision.record import Record
from tests.serving.conftest import (
    AS_OF,
    DAY,
    DEFAULTED,
    NOW,
    POLICY,
    STRONG,
    WEAK,
    Port,
    World,
    code,
    ingest,
    populate,
    served,
    sign_custody,
)
from training.model.shelf import Shelf

ASKED = {"as_of": "2023-01-01T00:00:00+08:00"}
OF_OTHERS = {f.name for f in CATALOGUE.features if isinstance(f.recipe, OfOthers)}


def ask(client: httpx.Client, enterprise_id: str, **fields: Any) -> dict[str, Any]:
    answer = client.post("/v1/scores", json={"enterprise_id": enterprise_id, **ASKED, **fields})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK, DEFAULTED, code(3), code(12)])
def test_base_and_points_add_up_to_the_score_in_points_and_in_millionths(
    client: httpx.Client, enterprise_id: str
) -> None:
    found = ask(client, enterprise_id)
    points = found["points"]
    assert found["base_points"] + sum(p["points"] for p in points) == found["score"]
    micro = found["base_micro_points"] + sum(p["micro_points"] for p in points)
    assert micro == found["score_micro_points"]
    assert found["score"] == int(np.floor(micro / 1e6 + 0.5))
    assert [p["feature"] for p in points] == [f.name for f in CATALOGUE.champion]


def test_score_pd_and_grade_tell_one_story(client: httpx.Client) -> None:
    found = ask(client, WEAK)
    odds = 20 * 2 ** ((found["score_micro_points"] / 1e6 - 600) / 40)
    assert found["pd"] == found["model_pd"] == pytest.approx(1 / (1 + odds), rel=1e-9)
    margin = -math.log(odds)  # the tests' calibration is the identity
    error = 1.959963984540054 * math.sqrt(0.04 * margin**2 + 2 * 0.03 * margin + 0.05)
    ends = [1 / (1 + math.exp(-(margin + side * error))) for side in (-1, 1)]
    assert found["pd_interval"] == pytest.approx({"low": ends[0], "high": ends[1], "level": 0.95})
    long_run = found["pd_through_the_cycle"]
    assert long_run == pytest.approx(1 / (1 + odds * np.exp(0.7)), rel=1e-9)
    assert found["graded_by"] == "through_the_cycle"
    assert found["grade"] == Policy.load(POLICY).grade(long_run).name


def test_the_weak_score_less_than_the_strong(client: httpx.Client) -> None:
    strong, weak = ask(client, STRONG), ask(client, WEAK)
    assert weak["score"] < strong["score"]
    assert weak["pd"] > strong["pd"]


def test_a_default_in_force_is_grade_d_and_is_lent_nothing(client: httpx.Client) -> None:
    found = ask(client, DEFAULTED)
    assert found["default_in_force"]
    assert (found["grade"], found["pd"], found["pd_through_the_cycle"]) == ("D", 1.0, 1.0)
    assert found["model_pd"] < 1
    assert (found["limit"]["amount_fen"], found["limit"]["binding"]) == (0, "grade")
    before = ask(client, DEFAULTED, as_of=text_of(AS_OF - 25 * DAY))
    assert not before["default_in_force"]
    assert before["grade"] != "D"


def test_reasons_are_the_costliest_families_opened_to_features(client: httpx.Client) -> None:
    found = ask(client, WEAK)
    sums: dict[str, list[int]] = {}
    for point in found["points"]:
        family = CATALOGUE.by_name[point["feature"]].family
        whole, micro = sums.get(family, [0, 0])
        sums[family] = [whole + point["points"], micro + point["micro_points"]]
    ordered = sorted(micro for _, micro in sums.values())
    assert 2 <= len(found["reasons"]) <= 4
    assert [reason["micro_points"] for reason in found["reasons"]] == ordered[
        : len(found["reasons"])
    ]
    for reason in found["reasons"]:
        assert [reason["points"], reason["micro_points"]] == sums[reason["family"]]
        assert reason["stable"] is None
        for told in reason["features"]:
            feature = CATALOGUE.by_name[told["feature"]]
            assert feature.family == reason["family"]
            assert (told["text_en"], told["text_zh"]) == (feature.risky.en, feature.risky.zh)
            assert told["unit"] == feature.unit
    assert any(told["messages"] for reason in found["reasons"] for told in reason["features"])


def test_the_messages_behind_a_reason_are_the_enterprises_own_and_known_by_then(
    client: httpx.Client,
) -> None:
    port = populate()
    own = {
        m["message_id"]: (stream, m)
        for stream, messages in port.messages.items()
        for m in messages
        if m["enterprise_id"] == WEAK
    }
    shown = [
        message
        for reason in ask(client, WEAK)["reasons"]
        for told in reason["features"]
        for message in told["messages"]
    ]
    assert shown
    for message in shown:
        stream, stated = own[message["message_id"]]
        assert message["stream"] == stream
        assert message["occurred_at"] == text_of(stated["occurred_at"])
        assert message["recorded_at"] == text_of(stated["recorded_at"])
        assert message["known_at"] <= text_of(AS_OF)


def test_no_lender_is_named_anywhere(client: httpx.Client) -> None:
    text = client.post("/v1/scores", json={"enterprise_id": WEAK, **ASKED}).text
    profile = client.get(f"/v1/enterprises/{WEAK}/profile", params=ASKED).text
    assert "financing" in text
    for secret in ("BANK-7", "BANK-SECRET", "SUPPLIER-", "BUYER-"):
        assert secret not in text
        assert secret not in profile


def test_the_values_are_those_of_a_feature_table_built_for_all(
    client: httpx.Client, world: World, tmp_path: Path
) -> None:
    record = Record.open(world.database)
    mirror = Mirror(tmp_path / "mirror")
    mirror.refresh(record)
    points = np.array([AS_OF], np.int64)
    build(record, mirror, tmp_path / "t.parquet", points, lambda *_: None)
    record.close()
    table = FeatureTable.read(tmp_path / "t.parquet")
    for who in (STRONG, WEAK, DEFAULTED, code(7)):
        row = table.values[np.flatnonzero(table.enterprise_id == who)[0]]
        expected = {
            name: None if np.isnan(value) else value
            for name, value in zip(table.names, row, strict=True)
        }
        stated = ask(client, who)["points"]
        found = {p["feature"]: p["value"] for p in stated if not p["withheld"]}
        assert found == {name: expected[name] for name in found}
        withheld = {p["feature"]: p["value"] for p in stated if p["withheld"]}
        assert withheld.keys() <= OF_OTHERS
        assert set(withheld.values()) <= {None}
        assert len(found) + len(withheld) == len(CATALOGUE.champion)


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK, *map(code, range(0, 24, 5))])
def test_stock_and_pledges_by_chapter_add_up_to_the_features(
    world: World, enterprise_id: str
) -> None:
    record = Record.open(world.database)
    number = record.number_of([enterprise_id])[enterprise_id]
    facts = facts_of(record, [number])
    features = tuple(CATALOGUE.by_name[n] for n in ("stock_value_now", "pledged_amount_now"))
    spine = Spine(np.array([number]), np.array([AS_OF]))
    value, pledged = evaluate(facts, spine, features).values[0]
    found = stock_by_chapter(record, facts, number, AS_OF)
    record.close()
    assert sum(goods.value for goods in found) == value
    assert sum(goods.pledged for goods in found) == pledged
    assert {goods.chapter for goods in found} <= {"74", "26"}
    assert value > 0


def test_an_answer_is_given_again_byte_for_byte(client: httpx.Client) -> None:
    first = client.post("/v1/scores", json={"enterprise_id": WEAK, **ASKED})
    again = client.get(f"/v1/scores/{first.json()['score_id']}")
    assert again.status_code == 200
    assert again.content == first.content
    assert again.headers["content-type"] == "application/json"
    assert orjson.dumps(first.json(), option=orjson.OPT_SORT_KEYS) == first.content


def test_an_answer_names_all_that_it_rests_on(client: httpx.Client, world: World) -> None:
    found = ask(client, STRONG, client_reference="loan-17")
    bundle = Shelf(world.models).champion()
    record = Record.open(world.database)
    assert found["model"] == {"name": "sme-pd", "version": "7", "hash": bundle.hash}
    assert found["catalogue_hash"] == CATALOGUE.hash
    assert found["policy"] == {"name": "default", "hash": Policy.load(POLICY).hash}
    assert found["client_reference"] == "loan-17"
    assert found["record_position"] == record.position()
    assert found["as_of"] == "2022-12-31T16:00:00Z"
    assert found["answered_at"] == text_of(NOW)
    newest = record.messages([found["newest_message"]["position"]])[0]
    assert found["newest_message"]["known_at"] == text_of(newest.known_at)
    record.close()


def test_without_an_as_of_the_clock_is_meant(client: httpx.Client) -> None:
    answer = client.post("/v1/scores", json={"enterprise_id": STRONG}).json()
    assert answer["as_of"] == text_of(NOW)


def test_a_service_of_a_recorded_world_may_mean_another_time(
    settings: Settings,
) -> None:
    fixed = settings.model_copy(update={"as_of": AS_OF})
    with served(create_app(fixed, clock=lambda: NOW)) as client:
        answer = client.post("/v1/scores", json={"enterprise_id": STRONG}).json()
        assert answer["as_of"] == text_of(AS_OF)
        assert client.get("/readyz").json()["default_as_of"] == text_of(AS_OF)


def test_every_answer_stands_in_the_ledger_once(fresh: httpx.Client, settings: Settings) -> None:
    def call(number: int) -> str:
        return str(ask(fresh, code(number % 6), client_reference=f"r{number}")["score_id"])

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(call, range(48)))
    path = settings.ledger.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT score_id, enterprise_id, status, as_of, client_reference FROM score"
        ).fetchall()
    connection.close()
    assert len(set(ids)) == 48
    assert {row[0] for row in rows} == set(ids)
    assert {row[4] for row in rows} == {f"r{number}" for number in range(48)}
    assert {(row[2], row[3]) for row in rows} == {("scored", AS_OF)}


def test_the_same_question_asked_at_once_by_many_has_one_answer(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ask(client, WEAK), range(24)))
    for answer in found:
        del answer["score_id"]
    assert all(answer == found[0] for answer in found)


def test_an_answer_that_cannot_be_logged_is_not_given(
    fresh: httpx.Client, settings: Settings
) -> None:
    ask(fresh, STRONG)
    path = settings.ledger.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE score")
    connection.close()
    answer = fresh.post("/v1/scores", json={"enterprise_id": STRONG, **ASKED})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "so it is not given" in answer.json()["detail"]
    assert "score_id" not in answer.json()


def test_what_is_recorded_later_changes_no_score_as_of_its_position(tmp_path: Path) -> None:
    populate().write(tmp_path / "messages")
    database = f"sqlite:///{tmp_path}/record.db"
    ingest(tmp_path / "messages", database).close()
    world = World(tmp_path, database, tmp_path / "models")
    scorer = _scorer(world, tmp_path)
    request = ScoreRequest(enterprise_id=STRONG, as_of=text_of(AS_OF))
    first = scorer.answer(request, NOW, None, Stopwatch()).answer
    late = Port()
    late.say("custody", "counted", AS_OF - 3 * DAY, STRONG, **_count(STRONG))
    late.messages["custody"][0]["message_id"] = "LATE"
    late.write(tmp_path / "late")
    ingest(tmp_path / "late", database).close()
    after = scorer.answer(request, NOW, None, Stopwatch()).answer
    assert after.record_position == first.record_position + 1
    assert after.data_depth.messages == first.data_depth.messages + 1

    class AsItWas(Record):
        def position(self) -> int:
            return first.record_position

    past = Scorer(
        FactsReader(AsItWas(scorer.record.engine)), scorer.bundle, scorer.policy, scorer.ledger
    ).answer(request, NOW, None, Stopwatch())
    assert past.answer.model_copy(update={"score_id": first.score_id}) == first
    scorer.record.close()
    scorer.ledger.close()


def test_postgresql_gives_the_same_answers_as_sqlite(
    postgresql: str, world: World, client: httpx.Client, tmp_path: Path
) -> None:
    messages = Path(shutil.copytree(world.folder / "messages", tmp_path / "messages"))
    sign_custody(messages, postgresql)
    ingest(messages, postgresql).close()
    both = {"database": postgresql, "ledger": postgresql}
    settings = world.settings(tmp_path / "unused.db").model_copy(update=both)
    with served(create_app(settings, clock=lambda: NOW)) as other:
        for who in (STRONG, WEAK, DEFAULTED):
            here, there = ask(client, who), ask(other, who)
            again = other.get(f"/v1/scores/{there['score_id']}")
            assert again.json() == there
            del here["score_id"], there["score_id"]
            assert there == here
            path = f"/v1/enterprises/{who}/profile"
            assert other.get(path, params=ASKED).content == client.get(path, params=ASKED).content


def _count(who: str) -> dict[str, Any]:
    held = next(m for m in populate().messages["custody"] if m["enterprise_id"] == who)
    return {key: held[key] for key in ("cargo_code", "warehouse", "unit", "quantity")}


def _scorer(world: World, folder: Path) -> Scorer:
    from tests.serving.conftest import train

    record = Record.open(world.database)
    train(record, folder / "bundle")
    Shelf(world.models).publish(folder / "bundle", "sme-pd", "1")
    ledger = Ledger.open(f"sqlite:///{folder}/ledger.db")
    return Scorer(FactsReader(record), Shelf(world.models).champion(), Policy.load(POLICY), ledger)
