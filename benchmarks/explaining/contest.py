"""One process, one thread: both kernels in turn, round after round.

python -m benchmarks.explaining.contest FOLDER ROUNDS
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.explaining.ground import FEATURES, Ground
from training.model.shapley.explainer import Explainer

BATCH = 1_000
_REPEATED = 50
"""How often a round asks about one row: once is too short to time."""


def main() -> None:
    """Time every contestant once a round; print seconds a row, and how far the two differ."""
    ground, rounds = Ground(Path(sys.argv[1])), int(sys.argv[2])
    booster = ground.booster()
    rows = ground.rows(BATCH)
    begun = time.perf_counter()
    explainer = Explainer.of(booster.model_to_string(), FEATURES)
    parsed = time.perf_counter() - begun
    begun = time.perf_counter()
    found = explainer.shares(rows)
    explainer.shares(rows[:1])
    warmed = time.perf_counter() - begun
    theirs = np.asarray(booster.predict(rows, pred_contrib=True, num_threads=1))
    one = rows[:1]
    contestants: dict[str, tuple[Callable[[], object], int, int]] = {
        "one_ours": (lambda: explainer.shares(one), _REPEATED, 1),
        "one_lightgbm": (
            lambda: booster.predict(one, pred_contrib=True, num_threads=1),
            _REPEATED,
            1,
        ),
        "batch_ours": (lambda: explainer.shares(rows), 1, BATCH),
        "batch_lightgbm": (
            lambda: booster.predict(rows, pred_contrib=True, num_threads=1),
            1,
            BATCH,
        ),
        "predict": (lambda: booster.predict(rows, raw_score=True, num_threads=1), 5, BATCH),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants) if number % 2 == 0 else list(reversed(contestants))
        for name in order:
            work, times, asked = contestants[name]
            begun = time.perf_counter()
            for _ in range(times):
                work()
            seconds[name].append((time.perf_counter() - begun) / times / asked)
    margins = np.asarray(booster.predict(rows, raw_score=True, num_threads=1))
    said = {
        "seconds": seconds,
        "parsed": parsed,
        "warmed": warmed,
        "difference": float(np.abs(found - theirs[:, :-1]).max()),
        "residual": float(np.abs(explainer.expected + found.sum(axis=1) - margins).max()),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
