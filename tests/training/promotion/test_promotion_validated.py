"""What `cargoworthy validate` writes is what promotion reads."""

import json
from pathlib import Path

import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from features.catalogue import CATALOGUE
from training.config import StabilitySettings, TrainConfig
from training.experiment import run
from training.inputs import read_inputs
from training.model.dossier import read_challenger, read_report_file
from training.model.reference import Reference
from training.model.shelf import Shelf
from training.promotion import cli
from training.registration import register_experiment
from training.report.cli import validate
from training.report.settings import ValidationSettings

ROOT = Path(__file__).resolve().parents[3]

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.slow,
]

app = Typer()
app.command()(validate)
for name in ("promote", "sign_exception", "keygen"):
    app.command(name.replace("_", "-"))(getattr(cli, name))


def call(*arguments: str) -> str:
    found = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


def test_a_model_is_validated_then_promoted_with_signatures_if_red(
    recorded: TrainConfig, tmp_path: Path
) -> None:
    store = {
        "tracking": f"sqlite:///{tmp_path / 'mlflow.db'}",
        "artifacts": tmp_path / "artifacts",
        "stability": StabilitySettings(refits=0),
    }
    config = recorded.model_copy(update=store)
    inputs = read_inputs(config, CATALOGUE)
    made = register_experiment(run(inputs, CATALOGUE, config, lambda _: None), inputs, config)
    settings = ValidationSettings.read(ROOT / "configs" / "validation.yaml").model_copy(
        update={"simulations": 200, "additive_rows": 2000, "probe_rows": 50}
    )
    for file, stated in (("train", config), ("settings", settings)):
        text = yaml.safe_dump(stated.model_dump(mode="json"))
        (tmp_path / f"{file}.yaml").write_text(text)
    common = ("--config", str(tmp_path / "train.yaml"))
    words = ("--settings", str(tmp_path / "settings.yaml"), "--out", str(tmp_path))
    words += ("--models", str(tmp_path / "models"))
    report = json.loads(call("validate", made.version, *common, *words, "--format", "json"))

    challenger = read_challenger(tmp_path / "models")
    assert challenger is not None
    assert challenger.model["hash"] == made.tags["hash"]
    assert challenger.promotion is None
    assert Reference.read(challenger.facts) is not None
    page = read_report_file(tmp_path / "models", challenger, "report.html")
    assert page is not None
    assert made.tags["hash"].encode() in page
    common += words[:2]
    common += ("--people", str(tmp_path / "people.yaml"), "--reports", str(tmp_path))
    options: tuple[str, ...] = ()
    red = sorted(check["code"] for check in report["checks"] if check["verdict"] == "red")
    if red:
        names = ("Li Wei", "Zhao Min")
        lines = [call("keygen", one, "--out", str(tmp_path / f"{one}.pem")) for one in names]
        (tmp_path / "people.yaml").write_text("people:\n" + "".join(lines))
        for one in names:
            out = str(tmp_path / f"{one}.json")
            key = ("--key", str(tmp_path / f"{one}.pem"), "--reason", "a small world of a test")
            call("sign-exception", made.version, "--by", one, *key, "--out", out, *common)
            options += ("--exception", out)
    said = json.loads(
        call(
            *("promote", made.version, "--by", "tests", "--reason", "it was validated", *options),
            *("--models", str(tmp_path / "models"), "--format", "json", *common),
            *("--promotions", f"sqlite:///{tmp_path / 'promotions.db'}"),
            *("--key", str(tmp_path / "promotion.key")),
        )
    )
    assert Shelf(tmp_path / "models").champion().hash == made.tags["hash"]
    assert read_challenger(tmp_path / "models") is None
    assert said["promotion"]["verdict"] == report["verdict"]
    assert [one["statement"]["red"] for one in said["promotion"]["exceptions"]] == (
        [red, red] if red else []
    )
