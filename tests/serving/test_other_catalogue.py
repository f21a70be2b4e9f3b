"""A champion that carries another catalogue than this version's: it is served, and replayed."""

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest

from features.catalogue import CATALOGUE, Catalogue
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.families.balances import DECLARED
from features.feature import Feature, Phrase
from features.nodes.windows import Total
from features.online import facts_of
from serving.app import create_app
from serving.ledger import Ledger
from serving.settings import Settings
from supervision.record import Record
from tests.serving.conftest import AS_OF, NOW, STRONG, WEAK, World, served, train
from tests.serving.test_problems import problem
from tests.serving.test_scores import ask
from training.model.bundle import Bundle
from training.model.shelf import Shelf

DROPPED, RENAMED = "turnover_365d", "declared_value_sum_90d"
SAID = Phrase("Said as it was said in those days.", "当时的说法。")


def _changed(feature: Feature) -> Feature:
    said = dataclasses.replace(feature, low=SAID, high=SAID, title=SAID)
    if feature.name == RENAMED:
        recipe = Total(DECLARED, "declared_value", 60)
        return dataclasses.replace(said, name="declared_value_sum_60d", recipe=recipe, window=60)
    return said


OTHER = Catalogue(tuple(_changed(one) for one in CATALOGUE.features if one.name != DROPPED))


@pytest.fixture(scope="module")
def other(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shelf whose champion was trained in a version with another catalogue."""
    folder = tmp_path_factory.mktemp("other")
    with closing(Record.open(world.database)) as record:
        train(record, folder / "bundle", catalogue=OTHER)
    Shelf(folder / "models").publish(folder / "bundle", "sme-pd", "3")
    return folder / "models"


@pytest.fixture
def of_other(settings: Settings, other: Path) -> Iterator[httpx.Client]:
    changed = settings.model_copy(update={"models": other})
    with served(create_app(changed, clock=lambda: NOW)) as client:
        yield client


def test_a_champion_of_another_catalogue_is_served_by_its_own_recipes_and_words(
    of_other: httpx.Client, world: World
) -> None:
    answer = ask(of_other, WEAK)
    assert answer["catalogue_hash"] == OTHER.hash != CATALOGUE.hash
    with closing(Record.open(world.database)) as record:
        number = record.number_of([WEAK])[WEAK]
        spine = Spine(np.array([number]), np.array([AS_OF]))
        values = evaluate(facts_of(record, [number]), spine, OTHER.champion)
    told = {one["feature"]: one["value"] for one in answer["points"]}
    assert DROPPED not in told
    assert RENAMED not in told
    for name, value in zip(values.names, values.values[0].tolist(), strict=True):
        if told[name] is not None:
            assert told[name] == value
    said = [one for reason in answer["reasons"] for one in reason["features"]]
    assert {one["title_zh"] for one in said} == {SAID.zh}
    assert any(one["text_en"] == SAID.en for one in said)


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK])
def test_it_is_replayed_byte_for_byte(of_other: httpx.Client, enterprise_id: str) -> None:
    first = of_other.post("/v1/scores", json={"enterprise_id": enterprise_id})
    again = of_other.post(f"/v1/replays/{first.json()['score_id']}")
    assert again.json()["identical"], again.json()["differences"]
    assert first.content in again.content


def test_an_answer_of_an_older_champion_is_replayed_though_this_one_is_of_another_catalogue(
    settings: Settings, other: Path, world: World
) -> None:
    mine = settings.model_copy(update={"models": other})
    with served(create_app(mine, clock=lambda: NOW)) as client:
        given = client.post("/v1/scores", json={"enterprise_id": WEAK})
        Shelf(other).publish(world.folder / "bundle", "sme-pd", "7")
    try:
        with served(create_app(mine, clock=lambda: NOW)) as client:
            assert ask(client, WEAK)["catalogue_hash"] == CATALOGUE.hash
            again = client.post(f"/v1/replays/{given.json()['score_id']}")
            assert given.content in again.content
    finally:
        Shelf(other).publish(other.parent / "bundle", "sme-pd", "3")


def test_what_the_engine_does_not_know_is_not_served_but_named(
    settings: Settings, world: World, tmp_path: Path
) -> None:
    mine = settings.model_copy(update={"models": tmp_path / "models"})
    strange = Bundle.load(world.folder / "bundle")
    file = strange.catalogue_file.replace(b'"node": "Total"', b'"node": "Wavelet"')
    dataclasses.replace(strange, catalogue_file=file).write(tmp_path / "strange")
    Shelf(mine.models).publish(tmp_path / "strange", "sme-pd", "9")
    with served(create_app(mine, clock=lambda: NOW)) as client:
        found = problem(client.get("/readyz"), 503, "not-ready")
        assert "Wavelet" in found.found
        assert "declared_value_sum_90d" in found.found


def test_a_replay_by_a_model_of_unknown_recipes_is_a_conflict(
    settings: Settings, world: World, tmp_path: Path
) -> None:
    mine = settings.model_copy(update={"models": tmp_path / "models"})
    Shelf(mine.models).publish(world.folder / "bundle", "sme-pd", "7")
    with served(create_app(mine, clock=lambda: NOW)) as client:
        score_id = ask(client, STRONG)["score_id"]
    strange = Bundle.load(world.folder / "bundle")
    file = strange.catalogue_file.replace(b'"node": "Total"', b'"node": "Wavelet"')
    laid = dataclasses.replace(strange, catalogue_file=file).write(tmp_path / "strange")
    (tmp_path / "strange").rename(mine.models / laid.hash)
    with Ledger.open(mine.ledger) as ledger:
        entry = ledger.entry(score_id)
        assert entry is not None
        ledger.append(dataclasses.replace(entry, score_id="strange", model_hash=laid.hash))
    with served(create_app(mine, clock=lambda: NOW)) as client:
        found = problem(client.post("/v1/replays/strange"), 409, "other-catalogue")
    assert "Wavelet" in found.found
