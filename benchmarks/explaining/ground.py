"""The fixed model that is explained, and the rows that it is asked about."""

from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np

from benchmarks.training.ground import Floats, chunk
from training.model.calibration import Calibration

FEATURES = 80
TREES = 400
LEAVES = 31
_LEARNT_ON = 40_000
_MODEL = "model.txt"


@dataclass(frozen=True)
class Ground:
    """Where the model lies."""

    folder: Path

    def booster(self) -> lgb.Booster:
        """The model of 400 trees with 31 leaves over 80 features, learnt once and kept."""
        path = self.folder / _MODEL
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(_learnt().model_to_string())
        return lgb.Booster(model_file=str(path))

    def rows(self, count: int) -> Floats:
        """Rows that the model was not learnt on."""
        return chunk(np.random.default_rng(11), count)[0]


CALIBRATION = Calibration(slope=1.0, intercept=0.0)


def _learnt() -> lgb.Booster:
    values, target = chunk(np.random.default_rng(5), _LEARNT_ON)
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
