import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from features.calendar import month_end
from features.catalogue import CATALOGUE
from supervision.errors import UsageError
from training import cli
from training.config import BoostingSettings, SplitSettings, TrainConfig
from training.division import divide
from training.inputs import Inputs
from training.labels import Status
from training.tracking import Store
from training.tuning.cli import tune
from training.tuning.search import Found, search

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

QUICK = BoostingSettings(max_rounds=12, patience=4, learning_rate=0.15)
TEST_BEGINS = month_end("2021-06")


@pytest.fixture(scope="module")
def store(recorded: TrainConfig, tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    """A configuration with a store of its own, and as little work as can be."""
    base = tmp_path_factory.mktemp("tuning")
    return recorded.model_copy(
        update={
            "model": QUICK,
            "split": SplitSettings(folds=2),
            "tracking": f"sqlite:///{base / 'mlflow.db'}",
            "artifacts": base / "artifacts",
        }
    )


@pytest.fixture
def quick(store: TrainConfig, request: pytest.FixtureRequest) -> TrainConfig:
    """The same in an experiment of its own."""
    return store.model_copy(update={"name": request.node.name[:60]})


@pytest.fixture(scope="module")
def few(inputs: Inputs) -> Inputs:
    """The inputs with a third of the enterprises."""
    kept = inputs.reports.enterprise < 200
    reports = replace(
        inputs.reports,
        enterprise=inputs.reports.enterprise[kept],
        as_of=inputs.reports.as_of[kept],
    )
    return replace(inputs, rows=inputs.rows.take(kept), reports=reports)


def found(inputs: Inputs, config: TrainConfig, folder: Path, trials: int = 3) -> Found:
    return search(inputs, CATALOGUE, config, folder, trials, lambda *_: None)


def test_the_test_is_never_looked_at(few: Inputs, quick: TrainConfig, tmp_path: Path) -> None:
    """Other values and other outcomes of the test rows: the same trials, byte for byte."""
    found(few, quick, tmp_path / "a")
    values = few.rows.values.copy()
    later = few.rows.as_of >= TEST_BEGINS
    values[later] = np.random.default_rng(1).normal(size=values[later].shape)
    outcome = few.reports.outcome
    known = outcome["known_at"] < TEST_BEGINS
    kept = known | (np.arange(len(known)) % 2 == 0)
    reports = replace(few.reports, outcome={n: c[kept] for n, c in outcome.items()})
    other = replace(few, rows=replace(few.rows, values=values), reports=reports)
    changed = (other.status == Status.BAD).sum() < (few.status == Status.BAD).sum()
    assert changed
    assert divide(other, quick).parts.test.sum() > 0
    found(other, quick, tmp_path / "b")
    for name in ("trials.json", "best.yaml"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_other_training_rows_are_another_study(
    few: Inputs, quick: TrainConfig, tmp_path: Path
) -> None:
    first = found(few, quick, tmp_path, 1)
    values = few.rows.values.copy()
    values[few.rows.as_of < TEST_BEGINS] += 1.0
    second = found(replace(few, rows=replace(few.rows, values=values)), quick, tmp_path, 1)
    assert first.study != second.study


def test_every_trial_is_a_run_nested_under_the_study(
    few: Inputs, quick: TrainConfig, tmp_path: Path
) -> None:
    found(few, quick, tmp_path, 2)
    last = found(few, quick, tmp_path, 4)
    client = Store(quick.tracking, quick.artifacts).client()
    number = client.get_experiment_by_name(quick.name).experiment_id
    runs = client.search_runs([number])
    nested = [one for one in runs if "mlflow.parentRunId" in one.data.tags]
    assert {one.data.tags["mlflow.parentRunId"] for one in nested} == {last.run_id}
    assert sorted(int(one.data.tags["trial"]) for one in nested) == [0, 1, 2, 3]
    assert len(runs) == 5
    parent = client.get_run(last.run_id)
    assert parent.info.status == "FINISHED"
    assert parent.data.metrics["best_loss"] == pytest.approx(last.loss)
    assert parent.data.metrics["standing_loss"] == pytest.approx(last.standing_loss)
    assert parent.data.tags["catalogue_hash"] == CATALOGUE.hash
    first = next(one for one in nested if one.data.tags["trial"] == "0")
    assert float(first.data.params["learning_rate"]) == QUICK.learning_rate
    steps = client.get_metric_history(first.info.run_id, "loss")
    assert [one.step for one in steps] == [0, 1, 2]
    assert first.data.metrics["mean_loss"] == pytest.approx(np.mean([one.value for one in steps]))


def test_runs_that_are_missing_are_made_good(
    few: Inputs, quick: TrainConfig, tmp_path: Path
) -> None:
    first = found(few, quick, tmp_path, 2)
    client = Store(quick.tracking, quick.artifacts).client()
    number = client.get_experiment_by_name(quick.name).experiment_id
    nested = f"tags.`mlflow.parentRunId` = '{first.run_id}'"
    client.delete_run(client.search_runs([number], nested)[0].info.run_id)
    assert len(client.search_runs([number], nested)) == 1
    found(few, quick, tmp_path, 2)
    runs = client.search_runs([number], nested)
    assert sorted(one.data.tags["trial"] for one in runs) == ["0", "1"]


def test_the_best_settings_are_a_configuration(
    few: Inputs, quick: TrainConfig, tmp_path: Path
) -> None:
    last = found(few, quick, tmp_path)
    written = TrainConfig.read(tmp_path / "best.yaml")
    assert written == last.config
    assert written.model_copy(update={"model": QUICK}) == quick
    assert last.study in (tmp_path / "best.yaml").read_text().splitlines()[0]


@pytest.mark.slow
def test_tune_prints_the_best_and_train_takes_it(
    quick: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.yaml"
    path.write_text(yaml.safe_dump(quick.model_dump(mode="json")))
    app = Typer()
    app.command()(tune)
    app.command()(cli.train)

    def call(*arguments: str) -> str:
        done = CliRunner().invoke(
            app, [*arguments, "--config", str(path)], catch_exceptions=False, terminal_width=100
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    said = call("tune", "--trials", "2")
    assert "mean log loss" in said
    assert "var/tuning/best.yaml" in said
    assert "too few for an embargo" in said
    told = json.loads(call("tune", "--trials", "2", "--format", "json"))
    assert told["trials"] == 2
    trained = json.loads(call("train", "--trials", "2", "--format", "json"))
    assert trained["facts"]["settings"] == told["settings"]
    with pytest.raises(UsageError, match="out with --table"):
        call("train", "--trials", "2", "--table", "x.csv", "--target", "y")
