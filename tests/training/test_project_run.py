"""A run that `mlflow run` began is the run of the training."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from training.config import TrainConfig
from training.tracking import PROJECT_RUN, RunRecord, Store, experiment_of, keep

ROOT = Path(__file__).resolve().parents[2]

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    base = tmp_path_factory.mktemp("project")
    return Store(f"sqlite:///{base / 'mlflow.db'}", base / "artifacts")


def record(folder: Path, experiment: str) -> RunRecord:
    (folder / "bundle").mkdir(parents=True, exist_ok=True)
    (folder / "bundle" / "model.txt").write_text("tree")
    return RunRecord(experiment, {"seed": 1}, {"auc": 0.5}, {}, {}, folder)


def test_a_run_begun_here_is_written_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = store.client()
    begun = client.create_run(experiment_of(client, store, "a")).info.run_id
    monkeypatch.setenv(PROJECT_RUN, begun)
    first = keep(client, store, record(tmp_path, "a"))
    assert first.run_id == begun
    assert client.get_run(begun).info.status == "FINISHED"
    assert client.get_run(begun).data.metrics["auc"] == 0.5
    assert keep(client, store, record(tmp_path, "a")).run_id != begun


@pytest.mark.parametrize("begun", ["elsewhere", "other experiment"])
def test_a_run_of_another_store_or_experiment_is_left_alone(
    begun: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = store.client()
    stated = "f" * 32
    if begun == "other experiment":
        stated = client.create_run(experiment_of(client, store, "b")).info.run_id
    monkeypatch.setenv(PROJECT_RUN, stated)
    assert keep(client, store, record(tmp_path, "a")).run_id != stated


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_mlflow_run_tunes_and_retrains(recorded: TrainConfig, tmp_path: Path) -> None:
    """The project as a modeller calls it, on a small table."""
    small = recorded.model_copy(
        update={
            "tracking": f"sqlite:///{tmp_path / 'mlflow.db'}",
            "artifacts": tmp_path / "artifacts",
            "model": recorded.model.model_copy(update={"max_rounds": 15, "patience": 5}),
        }
    )
    settings = yaml.safe_dump(small.model_dump(mode="json"))
    (tmp_path / "train.yaml").write_text(settings)
    (tmp_path / "MLproject").write_bytes((ROOT / "MLproject").read_bytes())
    client = Store(small.tracking, small.artifacts).client()
    number = experiment_of(client, Store(small.tracking, small.artifacts), small.name)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "MLFLOW_TRACKING_URI": small.tracking,
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    options = ["--env-manager", "local", "--experiment-name", small.name]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mlflow", "run", ".", "-e", "train", *options),
            *("-P", "trials=2", "-P", f"config={tmp_path / 'train.yaml'}"),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs = client.search_runs([number])
    project = next(one for one in runs if "mlflow.project.entryPoint" in one.data.tags)
    assert project.data.params["trials"] == "2"
    assert project.data.metrics["test_auc"] > 0.5
    assert project.info.status == "FINISHED"
    assert sum("trial" in one.data.tags for one in runs) == 2
    (version,) = client.search_model_versions(f"name = '{small.name}'")
    assert version.run_id == project.info.run_id
    kept = {path.name for path in (tmp_path / "artifacts").rglob("*") if path.is_file()}
    assert {"model_card.md", "model.onnx", "MLmodel", "trials.json", "roc.png"} <= kept
