"""How the values of one feature are spread over a group, and where one value stands in it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POINTS = 100
"""Quantiles that are kept of a spread: at half a percent, one and a half, up to 99.5."""
FEWEST = 30
"""Enterprises over which a spread is formed at least."""


@dataclass(frozen=True, eq=False)
class Spread:
    """Quantiles of a feature over a group.

    Attributes
    ----------
    number : int
        Enterprises that have a value; at least 30.
    quantiles : ndarray
        float64 [100], ascending: the least value that at least (i + 1/2) % of them do not exceed.
    """

    number: int
    quantiles: Floats

    @classmethod
    def of(cls, values: Floats) -> "Spread | None":
        """Measure the spread of values; NaN is no value, and fewer than 30 tell nothing.

        Parameters
        ----------
        values : ndarray
            float64 [n].
        """
        known = np.sort(values[~np.isnan(values)])
        if len(known) < FEWEST:
            return None
        halves = 2 * np.arange(POINTS) + 1
        return cls(len(known), known[-(-len(known) * halves // (2 * POINTS)) - 1])

    def percentile(self, value: float) -> float:
        """Percentile of a value, 0 to 100 in steps of a half: mid-rank among equal ones."""
        below = np.searchsorted(self.quantiles, value, "left")
        up_to = np.searchsorted(self.quantiles, value, "right")
        return float(below + up_to) / 2

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median and upper quartile: each the mean of the quantiles beside it."""
        q = self.quantiles
        low, median, high = (float((q[i - 1] + q[i]) / 2) for i in (25, 50, 75))
        return low, median, high
