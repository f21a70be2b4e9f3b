"""The score scale: points for log-odds, in integers of a millionth of a point.

600 points stand for odds of 20 good to 1 bad and 40 points double the odds, so

    score = 600 + 40 / ln 2 * (ln(odds good:bad) - ln 20).

The map is affine, so the parts of a sum of log-odds become points that add up to the score.
Everything that is summed, stored or shown is a whole number of micro-points; the PD is computed
back from that whole number, and so a score and its PD never disagree.

References
----------
N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley 2017, chapter 9.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MICRO = 1_000_000
"""Micro-points in a point."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """A score scale.

    Attributes
    ----------
    points : float
        Score at the reference odds.
    odds : float
        Reference odds, good to bad.
    double : float
        Points that double the odds.
    """

    points: float = 600.0
    odds: float = 20.0
    double: float = 40.0

    def __post_init__(self) -> None:
        """Refuse a scale on which more points would not mean less risk."""
        if not (self.odds > 0 and self.double > 0 and math.isfinite(self.points)):
            raise ValueError(f"expected odds and points to double the odds above 0, found {self}")

    @property
    def factor(self) -> float:
        """Points for one unit of log-odds."""
        return self.double / math.log(2.0)

    def base(self, log_odds: float) -> int:
        """Micro-points of a log-odds of default."""
        points = self.points - self.factor * (math.log(self.odds) + log_odds)
        return round(points * MICRO)

    def parts(self, log_odds: Floats) -> Integers:
        """Micro-points of additive parts of a log-odds of default, rounded half to even."""
        return np.rint(log_odds * (-self.factor * MICRO)).astype(np.int64)

    def log_odds(self, score_micro: Integers) -> Floats:
        """Log-odds of default (ln bad:good) at a score in micro-points."""
        good = (score_micro / MICRO - self.points) / self.factor + math.log(self.odds)
        return np.asarray(-good, dtype=np.float64)

    def pd(self, score_micro: Integers) -> Floats:
        """Probability of default at a score in micro-points."""
        return probability(self.log_odds(score_micro))


def probability(log_odds: Floats) -> Floats:
    """Probability of default at log-odds of default."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)), dtype=np.float64)
