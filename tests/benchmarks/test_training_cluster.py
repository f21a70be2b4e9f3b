"""Training on a cluster beside training here, small; the figures told are those measured."""

from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.training.agreement import Pair, Way, as_data, markdown
from benchmarks.training.apart import Cost, Task, here, on_cluster
from benchmarks.training.ground import Matrix, names, recipe


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    matrix = Matrix(tmp_path_factory.mktemp("bench"), 4_000)
    matrix.make()
    matrix.make_table()
    return Task(matrix, recipe(12, 2, seed=3), 2, 0)


def test_the_table_holds_the_matrix(task: Task) -> None:
    found = pq.read_table(task.matrix.table)
    columns = np.column_stack([found.column(name).to_numpy() for name in names()])
    np.testing.assert_array_equal(columns, np.load(task.matrix.values))


@pytest.mark.parametrize("folds", [0, 2])
def test_here_and_there_the_same_is_learnt_and_both_tell_what_it_took(
    task: Task, folds: int
) -> None:
    asked = replace(task, folds=folds)
    one, other = here(asked), on_cluster(asked)
    assert (len(one.workers), len(other.workers)) == (0, 2)
    for cost in (one, other):
        assert 1 <= cost.trees <= 12
        assert 0.5 < cost.auc < 1
        assert cost.seconds > 0
        assert cost.cpu > 0
        assert all(0.05 < gigabytes < 5 for gigabytes in (cost.gigabytes, *cost.workers))
    if not folds:
        assert one.trees == other.trees == 12


def test_differences_are_of_the_same_seed() -> None:
    def cost(auc: float, *workers: float) -> Cost:
        return Cost(auc, 200, 10.0, 20.0, 0.5, workers)

    pairs = [
        Pair(1, cost(0.80), cost(0.801, 0.25, 0.75)),
        Pair(2, cost(0.79), cost(0.786, 0.25, 0.75)),
        Pair(3, cost(0.80), cost(0.800, 0.25, 0.75)),
    ]
    told = markdown(1_000, pairs, Way(200, 2))
    assert "median +0.00000, at most 0.00400 apart (wanted: 0.003)" in told
    assert "differs from itself by 0.01000" in told
    assert "| 2 | cluster | 0.78600 | -0.00400 | 200 | 10.0 | 20.0 | 0.50 | 0.25, 0.75 |" in told
    said = as_data(1_000, pairs, Way(200, 2))
    assert [pair["difference"] for pair in said["pairs"]] == pytest.approx([0.001, -0.004, 0.0])
