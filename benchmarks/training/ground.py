"""The matrices of the benchmark: made once, each a file that a process reads whole.

python -m benchmarks.training.ground FOLDER ROWS [table]
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.batch.replacement import replacing
from training.config import BoostingSettings
from training.estimator import Recipe

FEATURES = 80
RATE = 0.05
"""Share of rows with a default."""
HELD = 0.1
"""Share of rows, the last ones, that nothing is fitted on."""
UNSEEN = 300_000
"""Rows beside all matrices. Of 10,000 held rows with 500 defaults, two models that rank alike on
these were seen .0045 apart."""

_CHUNK = 100_000
_GROUP = 50_000
"""Rows a row group of the table."""
_TELLING = 20
"""Columns that tell something: half of them point upward, half downward."""

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Matrix:
    """Where a matrix and its targets lie."""

    folder: Path
    rows: int

    @property
    def values(self) -> Path:
        """Float64, shape (rows, FEATURES)."""
        return self.folder / f"values-{self.rows}.npy"

    @property
    def target(self) -> Path:
        """Int8, shape (rows,)."""
        return self.folder / f"target-{self.rows}.npy"

    @property
    def table(self) -> Path:
        """The same values as a feature table (Parquet), a column each."""
        return self.folder / f"features-{self.rows}.parquet"

    @property
    def fitted(self) -> int:
        """Rows that are fitted on, the first ones."""
        return round(self.rows * (1 - HELD))

    @property
    def gigabytes(self) -> float:
        """Size of the values."""
        return self.rows * FEATURES * 8 / 1e9

    def make(self) -> None:
        """Write the files, a chunk at a time, unless they are there."""
        if self.target.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        shape = self.rows, FEATURES
        values = np.lib.format.open_memmap(self.values, "w+", np.dtype(np.float64), shape)
        target = np.empty(self.rows, np.int8)
        for start in range(0, self.rows, _CHUNK):
            chance = np.random.default_rng([7, start])
            count = min(_CHUNK, self.rows - start)
            values[start : start + count], target[start : start + count] = chunk(chance, count)
        values.flush()
        np.save(self.target, target)

    def make_table(self) -> None:
        """Write the table, a chunk at a time, unless it is there."""
        if self.table.exists():
            return
        values = np.load(self.values, mmap_mode="r")
        schema = pa.schema([(name, pa.float64()) for name in names()])
        # No dictionary: hardly a value stands twice.
        with (
            replacing(self.table) as unfinished,
            pq.ParquetWriter(unfinished, schema, use_dictionary=False) as writer,
        ):
            for start in range(0, self.rows, _CHUNK):
                columns = np.ascontiguousarray(values[start : start + _CHUNK].T)
                writer.write_table(pa.table(list(columns), schema=schema), row_group_size=_GROUP)


def unseen() -> tuple[Floats, Labels]:
    """Rows of no matrix: so many that chance moves the difference of two AUC by little."""
    return chunk(np.random.default_rng(8), UNSEEN)


def chunk(chance: np.random.Generator, rows: int) -> tuple[Floats, Labels]:
    """Rows of normal figures, a twentieth of them missing, and who of them defaults."""
    values = chance.normal(size=(rows, FEATURES))
    up, down = values[:, : _TELLING // 2], values[:, _TELLING // 2 : _TELLING]
    odds = 0.25 * (up.sum(axis=1) - down.sum(axis=1)) + 0.5 * np.maximum(up[:, 0] - down[:, 0], 0)
    # The level at which about one row in twenty defaults.
    odds += np.log(RATE / (1 - RATE)) - 1.0
    target = (chance.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    values[chance.uniform(size=values.shape) < 0.05] = np.nan
    return values, target


def names() -> tuple[str, ...]:
    """Names of the columns."""
    return tuple(f"feature_{place}" for place in range(FEATURES))


def recipe(rounds: int, threads: int, seed: int = 20190101) -> Recipe:
    """What is learnt, and how: the settings of `configs/train.yaml`, directions included."""
    half, rest = _TELLING // 2, FEATURES - _TELLING
    return Recipe(
        names=names(),
        directions=(1,) * half + (-1,) * half + (0,) * rest,
        seed=seed,
        settings=BoostingSettings(max_rounds=rounds, num_threads=threads),
    )


if __name__ == "__main__":
    made = Matrix(Path(sys.argv[1]), int(sys.argv[2]))
    made.make()
    if sys.argv[3:] == ["table"]:
        made.make_table()
    print("{}")
