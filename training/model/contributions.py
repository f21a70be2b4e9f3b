"""Contributions: the exact share of every feature in a margin (path-dependent TreeSHAP).

References
----------
S. Lundberg et al., *From local explanations to global understanding with explainable AI for
trees*, Nature Machine Intelligence 2 (2020).
"""

from typing import Any, cast

import lightgbm as lgb
import numpy as np

from training.model.scale import Floats

_FEW = 256
"""Up to so many rows one thread is faster than waking the others."""


def contributions(booster: lgb.Booster, values: Floats) -> tuple[Floats, float]:
    """SHAP values of the margin and the margin that they start from.

    Parameters
    ----------
    booster : lightgbm.Booster
    values : float64 [n, f]
        NaN is missing.

    Returns
    -------
    shares : float64 [n, f]
        Contribution of each feature to the margin (log-odds before calibration).
    expected : float
        The average margin over the training rows; margin = expected + row sum of ``shares``.
    """
    if len(values) == 0:
        values, rows = np.zeros((1, values.shape[1])), 0
    else:
        rows = len(values)
    threads: dict[str, Any] = {"num_threads": 1} if rows <= _FEW else {}
    found = cast(Floats, booster.predict(values, pred_contrib=True, **threads))
    return np.ascontiguousarray(found[:rows, :-1]), float(found[0, -1])
