"""Two people with keys, a model as the registry tells of it, and validation reports."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from training.promotion.exception import SignedException, Statement
from training.promotion.keys import make_key, read_key
from training.promotion.people import Person
from training.promotion.report import ReportRead, read_report
from training.registry import Version
from training.report.settings import Bounds, ValidationSettings

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = ROOT / "configs" / "validation.yaml"
CONFIGURED = ValidationSettings.read(SETTINGS)
MODEL = "a" * 64
CATALOGUE = "c" * 64
DAY = "2023-03-01"


def report_bytes(
    model: Version, verdicts: dict[str, str], settings: ValidationSettings = CONFIGURED
) -> bytes:
    """A report as `cargoworthy validate` writes it, as far as promotion reads it."""
    bounds = {code: settings.bounds.get(code, Bounds()) for code in verdicts}
    order = ["not applicable", "green", "amber", "red"]
    stated = {
        "format": 1,
        "model": {
            "name": model.name,
            "version": model.version,
            "hash": model.tags["hash"],
            "catalogue_hash": model.tags["catalogue_hash"],
        },
        "record_position": 7,
        "config_sha256": settings.sha256,
        "checks": [
            {"code": code, "verdict": one, **bounds[code].model_dump()}
            for code, one in verdicts.items()
        ],
        "verdict": max(verdicts.values(), key=order.index, default="not applicable"),
    }
    return json.dumps(stated).encode()


def write_report(folder: Path, model: Version, content: bytes) -> str:
    """Lay a report where promotion looks for it; its hash."""
    place = folder / f"{model.name}-{model.version}"
    place.mkdir(parents=True, exist_ok=True)
    (place / "report.json").write_bytes(content)
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Signers:
    """People with a key each, in files of a folder."""

    folder: Path
    people: dict[str, Person]

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def sign(self, report: ReportRead, name: str, **other: object) -> SignedException:
        """Sign for a report; what is given otherwise is signed instead."""
        said: dict[str, object] = {
            "model_hash": report.model_hash,
            "report_sha256": report.sha256,
            "red": report.red,
            "reason": "the calm year is over",
            "person": name,
            "day": DAY,
        }
        statement = Statement.model_validate({**said, **other})
        return SignedException.make(statement, read_key(self.key(name)))


@pytest.fixture(scope="session")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    folder = tmp_path_factory.mktemp("keys")
    people = {
        name: Person(name=name, role="validator", public_key=make_key(folder / f"{name}.pem"))
        for name in ("Chen Jing", "Li Wei", "Zhao Min")
    }
    return Signers(folder, people)


@pytest.fixture
def model(tmp_path: Path) -> Version:
    tags = {"hash": MODEL, "catalogue_hash": CATALOGUE}
    return Version("sme-pd", "7", ("challenger",), 0, "run", tmp_path, tags)


@pytest.fixture
def reported(model: Version, tmp_path: Path) -> Callable[..., ReportRead]:
    """Write a report of the model with these verdicts by code, tag the model, and read it."""

    def report(**verdicts: str) -> ReportRead:
        content = report_bytes(model, verdicts)
        model.tags["report_sha256"] = write_report(tmp_path, model, content)
        return read_report(tmp_path, model.name, model.version)

    return report
