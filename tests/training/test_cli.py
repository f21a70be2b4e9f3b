import json
from pathlib import Path

import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from supervision.errors import UsageError
from training import cli
from training.config import TrainConfig
from training.errors import TableError, TrainingError
from training.model.bundle import Bundle
from training.registry import versions
from training.tracking import Store

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "benchmarks" / "data"
SETTINGS = ROOT / "configs" / "validation.yaml"

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

app = Typer()
for name in ("train", "models_list", "models_show"):
    app.command(name.replace("_", "-"))(getattr(cli, name))


def call(*arguments: str) -> str:
    found = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


@pytest.fixture(scope="module")
def config_file(recorded: TrainConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "train.yaml"
    path.write_text(yaml.safe_dump(recorded.model_dump(mode="json")))
    return path


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Settings of a table's validation with few simulations."""
    stated = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("settings") / "validation.yaml"
    path.write_text(yaml.safe_dump(stated | {"simulations": 100, "additive_rows": 200}))
    return "--settings", str(path)


@pytest.fixture(scope="module")
def trained(config_file: Path) -> dict[str, object]:
    """What the first training said, as JSON."""
    said: dict[str, object] = json.loads(
        call("train", "--config", str(config_file), "--format", "json")
    )
    return said


def test_train_registers_a_challenger_with_its_figures(trained: dict[str, object]) -> None:
    assert trained["aliases"] == ["challenger"]
    assert int(str(trained["version"])) >= 1
    assert set(trained["figures"]) == {"auc", "gini", "ks", "brier"}  # type: ignore[call-overload]
    assert trained["findings"] == []


def test_the_run_keeps_parameters_figures_plots_and_the_model(
    trained: dict[str, object], recorded: TrainConfig
) -> None:
    client = Store(recorded.tracking, recorded.artifacts).client()
    run = client.get_run(str(trained["run_id"]))
    assert run.info.status == "FINISHED"
    parameters = run.data.params
    assert parameters["catalogue_hash"] == trained["catalogue_hash"]
    assert parameters["model_hash"] == trained["hash"]
    assert len(parameters["table_sha256"]) == 64
    assert parameters["test_months"] == "2021-06..2021-11"
    assert {"test_auc", "test_auc.core_enterprise_rule", "dropped_immature"} <= set(
        run.data.metrics
    )
    assert (
        len(client.get_metric_history(run.info.run_id, "validation_log_loss"))
        == recorded.split.folds
    )
    assert [m.step for m in client.get_metric_history(run.info.run_id, "month_auc")] == [
        202106 + month for month in range(6)
    ]
    assert len(run.data.tags["source_sha256"]) == 64
    kept = sorted(p.name for p in recorded.artifacts.rglob("*") if p.is_file())
    for name in ("roc.png", "calibration.png", "scores.png", "points.png", "manifest.json"):
        assert name in kept
    assert not [name for name in kept if name.endswith((".pkl", ".pickle", ".joblib"))]


def test_the_same_training_again_is_another_version_of_the_same_hash(
    trained: dict[str, object], config_file: Path
) -> None:
    said = call("train", "--config", str(config_file))
    assert "core-enterprise" in said
    assert "is challenger" in said
    listed = json.loads(call("models-list", "--config", str(config_file), "--format", "json"))
    newest = listed["versions"][0]
    assert newest["aliases"] == ["challenger"]
    assert newest["hash"] == trained["hash"]
    assert newest["version"] in call("models-list", "--config", str(config_file))
    assert "trees" in call("models-show", newest["version"], "--config", str(config_file))


def test_a_version_that_is_not_there_is_told(trained: dict[str, object], config_file: Path) -> None:
    with pytest.raises(UsageError, match=r"no version '99'; it has"):
        call("models-show", "99", "--config", str(config_file))


def test_a_column_named_like_markup_is_told_in_full(
    config_file: Path, quick: tuple[str, str], tmp_path: Path
) -> None:
    rows = "\n".join(f"{k % 2},{k % 2},{k % 7},{k % 5}" for k in range(400))
    (tmp_path / "t.csv").write_text(f"y,[bold],b,c\n{rows}\n")
    table = ("--table", str(tmp_path / "t.csv"), "--target", "y")
    found = CliRunner().invoke(
        app, ["train", "--config", str(config_file), *quick, *table], catch_exceptions=False
    )
    assert "PD002 suspected leak: column [bold]" in found.stderr


def test_an_empty_registry_says_how_to_begin(recorded: TrainConfig, tmp_path: Path) -> None:
    empty = recorded.model_copy(
        update={
            "tracking": f"sqlite:///{tmp_path / 'new' / 'mlflow.db'}",
            "artifacts": tmp_path / "new" / "artifacts",
        }
    )
    path = tmp_path / "train.yaml"
    path.write_text(yaml.safe_dump(empty.model_dump(mode="json")))
    assert "cargoworthy train" in call("models-list", "--config", str(path))
    with pytest.raises(UsageError, match="train one with"):
        call("models-show", "1", "--config", str(path))


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be opened"):
        Store("nonsense", tmp_path).client()


def test_train_on_a_table_prints_both_figures_and_names_the_leak(
    config_file: Path, quick: tuple[str, str]
) -> None:
    leaks = ("daysterm", "xx", "ChgOffDate", "ChgOffPrinGr", "MIS_Status")
    drop = [word for leak in leaks for word in ("--drop", leak)]
    table = ("--table", str(DATA / "sba_case.csv"), "--target", "Default")
    found = CliRunner().invoke(
        app,
        ["train", "--config", str(config_file), *quick, *table, "--format", "json", *drop],
        catch_exceptions=False,
    )
    said = json.loads(found.stdout)
    assert said["name"] == "table-sba_case"
    assert said["aliases"] == ["challenger"]
    assert said["auc"] > 0.97
    assert abs(said["auc"] - said["auc_plain_lightgbm"]) < 0.01
    assert [f.split(" alone")[0] for f in said["findings"]] == ["PD002 suspected leak: column Term"]
    assert "warning PD002 suspected leak: column Term" in found.stderr
    assert said["report"]["verdict"] == "red"
    assert Path(said["report"]["page"]).is_file()


def test_train_on_a_table_never_touches_the_champion(
    config_file: Path, recorded: TrainConfig, quick: tuple[str, str]
) -> None:
    arguments = ("--table", str(DATA / "sba_case.csv"), "--target", "Default", "--time")
    said = call(
        *("train", "--config", str(config_file), *quick),
        *(*arguments, "ApprovalDate", "--drop", "Term"),
    )
    assert "plain LightGBM" in said
    assert "report.html" in said
    client = Store(recorded.tracking, recorded.artifacts).client()
    table_hashes = {v.tags["hash"] for v in versions(client, "table-sba_case")}
    assert table_hashes
    assert not table_hashes & {v.tags["hash"] for v in versions(client, "sme-pd")}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("--target", "Default"), UsageError, "--target describes a table"),
        (("--table", "x.csv"), UsageError, "--table needs --target"),
        (("--table", "none.csv", "--target", "y"), TableError, "no table at none.csv"),
    ],
)
def test_a_call_that_is_wrong_is_told(
    config_file: Path, arguments: tuple[str, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call("train", "--config", str(config_file), *arguments)


def test_a_model_of_a_table_reads_its_categories_back(
    config_file: Path, quick: tuple[str, str]
) -> None:
    read = TrainConfig.read(config_file)
    client = Store(read.tracking, read.artifacts).client()
    arguments = ("--table", str(DATA / "sba_case.csv"), "--target", "Default", "--drop", "Term")
    call("train", "--config", str(config_file), *quick, *arguments)
    bundle = Bundle.load(versions(client, "table-sba_case")[0].folder)
    assert bundle.categories["RevLineCr"] == ("0", "N", "T", "Y")
    assert bundle.catalogue_hash == ""
