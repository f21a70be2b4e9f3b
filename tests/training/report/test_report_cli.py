import hashlib
import json
from pathlib import Path

import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from training.config import TrainConfig
from training.model.bundle import Bundle
from training.model.dossier import read_challenger, read_report_file
from training.registry import Version, register, version
from training.report.cli import validate
from training.report.port_evidence import run_config
from training.report.settings import ValidationSettings
from training.tracking import RunRecord, Store, keep

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

app = Typer()
app.command()(validate)


def registered(bundle: Bundle, config: TrainConfig, folder: Path) -> Version:
    """The bundle as a version, in a run such as a training leaves."""
    store = Store(config.tracking, config.artifacts)
    client = store.client()
    written = bundle.write(folder / "bundle")
    (folder / "train.yaml").write_text(yaml.safe_dump(config.model_dump(mode="json")))
    made = keep(client, store, RunRecord(config.name, {}, {}, {}, {}, folder))
    return register(client, config.name, written, made, {})


def test_a_version_is_validated_and_its_report_is_kept(
    bundle: Bundle, of_training: TrainConfig, settings: ValidationSettings, tmp_path: Path
) -> None:
    config = of_training.model_copy(
        update={
            "tracking": f"sqlite:///{tmp_path / 'mlflow.db'}",
            "artifacts": tmp_path / "artifacts",
        }
    )
    made = registered(bundle, config, tmp_path / "run")
    files = {"train": config.model_dump(mode="json"), "settings": settings.model_dump(mode="json")}
    for name, stated in files.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(stated), encoding="utf-8")
    words = ["challenger", "--config", str(tmp_path / "train.yaml"), "--format", "json"]
    words += ["--settings", str(tmp_path / "settings.yaml"), "--out", str(tmp_path / "reports")]
    words += ["--models", str(tmp_path / "models")]
    found = CliRunner().invoke(app, words, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    stated = json.loads(found.stdout)
    assert stated["model"]["hash"] == made.tags["hash"]
    kept = tmp_path / "reports" / f"sme-pd-{made.version}" / "report.json"
    assert json.loads(kept.read_bytes()) == stated
    beside = read_challenger(tmp_path / "models")
    assert beside is not None
    assert (beside.model["version"], beside.promotion) == (made.version, None)
    assert read_report_file(tmp_path / "models", beside, "report.json") == kept.read_bytes()

    client = Store(config.tracking, config.artifacts).client()
    now = version(client, "sme-pd", made.version)
    assert now.tags["report_sha256"] == hashlib.sha256(kept.read_bytes()).hexdigest()
    assert now.tags["report_verdict"] == stated["verdict"]
    logged = {artifact.path for artifact in client.list_artifacts(made.run_id, "validation")}
    assert logged == {"validation/report.json", "validation/report.html"}
    assert run_config(made.folder) == config
