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
from benchmarks.training.ground import Matrix, recipe
from training.estimator import raw_margin
from training.metrics import auc
from training.tracking import Store

_UNIT = 1 if sys.platform == "darwin" else 1024


def main(matrix: Matrix, contestant: str, rounds: int, threads: int) -> None:
    """Time it; imports, reading the matrix and making MLflow's tables are over by then."""
    store = Store(f"sqlite:///{matrix.folder.resolve()}/mlflow.db", matrix.folder / "artifacts")
    store.client()
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
    print(json.dumps({**said, "trees": trees}))


def _gigabytes() -> float:
    """Greatest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT / 1e9


if __name__ == "__main__":
    folder, rows, who, rounds, threads = sys.argv[1:]
    main(Matrix(Path(folder), int(rows)), who, int(rounds), int(threads))
