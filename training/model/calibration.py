"""Calibration: the affine map from a model's margin to the log-odds of default.

Platt's map is affine, so SHAP values of the margin stay additive after it; isotonic or beta
calibration would break the sum. How it is fitted stands in ``training/calibration.py``.

References
----------
J. Platt, *Probabilistic outputs for support vector machines*, 1999.
"""

import math
from dataclasses import dataclass
from typing import Any

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
    covariance : tuple of float or None
        Variance of the slope, covariance of both, variance of the intercept; None where they are
        not known.
    """

    slope: float = 1.0
    intercept: float = 0.0
    covariance: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse a map that is no calibration."""
        if not (self.slope > 0 and math.isfinite(self.slope) and math.isfinite(self.intercept)):
            raise ValueError(
                f"expected a finite intercept and a slope above 0, found slope {self.slope} and "
                f"intercept {self.intercept}"
            )
        if self.covariance is not None:
            of_slope, of_both, of_intercept = self.covariance
            if not (of_slope >= 0 and of_intercept >= 0 and math.isfinite(of_both)):
                raise ValueError(
                    f"expected variances from 0 and a finite covariance, found {self.covariance}"
                )

    def log_odds(self, margin: float) -> float:
        """Log-odds of default at a margin."""
        return self.slope * margin + self.intercept

    def pd(self, margin: Floats) -> Floats:
        """PD at each margin."""
        odds = self.slope * margin + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))

    def errors(self, log_odds: Floats) -> Floats | None:
        """Standard error of each log-odds of default; None where the covariance is not known.

        It tells how far the calibration's level and slope are known, not how far the model's own
        order is.
        """
        if self.covariance is None:
            return None
        of_slope, of_both, of_intercept = self.covariance
        margin = (log_odds - self.intercept) / self.slope
        variance = (of_slope * margin + 2.0 * of_both) * margin + of_intercept
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def stated(self) -> dict[str, Any]:
        """The form in JSON, without what is not known."""
        told: dict[str, Any] = {"slope": self.slope, "intercept": self.intercept}
        if self.covariance is not None:
            told["covariance"] = list(self.covariance)
        return told

    @classmethod
    def of(cls, stated: dict[str, Any]) -> "Calibration":
        """Read the form in JSON."""
        slope, intercept = stated["slope"], stated["intercept"]
        if (covariance := stated.get("covariance")) is None:
            return cls(slope, intercept)
        of_slope, of_both, of_intercept = covariance
        return cls(slope, intercept, (of_slope, of_both, of_intercept))
