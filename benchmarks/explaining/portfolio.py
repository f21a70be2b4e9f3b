"""A portfolio from Parquet to Parquet with all points, against the bare contributions.

python -m benchmarks.explaining.portfolio FOLDER ROWS make|score|lightgbm
"""

import json
import sys
import time
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.explaining.ground import CALIBRATION, FEATURES, Ground
from features.batch.execution import executor
from features.batch.parts import ROW_GROUP
from features.catalogue import CATALOGUE
from serving.policy import Policy
from serving.scores.grading import IN_FORCE
from serving.scores.portfolio import score_portfolio
from training.model.bundle import assemble
from training.model.shelf import Shelf

PROCESSES = 2
SAMPLE = 20_000
"""Rows whose contributions LightGBM reckons, with two threads; the rest would take as long each."""
_POLICY = Path("configs/policy/default.yaml")


def main() -> None:
    """Do one of the three, and print what it took."""
    folder, rows, what = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    table = folder / f"portfolio-{rows}.parquet"
    if what == "make":
        _make(Ground(folder), table, rows)
        print("{}")
        return
    begun = time.perf_counter()
    if what == "score":
        out = folder / "scores.parquet"
        out.unlink(missing_ok=True)
        begun = time.perf_counter()
        with executor(PROCESSES) as run:
            score_portfolio(
                table, out, Shelf(folder / "models"), Policy.load(_POLICY), lambda *_: None, run
            )
        scored = pq.read_metadata(out).num_rows
    else:
        booster = Ground(folder).booster()
        values = Ground(folder).rows(SAMPLE)
        booster.predict(values[:10], pred_contrib=True, num_threads=PROCESSES)
        begun = time.perf_counter()
        booster.predict(values, pred_contrib=True, num_threads=PROCESSES)
        scored = len(values)
    print(json.dumps({"seconds": time.perf_counter() - begun, "rows": scored}))


def _make(ground: Ground, table: Path, rows: int) -> None:
    """Write the table, and publish the model under the names of the catalogue's first features."""
    names = tuple(list(CATALOGUE.by_name)[:FEATURES])
    _publish(ground, ground.booster(), names)
    if table.exists():
        return
    said = {
        "cargoworthy.catalogue_hash": CATALOGUE.hash,
        "cargoworthy.record": "benchmark",
        "cargoworthy.position": "0",
    }
    columns = {"enterprise_id": pa.string(), "as_of": pa.int64()}
    columns |= {name: pa.float64() for name in (*names, IN_FORCE)}
    schema = pa.schema(columns, said)
    values = ground.rows(ROW_GROUP)
    with pq.ParquetWriter(table, schema, compression="zstd") as writer:
        for start in range(0, rows, ROW_GROUP):
            count = min(ROW_GROUP, rows - start)
            # The same figures in another order: what differs is enough for Parquet and for trees.
            block = np.roll(values, start // ROW_GROUP, axis=0)[:count]
            told = {
                "enterprise_id": [f"E{start + place:017d}" for place in range(count)],
                "as_of": np.zeros(count, np.int64),
                **{name: block[:, place] for place, name in enumerate(names)},
                IN_FORCE: np.zeros(count),
            }
            writer.write_table(pa.table(told, schema))


def _publish(ground: Ground, booster: lgb.Booster, names: tuple[str, ...]) -> None:
    bundle = assemble(
        booster,
        CALIBRATION,
        ground.rows(100),
        name="fixed",
        features=names,
        directions=(0,) * FEATURES,
        catalogue_hash=CATALOGUE.hash,
    )
    source = ground.folder / "bundle"
    bundle.write(source)
    Shelf(ground.folder / "models").publish(source, "fixed", "1")


if __name__ == "__main__":
    main()
