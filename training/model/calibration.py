"""Calibration: the affine map from a model's margin to the log-odds of default.

Platt's map is affine, so SHAP values of the margin stay additive after it; isotonic or beta
calibration would break the sum. How it is fitted stands in ``training/calibration.py``.

References
----------
J. Platt, *Probabilistic outputs for support vector machines*, 1999.
"""

import math
from dataclasses import dataclass

import numpy as np

from training.model.scale import Floats


@dataclass(frozen=True)
class Calibration:
    """``log-odds of default = slope * margin + intercept``.

    Attributes
    ----------
    slope : float
        Above 0, or the calibration would turn the model's order round.
    intercept : float
    """

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a map that is no calibration."""
        if not (self.slope > 0 and math.isfinite(self.slope) and math.isfinite(self.intercept)):
            raise ValueError(
                f"expected a finite intercept and a slope above 0, found slope {self.slope} and "
                f"intercept {self.intercept}"
            )

    def log_odds(self, margin: float) -> float:
        """Log-odds of default at a margin."""
        return self.slope * margin + self.intercept

    def pd(self, margin: Floats) -> Floats:
        """PD at each margin."""
        odds = self.slope * margin + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))
