"""The master scale: from a PD to a grade."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from features.feature import Phrase
from supervision.arrays import Integers
from training.model.scale import Floats
from training.report.settings import Grade

POLICY = Phrase("those of the default policy's master scale", "采用默认政策的主标尺")
DECILES = Phrase(
    "deciles of the PD (on the default policy's master scale the rows would fall into few grades)",
    "采用 PD 十分位（若用默认政策的主标尺，样本将集中于少数等级）",
)
"""Where the grades are from."""

_LEAST_GRADES = 5
_MOST_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class MasterScale:
    """Grades, the safest first.

    Attributes
    ----------
    names : tuple of str
    ends : float64 [k]
        Largest PD of each grade.
    source : Phrase
        Where the grades are from.
    """

    names: tuple[str, ...]
    ends: Floats
    source: Phrase = POLICY

    @classmethod
    def of(cls, grades: Sequence[Grade]) -> Self:
        """As the settings state it."""
        return cls(
            tuple(grade.name for grade in grades), np.array([grade.pd_up_to for grade in grades])
        )

    @classmethod
    def deciles(cls, pd: Floats) -> Self:
        """Ten grades that are equally full, or fewer where PDs are tied."""
        ends = np.unique([*np.quantile(pd, np.arange(1, 10) / 10, method="inverted_cdf"), 1.0])
        return cls(tuple(f"d{place}" for place in range(1, len(ends) + 1)), ends, DECILES)

    @classmethod
    def fitting(cls, grades: Sequence[Grade], pd: Floats) -> Self:
        """As the settings state it, or deciles where that would not part the rows.

        Of the stated grades at least five have to be in use, and none by more than half of the
        rows.
        """
        stated = cls.of(grades)
        share = stated.count(stated.place(pd)) / len(pd)
        parts = (share > 0).sum() >= _LEAST_GRADES and share.max() <= _MOST_SHARE
        return stated if parts else cls.deciles(pd)

    @property
    def equally_full(self) -> bool:
        """Whether the grades were cut so that each holds as many rows."""
        return self.source is DECILES

    def __len__(self) -> int:
        return len(self.names)

    def place(self, pd: Floats) -> Integers:
        """Grade of each PD, from 0; a PD on a bound is in the safer grade."""
        return np.asarray(np.searchsorted(self.ends, pd, side="left"), np.int64)

    def count(self, places: Integers) -> Integers:
        """Rows of each grade, int64 [k]."""
        return np.bincount(places, minlength=len(self))
