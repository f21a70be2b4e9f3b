"""Run one contestant once, in this process, and print as JSON what it cost.

python -m benchmarks.features.contest FOLDER CONTESTANT POINTS THREADS
"""

import json
import os
import resource
import shutil
import sys
import time
from importlib import import_module
from pathlib import Path

from benchmarks.features.ground import POINTS, Ground, Task

_UNIT = 1 if sys.platform == "darwin" else 1024


def main(folder: Path, contestant: str, points: str, threads: int) -> None:
    """Time the contestant's run; imports are over before the clock starts."""
    ground = Ground(folder)
    out = ground.answer(contestant, points)
    _clear(out)
    task = Task(ground, POINTS[points], threads, out)
    module = import_module(f"benchmarks.features.contestants.{contestant}")
    if hasattr(module, "ready"):
        module.ready(task)
    begun, used = time.perf_counter(), _processor_time()
    module.run(task)
    cost = {
        "seconds": time.perf_counter() - begun,
        "cpu": _processor_time() - used,
        "gigabytes": _gigabytes(resource.RUSAGE_SELF),
        "worker_gigabytes": _gigabytes(resource.RUSAGE_CHILDREN),
    }
    print(json.dumps(cost))


def _clear(out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out, ignore_errors=True)
    out.unlink(missing_ok=True)


def _processor_time() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _gigabytes(whose: int) -> float:
    """Greatest memory of this process, or of the largest of its workers."""
    return resource.getrusage(whose).ru_maxrss * _UNIT / 1e9


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
