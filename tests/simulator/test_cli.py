import json
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from simulator.cli import figures, simulate
from simulator.goods import GOODS
from simulator.scenarios import SCENARIOS
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
    each = sum(found["messages"].values()) / 20 / 14
    assert found["messages_an_enterprise_month"] == pytest.approx(each)
    # The prices of all goods are told every day, however few enterprises there are.
    prices = len(GOODS) * (date(2023, 1, 1) - date(2021, 11, 1)).days
    assert 10 < each - prices / 20 / 14 < 80
    assert found["messages"]["custody"] > found["messages"]["declaration"] > 0
    assert 0.0 < found["financed_share"] <= 1.0
    assert json.loads((out / "world.json").read_text("utf-8"))["scenario"] == "baseline"
    table = CliRunner().invoke(APP, ["world", str(out)]).stdout
    assert f"{found['messages']['custody']:,}" in table
    assert "messages an enterprise month" in table


def test_the_help_names_every_scenario_and_says_what_it_is() -> None:
    told = " ".join(CliRunner().invoke(APP, ["simulate", "--help"]).stdout.split())
    for known in SCENARIOS:
        assert known.name in told
    assert "2022-12" in told
    assert "truth-paths" in told


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
