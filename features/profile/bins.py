"""Bins: a number's range in at most ten parts, and one more for what is missing."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from supervision.arrays import Integers

Floats = npt.NDArray[np.float64]

MOST = 10
"""Deciles: what the rules of thumb for PSI and information value were made for."""


@dataclass(frozen=True, eq=False)
class Bins:
    """Where a range is cut.

    Attributes
    ----------
    edges : Floats
        Ascending. Bin i holds what is above ``edges[i - 1]`` and at most ``edges[i]``; the
        first and the last bin are open.
    """

    edges: Floats

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Cut at the deciles; where there are at most ten distinct values, each is a bin.

        A value that takes up several deciles gets one bin, so there may be fewer than ten.
        """
        known = values[~np.isnan(values)]
        distinct = np.unique(known)
        if len(distinct) <= MOST:
            return cls(distinct[:-1])
        cuts = np.quantile(known, np.arange(1, MOST) / MOST, method="inverted_cdf")
        edges = np.unique(cuts)
        return cls(edges[edges < distinct[-1]])

    @property
    def number(self) -> int:
        """Bins of known values; the one of missing values comes after them."""
        return len(self.edges) + 1

    def place(self, values: Floats) -> npt.NDArray[np.intp]:
        """Bin of each value; missing ones are in the last."""
        places = np.searchsorted(self.edges, values, side="left")
        places[np.isnan(values)] = self.number
        return places

    def count(self, values: Floats) -> Integers:
        """Rows in each bin, the missing ones last, shape (number + 1,)."""
        return np.bincount(self.place(values), minlength=self.number + 1)

    def limits(self, place: int) -> tuple[float | None, float | None]:
        """Above what, and up to what, a bin of known values goes; None is open."""
        low = None if place == 0 else float(self.edges[place - 1])
        high = None if place == len(self.edges) else float(self.edges[place])
        return low, high
