"""The engine, restricted to the twenty features."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.features.ground import Task
from benchmarks.features.twenty import NAMES, READ
from features.batch.building import RANGE
from features.catalogue import CATALOGUE
from features.engine.evaluation import FeatureMatrix, evaluate
from features.engine.sweep import Spine
from features.facts import ENVELOPE, Facts
from features.prices import Prices
from supervision.arrays import Integers
from supervision.mirror import Mirror


def run(task: Task) -> None:
    """Read range by range, evaluate and write."""
    mirror = Mirror(task.ground.mirror)
    numbers = mirror.enterprises()
    parts = [
        _evaluate(mirror, numbers[start : start + RANGE], task.as_of)
        for start in range(0, len(numbers), RANGE)
    ]
    _write(parts, task.out)


def _evaluate(mirror: Mirror, numbers: Integers, as_of: Integers) -> FeatureMatrix:
    between = int(numbers[0]), int(numbers[-1])
    tables = {table: mirror.read(table, names, between) for table, names in READ.items()}
    none = np.empty(0, np.int64)
    prices = Prices.of(dict.fromkeys((*ENVELOPE, "hs_code", "unit_price"), none))
    facts = Facts(tables, prices, {"lot": none, "commodity": none})
    features = [CATALOGUE.feature(name) for name in NAMES]
    return evaluate(facts, Spine.grid(numbers, as_of), features)


def _write(parts: list[FeatureMatrix], out: Path) -> None:
    values = np.concatenate([part.values for part in parts])
    columns = {
        "enterprise": np.concatenate([part.spine.enterprise for part in parts]),
        "as_of": np.concatenate([part.spine.as_of for part in parts]),
        **{name: values[:, place] for place, name in enumerate(NAMES)},
    }
    pq.write_table(pa.table(columns), out, compression="zstd")
