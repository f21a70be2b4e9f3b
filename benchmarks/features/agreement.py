"""Whether all contestants found the same: cells compared and cells that differ.

python -m benchmarks.features.agreement FOLDER POINTS
"""

import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.features.ground import Ground
from features.table import FeatureTable
from supervision.mirror import Mirror
from supervision.record import Record

Found = dict[str, npt.NDArray[np.float64]]
"""Values by feature, in order of enterprise and time."""

RESTATEMENTS = ("oracle", "duckdb_20", "pandas_20", "engine_20")


def agreement(ground: Ground, points: str) -> dict[str, dict[str, int]]:
    """Compare every answer that is there with the engine's own.

    Whole numbers must be equal, others to twelve digits.
    """
    answer = partial(ground.answer, points=points)
    engine = _of_engine(ground, answer("engine"))
    found = {}
    for name in RESTATEMENTS:
        path = answer(name)
        if path.exists():
            told = _restated(path)
            differing = sum(int(_differs(told[f], engine[f]).sum()) for f in told)
            found[name] = {"cells": sum(map(len, told.values())), "differing": differing}
    return found


def _of_engine(ground: Ground, path: Path) -> Found:
    table = FeatureTable.read(path)
    record = Record.open(ground.record)
    numbers = Mirror(ground.mirror).enterprises()
    codes = record.text_of(numbers.tolist())
    record.close()
    number_of = {code: number for number, code in codes.items()}
    enterprise = np.array([number_of[code] for code in table.enterprise_id.tolist()])
    order = np.lexsort((table.as_of, enterprise))
    return {name: table.values[order, place] for place, name in enumerate(table.names)}


def _restated(path: Path) -> Found:
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    found: Found = {}
    for file in files:
        rows = pq.read_table(file)
        as_of, enterprise = (rows.column(n).to_numpy() for n in ("as_of", "enterprise"))
        order = np.lexsort((as_of, enterprise))
        for name in rows.column_names:
            if name not in ("as_of", "enterprise"):
                values = rows.column(name).cast("float64").to_numpy(zero_copy_only=False)
                found[name] = values[order]
    return found


def _differs(
    told: npt.NDArray[np.float64], engine: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    tolerance = np.where(engine == np.floor(engine), 0.0, 1e-12 * np.abs(engine))
    both_missing = np.isnan(told) & np.isnan(engine)
    same: npt.NDArray[np.bool_] = both_missing | (np.abs(told - engine) <= tolerance)
    return ~same


if __name__ == "__main__":
    print(json.dumps(agreement(Ground(Path(sys.argv[1])), sys.argv[2])))
