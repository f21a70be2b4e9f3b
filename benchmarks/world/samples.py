"""Samples of a world beside the samples it was fitted to, for the plot of distributions."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.marginals import VALUE_SCALE, marginals
from supervision.errors import CargoworthyError
from training.model.scale import Floats

_MOST_ROWS = 300_000
_LEAST_BILLS = 4
"""Bills of a lot from which its median means something."""


def values(world: Path) -> Floats:
    """Logarithm of declared value per kilogram less its lot's median."""
    file = pq.ParquetFile(_found(world / "declaration.parquet"))
    groups = file.num_row_groups
    taken = max(1, min(groups, groups * _MOST_ROWS // max(file.metadata.num_rows, 1)))
    which = sorted({int(place) for place in np.linspace(0, groups - 1, taken)})
    names = ["kind", "cargo_code", "net_weight", "declared_value"]
    told = file.read_row_groups(which, columns=names)
    told = told.filter(pc.equal(told["kind"], "declared")).drop_null()
    weight, value = (
        np.maximum(pc.cast(told[name], pa.float64()).to_numpy(), 1e-9) for name in names[2:]
    )
    unit = np.log(np.maximum(value, 1.0) / weight)
    lot = told["cargo_code"].combine_chunks().dictionary_encode().indices.to_numpy()
    order = np.lexsort((unit, lot))
    _, place, count = np.unique(lot, return_inverse=True, return_counts=True)
    median = unit[order][np.cumsum(count) - count + (count - 1) // 2]
    return np.asarray((unit - median[place])[count[place] >= _LEAST_BILLS])


def values_wanted() -> Floats:
    """The same of the data, with the port's factor."""
    return np.asarray(marginals().value_per_kg * VALUE_SCALE)


def deliveries(world: Path) -> Floats:
    """Days by which lots came late."""
    found = pq.read_table(_found(world / "truth" / "arrivals.parquet"))
    days = np.repeat(found["days_late"].to_numpy(), found["lots"].to_numpy())
    return np.asarray(days, dtype=np.float64)


def deliveries_wanted() -> Floats:
    """The same of the data."""
    return np.asarray(marginals().lateness)


def _found(path: Path) -> Path:
    if not path.is_file():
        raise CargoworthyError(
            f"expected {path.name} of a world, found no {str(path)[-80:]}; simulate it again"
        )
    return path
