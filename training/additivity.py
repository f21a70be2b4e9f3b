"""Check PD005: base and points are the calibrated margin, but for their own rounding."""

import numpy as np

from training.checks import Finding
from training.estimator import raw_margin
from training.model.bundle import Bundle, Scores
from training.model.scale import MICRO, Floats


def additivity(bundle: Bundle, values: Floats, scores: Scores) -> Finding | None:
    """Check PD005: base and points are the calibrated margin, but for their own rounding."""
    odds = (
        bundle.calibration.slope * raw_margin(bundle.booster, values) + bundle.calibration.intercept
    )
    residual = np.abs(bundle.scale.log_odds(scores.score_micro) - odds)
    allowed = (len(bundle.features) + 1) / 2 / MICRO / bundle.scale.factor + 1e-9
    if float(residual.max(initial=0.0)) <= allowed:
        return None
    return Finding(
        "PD005",
        "points do not add up",
        f"base and points miss the margin by up to {residual.max():.3g} in log-odds, allowed are "
        f"{allowed:.3g}; do not use the model, train it again",
    )
