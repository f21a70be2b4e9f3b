"""Golden rows: values with the points that a model gave when it was made."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from training.model.errors import DamagedModelError
from training.model.scale import Floats, Integers


@dataclass(frozen=True, eq=False)
class GoldenRows:
    """Rows by which a model proves, wherever it is loaded, that it still is the same.

    Attributes
    ----------
    values : float64 [m, f]
        Feature values; NaN is missing.
    micro_points : int64 [m, f]
        Contributions that they must give, to the micro-point.
    """

    values: Floats
    micro_points: Integers

    @classmethod
    def of(cls, stated: dict[str, Any]) -> Self:
        """From their form in JSON, in which ``null`` stands for a missing value."""
        values = [[np.nan if v is None else float(v) for v in row] for row in stated["values"]]
        golden = cls(
            np.array(values, dtype=np.float64), np.array(stated["micro_points"], dtype=np.int64)
        )
        if golden.values.ndim != 2 or golden.values.shape != golden.micro_points.shape:
            raise ValueError("golden rows and their points have different shapes")
        return golden

    def stated(self) -> dict[str, Any]:
        """The form in JSON."""
        values = [[None if np.isnan(v) else float(v) for v in row] for row in self.values]
        return {"values": values, "micro_points": self.micro_points.tolist()}

    def medians(self, fewest: int) -> list[float | None]:
        """Median of each column to three digits; None where fewer rows than this have a value.

        In full it could be the figure of one enterprise.
        """
        columns = [column[~np.isnan(column)] for column in self.values.T]
        return [float(f"{np.median(c):.3g}") if len(c) >= fewest else None for c in columns]

    def first(self) -> Self:
        """The first row alone."""
        return type(self)(self.values[:1], self.micro_points[:1])

    def compare(self, found: Integers, features: tuple[str, ...]) -> None:
        """Compare points with the golden ones.

        Raises
        ------
        DamagedModelError
            If any differs; the message names the first.
        """
        wrong = np.argwhere(found != self.micro_points)
        if len(wrong):
            row, column = wrong[0]
            raise DamagedModelError(
                f"{len(wrong)} of {found.size} golden points differ; the first: row {row}, "
                f"{features[column]}: expected {self.micro_points[row, column]} micro-points, "
                f"found {found[row, column]}; do not use this model, take it from the registry "
                "again"
            )
