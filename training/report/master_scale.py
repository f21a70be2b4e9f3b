"""The master scale: from a PD to a grade."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from supervision.arrays import Integers
from training.model.scale import Floats
from training.report.settings import Grade


@dataclass(frozen=True, eq=False)
class MasterScale:
    """Grades, the safest first.

    Attributes
    ----------
    names : tuple of str
    ends : float64 [k]
        Largest PD of each grade.
    """

    names: tuple[str, ...]
    ends: Floats

    @classmethod
    def of(cls, grades: Sequence[Grade]) -> Self:
        """As the settings state it."""
        return cls(
            tuple(grade.name for grade in grades), np.array([grade.pd_up_to for grade in grades])
        )

    def __len__(self) -> int:
        return len(self.names)

    def place(self, pd: Floats) -> Integers:
        """Grade of each PD, from 0; a PD on a bound is in the safer grade."""
        return np.asarray(np.searchsorted(self.ends, pd, side="left"), np.int64)

    def count(self, places: Integers) -> Integers:
        """Rows of each grade, int64 [k]."""
        return np.bincount(places, minlength=len(self))
