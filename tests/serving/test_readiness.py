import json
import shutil
from pathlib import Path

import httpx
import pytest

from serving.app import create_app
from serving.errors import MalformedPolicy
from serving.instants import text_of
from serving.problems import URN
from serving.settings import Settings
from supervision.record import Record
from tests.serving.conftest import AS_OF, NOW, STRONG, World, served, train, until
from training.model.shelf import Shelf

ASKED = {"enterprise_id": STRONG, "as_of": text_of(AS_OF)}


def not_ready(client: httpx.Client) -> str:
    """Every way in says the same: why no request can be answered now."""
    for answer in (client.get("/readyz"), client.post("/v1/scores", json=ASKED)):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"]
        assert answer.json()["type"] == URN + "not-ready"
    assert client.get("/healthz").status_code == 200
    return str(answer.json()["found"])


def test_ready_means_that_everything_is_there_and_fits(client: httpx.Client, world: World) -> None:
    found = client.get("/readyz").json()
    bundle = Shelf(world.models).champion()
    assert found["status"] == "ready"
    assert found["model_hash"] == bundle.hash
    assert found["catalogue_hash"] == bundle.catalogue_hash
    assert found["record_position"] > 0
    assert found["warning"] is None


def test_without_a_champion_the_service_lives_but_is_not_ready(
    world: World, tmp_path: Path
) -> None:
    settings = world.settings(tmp_path / "l.db", models=tmp_path / "none")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        assert "cargoworthy promote" in not_ready(client)


def test_a_champion_that_is_promoted_later_is_served_without_a_restart(
    world: World, tmp_path: Path
) -> None:
    settings = world.settings(tmp_path / "l.db", models=tmp_path / "models")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        not_ready(client)
        Shelf(tmp_path / "models").publish(world.folder / "bundle", "sme-pd", "8")
        assert client.get("/readyz").json()["model_version"] == "8"
        assert client.post("/v1/scores", json=ASKED).json()["model"]["version"] == "8"
        Shelf(tmp_path / "models").publish(world.folder / "bundle", "sme-pd", "9")
        until(lambda: client.get("/readyz").json()["model_version"] == "9")
        assert client.post("/v1/scores", json=ASKED).json()["model"]["version"] == "9"


def test_a_damaged_champion_is_not_served_and_the_last_good_one_is(
    world: World, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(world.models, models)
    settings = world.settings(tmp_path / "l.db", models=models)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        before = client.post("/v1/scores", json=ASKED).json()["model"]
        champion = json.loads((models / "champion.json").read_text())
        shutil.copytree(models / champion["folder"], models / "damaged")
        text = (models / "damaged" / "model.txt").read_bytes()
        (models / "damaged" / "model.txt").write_bytes(text[:500] + b"9" + text[501:])
        (models / "new.json").write_text(json.dumps({**champion, "folder": "damaged"}))
        (models / "new.json").replace(models / "champion.json")
        until(lambda: client.get("/readyz").json()["warning"])
        assert client.post("/v1/scores", json=ASKED).json()["model"] == before
        assert "model.txt" in client.get("/readyz").json()["warning"]


def test_a_champion_that_could_not_be_read_is_taken_when_it_can_be(
    world: World, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(world.models, models)
    part = models / Shelf(models).stated().folder / "model.txt"
    content = part.read_bytes()
    part.unlink()
    part.mkdir()  # to read it is an error of the system, not of the model
    settings = world.settings(tmp_path / "l.db", models=models)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        assert "model.txt" in not_ready(client)
        part.rmdir()
        part.write_bytes(content)
        assert client.get("/readyz").json()["status"] == "ready"


def test_a_damaged_champion_and_no_other_is_not_ready(world: World, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(world.models, models)
    (models / "champion.json").write_text("[]")
    settings = world.settings(tmp_path / "l.db", models=models)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        assert "champion.json" in not_ready(client)


def test_a_champion_of_another_catalogue_is_not_served(world: World, tmp_path: Path) -> None:
    record = Record.open(world.database)
    train(record, tmp_path / "bundle", catalogue_hash="0" * 64)
    record.close()
    Shelf(tmp_path / "models").publish(tmp_path / "bundle", "sme-pd", "1")
    settings = world.settings(tmp_path / "l.db", models=tmp_path / "models")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = not_ready(client)
        assert "0000000000000000" in found
        assert "train and promote a model" in found


def test_without_a_record_the_service_waits_for_one(world: World, tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    settings = world.settings(tmp_path / "l.db", database=f"sqlite:///{path}")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        assert "cargoworthy ingest" in not_ready(client)
        assert not path.exists()
        shutil.copy(world.database.removeprefix("sqlite:///"), path)
        assert client.get("/readyz").status_code == 200
        assert client.post("/v1/scores", json=ASKED).json()["status"] == "scored"


def test_an_empty_file_is_no_record(world: World, tmp_path: Path) -> None:
    (tmp_path / "record.db").write_bytes(b"")
    settings = world.settings(tmp_path / "l.db", database=f"sqlite:///{tmp_path}/record.db")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        assert "database without one" in not_ready(client)


def test_an_empty_record_has_no_enterprises_but_is_a_record(world: World, tmp_path: Path) -> None:
    Record.open(f"sqlite:///{tmp_path}/record.db", create=True).close()
    settings = world.settings(tmp_path / "l.db", database=f"sqlite:///{tmp_path}/record.db")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = client.post("/v1/scores", json=ASKED).json()
        assert found["causes"][0]["code"] == "unknown_enterprise"
        assert found["record_position"] == 0


def test_without_a_ledger_nothing_is_answered(world: World, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("")
    settings = world.settings(tmp_path / "blocked" / "l.db")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        assert "ledger" in not_ready(client)


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path, world: World) -> None:
    settings = world.settings(
        tmp_path / "l.db", models=tmp_path, database=f"sqlite:///{tmp_path}/none.db"
    )
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = not_ready(client)
        assert "cargoworthy ingest" in found
        assert "cargoworthy promote" in found


def test_a_service_does_not_start_on_a_policy_that_cannot_be(settings: Settings) -> None:
    with pytest.raises(MalformedPolicy):
        create_app(settings.model_copy(update={"policy": Path("none.yaml")}))
