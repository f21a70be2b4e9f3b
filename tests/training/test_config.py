from pathlib import Path

import pytest
from pydantic import ValidationError

from supervision.errors import UsageError
from training.config import BoostingSettings, CentralTendencySettings, TrainConfig

ROOT = Path(__file__).resolve().parents[2]


def written(folder: Path, text: str) -> Path:
    path = folder / "train.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_in_the_repository_says_what_holds_without_it() -> None:
    """But for the long-run default rate, a fact of one world, and the steps of the boosting."""
    said = TrainConfig.read(ROOT / "configs" / "train.yaml")
    unstated = {
        "central_tendency": CentralTendencySettings(margin=0.1, floor=0.0005, least_years=5),
        "model": BoostingSettings(),
    }
    assert said.model_copy(update=unstated) == TrainConfig()


def test_the_stated_rate_is_the_mean_of_the_years_printed_of_the_reference_world() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    (line,) = (row for row in page.splitlines() if row.startswith("| financed |"))
    rates = [float(cell.strip(" %")) / 100 for cell in line.split("|")[2:-1]]
    said = TrainConfig.read(ROOT / "configs" / "train.yaml").central_tendency
    assert said.years == len(rates)
    assert said.long_run_rate == pytest.approx(sum(rates) / len(rates), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("long_run_rate: 0.03", "needs its source and at least 5 years"),
        ("{long_run_rate: 0.03, years: 4, source: x}", "at least 5 years"),
        ("{long_run_rate: 0.03, years: 5, source: x, least_years: 6}", "at least 6 years"),
        ("{long_run_rate: 0.03, years: 5, source: ' '}", "needs its source"),
        ("{years: 5, source: x}", "belong to a long_run_rate"),
        ("{long_run_rate: 0.95, years: 5, source: x}", "between floor and 1"),
        ("{long_run_rate: 0.0001, years: 5, source: x}", "between floor and 1"),
        ("{least_years: 3}", "greater than or equal to 5"),
    ],
)
def test_a_long_run_rate_that_cannot_be_used_is_told(tmp_path: Path, text: str, told: str) -> None:
    stated = text if text.startswith("{") else f"{{{text}}}"
    with pytest.raises(UsageError, match=rf"central_tendency.*{told}"):
        TrainConfig.read(written(tmp_path, f"central_tendency: {stated}"))


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    assert TrainConfig.read(written(tmp_path, "")) == TrainConfig()


def test_an_unknown_key_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown key 'boostrap': did you mean 'bootstrap'"):
        TrainConfig.read(written(tmp_path, "boostrap: 100"))


def test_an_unknown_key_of_a_section_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'model.num_leafs': did you mean 'num_leaves'"):
        TrainConfig.read(written(tmp_path, "model: {num_leafs: 9}"))


def test_a_key_like_no_other_is_told_with_all_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'labels\.zzz': known are window_months, reporting_lag"):
        TrainConfig.read(written(tmp_path, "labels: {zzz: 1}"))


def test_a_value_out_of_bounds_is_told_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"split.test_share: .*less than 1, found 1.5"):
        TrainConfig.read(written(tmp_path, "split: {test_share: 1.5}"))


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", "\x00"])
def test_what_is_no_configuration_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"train\.yaml"):
        TrainConfig.read(written(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no configuration"):
        TrainConfig.read(tmp_path / "none.yaml")


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        TrainConfig().seed = 3  # type: ignore[misc]
