"""A sample: rows that a model learns from or is measured on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from supervision.arrays import Integers
from training.errors import TrainingError
from training.labels import Flags, Status
from training.model.scale import Floats

Names = npt.NDArray[np.str_]
Labels = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows with their outcome.

    Attributes
    ----------
    names : tuple of str
        Names of the columns of ``values``.
    enterprise : str [n]
        Enterprise (or other group) of each row.
    as_of : int64 [n]
        UTC microseconds.
    values : float64 [n, f]
        NaN is missing.
    target : int8 [n]
        1 where a default followed.
    """

    names: tuple[str, ...]
    enterprise: Names
    as_of: Integers
    values: Floats
    target: Labels

    def __len__(self) -> int:
        return len(self.target)

    @property
    def defaults(self) -> int:
        """Number of positive rows."""
        return int(self.target.sum())

    def take(self, rows: Flags) -> Self:
        """Some of the rows."""
        return type(self)(
            self.names,
            self.enterprise[rows],
            self.as_of[rows],
            self.values[rows],
            self.target[rows],
        )

    def column(self, name: str) -> Floats:
        """Values of one column, float64 [n]."""
        return self.values[:, self.names.index(name)]

    def choose(self, names: tuple[str, ...]) -> Floats:
        """Values of some columns in the order asked for, float64 [n, len(names)]."""
        places = [self.names.index(name) for name in names]
        return np.ascontiguousarray(self.values[:, places])


def usable(status: npt.NDArray[np.int8]) -> Flags:
    """Rows whose outcome is known."""
    return np.asarray(np.isin(status, (Status.GOOD, Status.BAD)))


def drop_unusable(rows: Sample, status: npt.NDArray[np.int8]) -> tuple[Sample, Mapping[str, int]]:
    """Keep the rows whose outcome is known, and count the others by reason.

    Parameters
    ----------
    rows : Sample
        Its targets are not read.
    status : int8 [n]
        Of :func:`training.labels.from_columns`.

    Raises
    ------
    TrainingError
        If no default, or nothing but defaults, is left.
    """
    dropped = {
        reason.name.lower(): int((status == reason).sum())
        for reason in Status
        if reason not in (Status.GOOD, Status.BAD)
    }
    kept = usable(status)
    target = (status == Status.BAD).astype(np.int8)
    sample = Sample(rows.names, rows.enterprise, rows.as_of, rows.values, target).take(kept)
    if not 0 < sample.defaults < len(sample):
        raise TrainingError(
            f"expected rows with and without a default, found {sample.defaults} defaults in "
            f"{len(sample)} rows with a known outcome; of {len(status)} rows were dropped: "
            f"{dropped}; is the outcome stream in the record, and does the table reach back far "
            "enough?"
        )
    return sample, dropped
