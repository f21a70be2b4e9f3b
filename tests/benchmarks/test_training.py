"""The contestants of the training's benchmark do the same work; its figures are what they say."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.features.rounds import Cost
from benchmarks.training.__main__ import Result, markdown
from benchmarks.training.contestants import NAME, Task, bare, chosen, ours
from benchmarks.training.ground import FEATURES, RATE, Matrix, chunk, recipe
from training.registry import versions
from training.tracking import Store

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    folder = tmp_path_factory.mktemp("bench")
    matrix = Matrix(folder, 4_000)
    matrix.make()
    store = Store(f"sqlite:///{folder}/mlflow.db", folder / "artifacts")
    values, target = np.load(matrix.values), np.load(matrix.target)
    return Task(values, target, matrix.fitted, recipe(8, 1), store)


def test_one_row_in_twenty_defaults() -> None:
    values, target = chunk(np.random.default_rng(3), 40_000)
    assert target.mean() == pytest.approx(RATE, abs=0.01)
    assert np.isnan(values).mean() == pytest.approx(0.05, abs=0.005)


def test_ours_grows_the_trees_of_bare_lightgbm_and_registers_them(task: Task) -> None:
    def trees(text: str) -> str:
        return text[text.index("Tree=0") : text.index("end of trees")]

    plain, whole = (contestant(task).model_to_string() for contestant in (bare, ours))
    assert trees(plain) == trees(whole)
    (registered,) = versions(task.store.client(), NAME)
    assert 0.5 < float(registered.tags["auc"]) < 1


def test_choosing_ends_with_at_most_the_trees_allowed(task: Task) -> None:
    assert 1 <= chosen(task).num_trees() <= task.rounds


def test_a_ratio_is_the_median_of_the_rounds_own(tmp_path: Path) -> None:
    def costs(*seconds: float) -> list[Cost]:
        return [Cost(each, each / 2, 1.28, 0.0) for each in seconds]

    result = Result(
        Matrix(tmp_path, 1_000_000),
        {"bare": costs(1.0, 2.0, 10.0), "ours": costs(1.1, 2.8, 12.0)},
        {"bare": 0.7, "ours": 0.7},
    )
    assert result.over_bare("ours").median == pytest.approx(1.2)
    assert result.matrix.gigabytes == 1_000_000 * FEATURES * 8 / 1e9
    assert result.memory("ours") == pytest.approx(2.0)
    assert "| 1,000,000 | ours | 1.20 (1.10 to 1.40) | 1.20 | 2.00 | 2.8 | 0.7000 |" in markdown(
        [result], 200, 1
    )
