"""A table from the command to its report, and the same report asked for again."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from supervision.errors import UsageError
from tests.training.report.test_report_table import loans
from training.cli import train
from training.config import TrainConfig
from training.errors import TableError
from training.promotion.cli import promote
from training.registry import version
from training.report.cli import validate
from training.report.settings import ValidationSettings
from training.tracking import Store

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

app = Typer()
for command in (train, validate, promote):
    app.command()(command)


class Desk:
    """A folder with a table, settings and a store."""

    def __init__(self, folder: Path, settings: ValidationSettings) -> None:
        self.folder = folder
        self.table = folder / "loans.csv"
        loans().to_csv(self.table, index=False)
        config = TrainConfig(
            tracking=f"sqlite:///{folder / 'mlflow.db'}", artifacts=folder / "artifacts"
        )
        self.store = Store(config.tracking, config.artifacts)
        for name, stated in (("train", config), ("settings", settings)):
            text = yaml.safe_dump(stated.model_dump(mode="json"))
            (folder / f"{name}.yaml").write_text(text)

    def call(self, command: str, *more: str) -> str:
        common = ("--config", str(self.folder / "train.yaml"))
        common += ("--settings", str(self.folder / "settings.yaml"))
        found = CliRunner().invoke(app, [command, *more, *common], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.stdout

    def validate(self, *more: str) -> str:
        out = ("--out", str(self.folder / "reports"), "--name", "table-loans")
        return self.call("validate", "1", *out, *more)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, settings: ValidationSettings) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), settings)


@pytest.fixture(scope="module")
def said(desk: Desk) -> dict[str, dict[str, object]]:
    roles = ("--target", "bad", "--time", "month", "--group", "firm", "--increasing", "debt")
    told: dict[str, dict[str, object]] = json.loads(
        desk.call("train", "--table", str(desk.table), *roles, "--format", "json")
    )
    return told


def test_the_report_lies_in_the_run(desk: Desk, said: dict[str, dict[str, object]]) -> None:
    made = version(desk.store.client(), "table-loans", "1")
    logged = {one.path for one in desk.store.client().list_artifacts(made.run_id, "validation")}
    assert logged == {"validation/report.json", "validation/report.html"}
    page = Path(str(said["report"]["page"]))
    content = page.with_name("report.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == said["report"]["sha256"]
    assert made.tags["report_sha256"] == said["report"]["sha256"]
    assert made.tags["report_verdict"] == said["report"]["verdict"]
    assert "<h1>Validation of table-loans, version 1</h1>" in page.read_text(encoding="utf-8")


def test_validating_again_gives_the_same_bytes(
    desk: Desk, said: dict[str, dict[str, object]]
) -> None:
    assert said["report"]["sha256"] in desk.validate()
    content = (desk.folder / "reports" / "table-loans-1" / "report.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == said["report"]["sha256"]


def test_a_table_that_was_moved_is_found_where_it_is_said_to_lie(
    desk: Desk, said: dict[str, dict[str, object]]
) -> None:
    moved = desk.folder / "moved.csv"
    desk.table.rename(moved)
    try:
        with pytest.raises(TableError, match="found none; say with --table where it lies"):
            desk.validate()
        stated = json.loads(desk.validate("--table", str(moved), "--format", "json"))
    finally:
        moved.rename(desk.table)
    assert stated["verdict"] == said["report"]["verdict"]


@pytest.mark.usefixtures("said")
def test_another_table_is_refused(desk: Desk) -> None:
    other = desk.folder / "other.csv"
    other.write_bytes(desk.table.read_bytes() + b"0,1.0,0.5,coal,firm 3,11\n")
    with pytest.raises(TableError, match="train on this one and validate the new version"):
        desk.validate("--table", str(other))


@pytest.mark.usefixtures("said")
def test_a_table_s_model_is_not_what_services_would_take(desk: Desk) -> None:
    with pytest.raises(UsageError, match="has no version '1'"):
        desk.call("promote", "1", "--by", "me", "--reason", "because")
