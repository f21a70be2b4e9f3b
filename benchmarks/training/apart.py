"""Train once on the rows of a feature table, here or on a cluster, and print as JSON what it cost.

python -m benchmarks.training.apart FOLDER ROWS here|cluster SEED TREES WORKERS FOLDS

FOLDS above 0 has the number of trees, TREES at most, chosen on so many folds.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
from distributed import Client, LocalCluster

from benchmarks.training.ground import Labels, Matrix, recipe, unseen
from training.cluster import ClusterFit, read_rows
from training.estimator import Fold, Recipe, fit, fit_rounds, folds_by, raw_margin
from training.metrics import auc

_UNIT = 1 if sys.platform == "darwin" else 1024
_PARTS = 8
"""In so many the rows are read here, so that reading takes no second matrix."""


@dataclass(frozen=True, eq=False)
class Task:
    """One training.

    Attributes
    ----------
    matrix : Matrix
        Whose table is read.
    recipe : Recipe
        Its most rounds are the number of trees, or the most of them.
    workers : int
        Processes of one thread each, or threads here.
    folds : int
        On which the number of trees is chosen; 0: all are grown.
    """

    matrix: Matrix
    recipe: Recipe
    workers: int
    folds: int

    def target(self) -> Labels:
        """Of the rows that are fitted on."""
        found: Labels = np.load(self.matrix.target)[: self.matrix.fitted]
        return found

    def parted(self) -> list[Fold]:
        """The folds, each row in one of them by its place."""
        return folds_by(np.arange(self.matrix.fitted) % self.folds, self.folds)


@dataclass(frozen=True)
class Cost:
    """What one training gave and took.

    Attributes
    ----------
    auc : float
        On rows of no matrix.
    trees : int
    seconds, cpu : float
        By the clock, and of all processors together, from the file to the trees.
    gigabytes : float
        Greatest memory of the process that gives the command.
    workers : tuple of float
        The same of each worker.
    """

    auc: float
    trees: int
    seconds: float
    cpu: float
    gigabytes: float
    workers: tuple[float, ...] = ()


def here(task: Task) -> Cost:
    """Train in this process."""
    with _timed(lambda: [_used()]) as timed:
        matrix, target = task.matrix, task.target()
        values = np.empty((matrix.fitted, len(task.recipe.names)))
        for part in np.array_split(np.arange(matrix.fitted), _PARTS):
            values[part] = read_rows(str(matrix.table), task.recipe.names, part)
        if task.folds:
            booster = fit(values, target, task.parted(), task.recipe).booster
        else:
            booster = fit_rounds(values, target, task.recipe, task.recipe.settings.max_rounds)
    return _cost(booster, timed)


def on_cluster(task: Task) -> Cost:
    """Train in worker processes of this machine; they are started, with LightGBM, beforehand."""
    with (
        LocalCluster(
            processes=True, n_workers=task.workers, threads_per_worker=1, dashboard_address=":0"
        ) as running,
        Client(running, set_as_default=False) as client,
    ):
        client.run(_used)

        def used() -> list[tuple[float, float]]:
            return [_used(), *client.run(_used).values()]

        with _timed(used) as timed:
            matrix, target = task.matrix, task.target()
            cluster = ClusterFit(client, matrix.table, np.arange(matrix.fitted))
            if task.folds:
                values = np.load(matrix.values, mmap_mode="r")
                booster = cluster(values, target, task.parted(), task.recipe).booster
            else:
                rounds = task.recipe.settings.max_rounds
                booster = cluster.fit_rounds(np.arange(matrix.fitted), target, task.recipe, rounds)
    return _cost(booster, timed)


CONTESTANTS: dict[str, Callable[[Task], Cost]] = {"here": here, "cluster": on_cluster}


@dataclass
class _Timed:
    seconds: float = 0.0
    cpu: float = 0.0
    gigabytes: tuple[float, ...] = ()


@contextmanager
def _timed(used: Callable[[], list[tuple[float, float]]]) -> Iterator[_Timed]:
    """Time what is done within; ``used`` tells of each process what it used so far."""
    timed = _Timed()
    before, begun = used(), time.perf_counter()
    yield timed
    timed.seconds = time.perf_counter() - begun
    after = used()
    timed.cpu = sum(cpu for cpu, _ in after) - sum(cpu for cpu, _ in before)
    timed.gigabytes = tuple(memory for _, memory in after)


def _used() -> tuple[float, float]:
    """Processor time of this process, and its greatest memory in gigabytes."""
    return time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT / 1e9


def _cost(booster: lgb.Booster, timed: _Timed) -> Cost:
    values, target = unseen()
    found = auc(target, raw_margin(booster, values))
    own, *workers = timed.gigabytes
    return Cost(found, booster.num_trees(), timed.seconds, timed.cpu, own, tuple(workers))


if __name__ == "__main__":
    folder, rows, who, *numbers = sys.argv[1:]
    seed, trees, workers, folds = map(int, numbers)
    asked = Task(Matrix(Path(folder), int(rows)), recipe(trees, workers, seed), workers, folds)
    print(json.dumps(asdict(CONTESTANTS[who](asked))))
