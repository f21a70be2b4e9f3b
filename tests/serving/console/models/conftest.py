"""A console whose champion tells how its training's rows were spread, with a challenger beside."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.calendar import month_ends, parse_time
from serving.access import consents as log
from serving.access.consents import Consents
from serving.access.store import Store
from serving.app import create_app
from serving.console.officers.role import OfficerRole
from serving.console.officers.sessions import prepare
from serving.rooms import Rooms
from tests.serving.conftest import DEFAULTED, NOW, STRONG, WEAK, World, code, served
from tests.serving.console.conftest import BANK, OTHER_BANK, Console, consent, score
from training.model.bundle import Bundle
from training.model.dossier import Dossier, name_challenger, summary
from training.model.reference import FACT, Reference
from training.model.shelf import Shelf
from training.promotion.record import Promotion, PromotionRecord

PORTFOLIO = (*(code(number) for number in range(24)), STRONG, WEAK, DEFAULTED)
MONTHS = (*(int(end) for end in month_ends("2022-09", "2022-11")), parse_time("2023-01-01"))
OLD = int(month_ends("2021-11", "2021-11")[0])
"""Its year was over and reported when the tests' year begins."""
CHECKS = [
    ("VAL201", "red", 0.41, "below"),
    ("VAL305", "amber", 0.03, "below"),
    ("VAL501", "green", 0.04, "above"),
]
PAGE = b"<!doctype html><title>Validation</title><script>let plots = 1</script>"


@dataclass(frozen=True)
class ModelsDesk:
    """The console under test, and what lies on its shelf."""

    console: Console
    shelf: Path
    champion: Bundle
    challenger: str
    promotions: str


def facts_of(bundle: Bundle, seed: int) -> dict[str, Any]:
    """Facts as a training leaves them, the reference of made-up rows among them."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, (400, len(bundle.features))) ** 2
    points = (rng.normal(600, 40, 400) * 1_000_000).astype(np.int64)
    part = {"rows": 400, "enterprises": 90, "defaults": 21, "from": "2019-12", "to": "2020-05"}
    figures = {"auc": 0.7012, "auc_low": 0.61, "auc_high": 0.79, "gini": 0.4, "ks": 0.35}
    figures |= {"brier": 0.027, "mean_pd": 0.05, "default_rate": 0.031}
    return {
        "fit": part,
        "calibration": part,
        "test": part,
        "window_months": 12,
        "reporting_lag_months": 1,
        "performance": {"out_of_time": {"candidate": figures}},
        FACT: Reference.of(bundle.features, values, points, 90).stated(),
    }


def report_of(folder: Path, bundle: Bundle, version: str) -> tuple[dict[str, Any], str]:
    """A validation report in its folder; what it states, and its SHA-256."""
    model = {"name": "sme-pd", "version": version, "hash": bundle.hash}
    test = {"rows": 400, "enterprises": 90, "defaults": 21, "from": "2021-06", "to": "2021-11"}
    stated = {
        "model": {**model, "catalogue_hash": bundle.catalogue_hash},
        "verdict": "red",
        "figures": {
            "counts": {"red": 1, "amber": 1, "green": 1, "not applicable": 0},
            "test": test,
        },
        "checks": [
            {
                "code": name,
                "title_en": f"Check {name}",
                "title_zh": f"检验{name}",
                "detail_en": f"Detail of {name} <b>.",
                "detail_zh": f"{name}说明",
                "verdict": verdict,
                "figure": figure,
                "amber": 0.05,
                "red": None,
                "worse": worse,
            }
            for name, verdict, figure, worse in CHECKS
        ],
    }
    folder.mkdir(parents=True)
    content = json.dumps(stated).encode()
    (folder / "report.json").write_bytes(content)
    (folder / "report.html").write_bytes(PAGE)
    return stated, hashlib.sha256(content).hexdigest()


def lay(folder: Path, shelf: Path, bundle: Bundle, version: str, promotion: Any) -> Dossier:
    stated, sha256 = report_of(folder / f"report-{version}", bundle, version)
    card = (
        f"# Model card: sme-pd\n\n| a | b |\n|---|--:|\n| x | 1 |\n\n<script>{version}</script>\n"
    )
    found = Dossier(
        stated["model"],
        card,
        summary(stated, sha256),
        promotion,
        list(bundle.features),
        dict(bundle.facts),
    )
    found.write(shelf, folder / f"report-{version}")
    return found


@pytest.fixture(scope="session")
def models(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelsDesk]:
    folder = tmp_path_factory.mktemp("models")
    shelf = folder / "shelf"
    plain = Shelf(world.models).champion()
    champion = replace(plain, facts=facts_of(plain, 1)).write(folder / "champion")
    rival = replace(plain, facts={**facts_of(plain, 2), "rounds": 9}).write(folder / "rival")
    told = {"position": 1, "hash": "e" * 64, "promoted_by": "陈静", "promoted_at": NOW}
    lay(folder, shelf, champion, "8", {**told, "reason": "yearly", "signers": ["Li Wei"]})
    laid = lay(folder, shelf, rival, "9", None)
    name_challenger(shelf, laid.model)
    Shelf(shelf).publish(folder / "champion", "sme-pd", "8")
    url = f"sqlite:///{folder}/promotions.db"
    with PromotionRecord.open(url) as record:
        stated = Promotion(
            "sme-pd", "8", champion.hash, "f" * 64, "amber", "陈静", "yearly", "[]", NOW
        )
        record.append(stated)
    settings = world.settings(folder / "ledger.db", as_of=MONTHS[-1], models=shelf, promotions=url)
    rooms = Rooms(settings)
    store = Store(settings.ledger, (log.prepare, prepare))
    given = Consents(store)
    for each in PORTFOLIO:
        given.grant(consent(each, BANK), "test")
    given.grant(consent(STRONG, OTHER_BANK), "test")
    score(rooms, BANK, PORTFOLIO, (OLD, *MONTHS))
    score(rooms, OTHER_BANK, (STRONG,), MONTHS[-1:])
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = Console(client, store, rooms)
        found.officer("liu.yan", OfficerRole.MODEL)
        found.officer("wang.min", OfficerRole.APPROVER)
        found.officer("li.wei", OfficerRole.OFFICER)
        found.officer("zhou.tao", OfficerRole.DATA)
        found.officer("small", OfficerRole.MODEL, OTHER_BANK)
        yield ModelsDesk(found, shelf, champion, rival.hash, url)
    store.close()
    rooms.close()
