"""What is told of the model in force, and the seals of a running service."""

import time
from pathlib import Path

import httpx

from serving.app import create_app
from serving.audit.verification import verify
from serving.ledger import Ledger
from serving.models.document import ChampionAnswer
from serving.models.examples import CHAMPION
from serving.settings import Settings
from tests.serving.conftest import NOW, STRONG, World, served
from tests.serving.test_problems import problem
from training.model.dossier import Dossier, read_dossier
from training.model.shelf import Shelf

CHECK = {
    "code": "VAL305",
    "title_en": "PD",
    "title_zh": "违约概率",
    "verdict": "amber",
    "figure": 0.03,
    "amber": 0.05,
    "red": None,
    "worse": "below",
}


def test_the_card_the_validation_and_the_promotion_are_told(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    champion = Shelf(world.models).champion()
    model = {"name": "sme-pd", "version": "7", "hash": champion.hash, "catalogue_hash": "c" * 64}
    counts = {"amber": 1, "green": 0, "not applicable": 0, "red": 0}
    report = {
        "verdict": "amber",
        "report_sha256": "d" * 64,
        "counts": counts,
        "test": {"rows": 9, "enterprises": 5, "defaults": 1, "from": "2021-06", "to": "2021-11"},
        "checks": [CHECK],
    }
    promotion = {
        "position": 4,
        "hash": "e" * 64,
        "promoted_by": "陈静",
        "promoted_at": NOW,
        "reason": "yearly retraining",
        "signers": ["Li Wei"],
    }
    dossier = Dossier(model, "# Model card", report, promotion)
    try:
        dossier.write(world.models)
        assert read_dossier(world.models, champion.hash) == dossier
        with served(create_app(settings, clock=lambda: NOW)) as client:
            answer = client.get("/v1/models/champion")
            assert answer.status_code == 200
            told = ChampionAnswer.model_validate_json(answer.content)
    finally:
        (world.models / "dossiers" / f"{champion.hash}.json").unlink()
    assert told.model.hash == champion.hash
    assert told.features == champion.features
    assert told.card == "# Model card"
    assert told.validation is not None
    assert told.validation.checks[0].model_dump() == CHECK
    assert (told.validation.test.first_month, told.validation.test.defaults) == ("2021-06", 1)
    assert told.promotion is not None
    assert (told.promotion.promoted_by, told.promotion.signers) == ("陈静", ("Li Wei",))
    assert told.promotion.promoted_at == "2023-01-01T16:00:00Z"


def test_a_champion_without_a_dossier_is_told_by_its_hash(
    client: httpx.Client, world: World
) -> None:
    told = client.get("/v1/models/champion").json()
    assert told["model"]["hash"] == Shelf(world.models).champion().hash
    assert (told["card"], told["validation"], told["promotion"]) == (None, None, None)


def test_without_a_champion_there_is_nothing_to_tell(settings: Settings, tmp_path: Path) -> None:
    none = settings.model_copy(update={"models": tmp_path / "none"})
    with served(create_app(none, clock=lambda: NOW)) as client:
        problem(client.get("/v1/models/champion"), 503, "not-ready")


def test_the_example_is_an_answer_that_could_be_given() -> None:
    ChampionAnswer.model_validate(CHAMPION)


def test_a_running_service_seals_what_it_answers(fresh: httpx.Client, settings: Settings) -> None:
    for _ in range(3):
        fresh.post("/v1/scores", json={"enterprise_id": STRONG})
    with Ledger.open(settings.ledger) as ledger:
        for _ in range(100):
            found = verify(ledger.engine)
            if found.sealed == 3:
                break
            time.sleep(0.1)
    assert (found.sealed, found.unsealed, found.scores, found.faults) == (3, 0, 3, ())
