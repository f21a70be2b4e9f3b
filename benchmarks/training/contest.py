"""Let one contestant train once, in this process, and print as JSON what it cost.

python -m benchmarks.training.contest FOLDER ROWS CONTESTANT ROUNDS THREADS
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.training.contestants import CONTESTANTS, Task
from benchmarks.training.ground import Matrix, chunk, recipe
from training.estimator import Recipe, fit_rounds, raw_margin
from training.metrics import auc
from training.model.shapley.explainer import Explainer
from training.tracking import Store

_UNIT = 1 if sys.platform == "darwin" else 1024


def main(matrix: Matrix, contestant: str, rounds: int, threads: int) -> None:
    """Time it; imports, reading the matrix and making MLflow's tables are over by then.

    So is loading the compiled kernel, which an import of numba and a first call do; its seconds
    are told by themselves.
    """
    store = Store(f"sqlite:///{matrix.folder.resolve()}/mlflow.db", matrix.folder / "artifacts")
    store.client()
    kernel = _loaded(recipe(rounds, threads)) if contestant != "bare" else 0.0
    before = _gigabytes()
    values, target = np.load(matrix.values), np.load(matrix.target)
    task = Task(values, target, matrix.fitted, recipe(rounds, threads), store)
    begun, used = time.perf_counter(), time.process_time()
    booster = CONTESTANTS[contestant](task)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    most = _gigabytes()  # what follows is not part of it
    held = slice(matrix.fitted, None)
    found = auc(target[held], raw_margin(booster, values[held]))
    trees = booster.num_trees()
    said = {"seconds": seconds, "cpu": cpu, "gigabytes": most - before, "auc": found}
    print(json.dumps({**said, "trees": trees, "kernel": kernel}))


def _loaded(small: Recipe) -> float:
    """Explain a few rows by a few trees of the same size, and say how long that took."""
    begun = time.perf_counter()
    values, target = chunk(np.random.default_rng(1), 2_000)
    booster = fit_rounds(values, target, small, 3)
    Explainer.of(booster.model_to_string(), values.shape[1]).shares(values[:9])
    return time.perf_counter() - begun


def _gigabytes() -> float:
    """Greatest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT / 1e9


if __name__ == "__main__":
    folder, rows, who, rounds, threads = sys.argv[1:]
    main(Matrix(Path(folder), int(rows)), who, int(rounds), int(threads))
