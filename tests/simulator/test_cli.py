import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from simulator.cli import figures, simulate
from supervision.errors import CargoworthyError, UsageError

APP = typer.Typer()
APP.command("simulate")(simulate)
APP.command("world")(figures)


def test_simulate_writes_a_world_whose_figures_can_be_shown(tmp_path: Path) -> None:
    out = tmp_path / "world"
    arguments = ["simulate", str(out), "--enterprises", "20", "--months", "14", "--seed", "2"]
    assert CliRunner().invoke(APP, arguments).exit_code == 0
    shown = CliRunner().invoke(APP, ["world", str(out), "--format", "json"])
    found = json.loads(shown.stdout)
    assert set(found["default_rates"]) == {"2021", "2022"}
    assert 10 < found["messages_an_enterprise_month"] < 80
    assert found["messages"]["custody"] > found["messages"]["declaration"] > 0
    assert 0.0 < found["financed_share"] <= 1.0
    assert json.loads((out / "world.json").read_text("utf-8"))["scenario"] == "baseline"


def test_a_scenario_is_asked_for_by_name(tmp_path: Path) -> None:
    out = tmp_path / "closed"
    arguments = ["--enterprises", "5", "--months", "18", "--scenario", "port-closure"]
    assert CliRunner().invoke(APP, ["simulate", str(out), *arguments]).exit_code == 0
    assert json.loads((out / "world.json").read_text("utf-8"))["scenario"] == "port-closure"


@pytest.mark.parametrize(
    ("months", "scenario", "told"),
    [(97, "baseline", "at most 96 months.*2022-12, found 97"), (12, "flood", "price-crash")],
)
def test_a_world_that_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, months: int, scenario: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        simulate(tmp_path / "w", 5, months, 1, scenario)
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError, match="empty or new folder"):
        simulate(tmp_path, 5, 2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_figures_of_a_folder_that_holds_no_world_say_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CargoworthyError, match=r"enterprise\.parquet.*found 0 of nine"):
        figures(tmp_path)
