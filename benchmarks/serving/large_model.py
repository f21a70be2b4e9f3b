"""A champion of 400 trees of 31 leaves, for the demonstration's own needs fewer and smaller ones.

It is learnt on the demonstration's features and a target made of a few of them and noise: what it
says is worth nothing, what it costs is what a model of this size costs.
"""

import tempfile
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pyarrow.parquet as pq

from training.model.bundle import Bundle, assemble
from training.model.scale import Floats
from training.model.shelf import CHAMPION, Shelf

TREES, LEAVES = 400, 31
_ROWS, _SHOWN = 20_000, 7


def lay(champion: Bundle, table: Path, folder: Path) -> None:
    """Put such a model in force in a folder of models, where there is none yet.

    Parameters
    ----------
    champion : Bundle
        Whose features, calibration and scale it takes.
    table : Path
        The demonstration's features.
    folder : Path
    """
    if (folder / CHAMPION).exists():
        return
    read = pq.read_table(table, columns=list(champion.features)).slice(0, _ROWS)
    values = np.column_stack(
        [np.array(column.to_pylist(), np.float64) for column in read.itercolumns()]
    )
    bundle = assemble(
        _learnt(values),
        champion.calibration,
        champion.golden.values,
        name="large",
        features=champion.features,
        directions=(0,) * len(champion.features),
        catalogue_hash=champion.catalogue_hash,
        catalogue_file=champion.catalogue_file,
        cycle=champion.cycle,
        facts={},
    )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as written:
        bundle.write(Path(written))
        Shelf(folder).publish(Path(written), "large", "1")


def _learnt(values: Floats) -> lgb.Booster:
    random = np.random.default_rng(7)
    known = np.nan_to_num(values[:, :: values.shape[1] // _SHOWN])
    spread = np.maximum(known.std(axis=0), 1e-9)
    shown = ((known - known.mean(axis=0)) / spread).sum(axis=1)
    target = (shown + 3.0 * random.normal(size=len(values)) > 2.0).astype(np.float64)
    settings = {
        "objective": "binary",
        "num_leaves": LEAVES,
        "min_data_in_leaf": 20,
        "learning_rate": 0.05,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": 1,
        "seed": 3,
        "verbosity": -1,
    }
    return lgb.train(settings, lgb.Dataset(values, target, params={"verbosity": -1}), TREES)
