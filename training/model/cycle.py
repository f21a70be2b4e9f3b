"""The PD through the cycle: the same order of enterprises at the level of the long run.

The PD of a score is *point in time*: its level is that of the months of training. Through the
cycle the intercept alone is moved, by as much as makes the mean PD of the training equal the
long-run default rate and a margin of conservatism; no PD is below the floor. Score and points
stay as they are. How the intercept is found stands in ``training/central_tendency.py``.

References
----------
Regulation (EU) 575/2013 (CRR), article 160(1) as of 2025 (the floor of 0.05 %) and article 180(1)
(long-run averages of one-year default rates, of at least five years); EBA/GL/2017/16 (margin of
conservatism).
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.model.scale import Floats, probability


@dataclass(frozen=True)
class Cycle:
    """How a model's PD is brought to the level of the long run.

    Attributes
    ----------
    shift : float
        Added to the log-odds of default.
    long_run_rate : float
        Mean of the default rates of ``years`` years.
    margin : float
        Margin of conservatism, as a part of the rate: 0.1 raises it by a tenth.
    floor : float
        Smallest PD.
    years : int
    source : str
        Where the rate is from.
    """

    shift: float
    long_run_rate: float
    margin: float
    floor: float
    years: int
    source: str

    def __post_init__(self) -> None:
        """Refuse figures that are no central tendency."""
        if not (math.isfinite(self.shift) and self.margin >= 0.0):
            raise ValueError(f"expected a finite shift and a margin from 0, found {self}")
        if not 0.0 < self.floor < self.target < 1.0:
            raise ValueError(
                "expected a long-run rate that with its margin lies between the floor and 1, "
                f"found {self}"
            )

    @property
    def target(self) -> float:
        """The central tendency: long-run rate with its margin."""
        return self.long_run_rate * (1.0 + self.margin)

    def pd_at(self, log_odds: Floats) -> Floats:
        """PD through the cycle at log-odds of default, point in time."""
        return np.maximum(self.floor, probability(log_odds + self.shift))

    def stated(self) -> dict[str, Any]:
        """The form in JSON."""
        return asdict(self)
