"""Fitting the LGD to recoveries: a fractional logit whose coefficients cannot be above 0."""

import numpy as np

from training.calibration import logistic
from training.errors import TrainingError
from training.loss.recoveries import Recoveries
from training.model.lgd import LossGivenDefault, Security
from training.model.scale import Floats

LEAST_DEFAULTS = 30
TERMS = ("secured", "liquid", "controlled")


def fit_lgd(found: Recoveries, source: str) -> LossGivenDefault:
    """Fit the LGD, each default counting alike.

    A term whose coefficient comes out above 0 (goods that would raise the loss) is left out and
    the others are fitted again, the most wrong first.

    Parameters
    ----------
    found : Recoveries
    source : str
        What the defaults are, for whoever reads the LGD.

    Raises
    ------
    TrainingError
        If there are fewer than thirty defaults, or nothing was lost, or everything.
    """
    lost = found.lgd
    if len(lost) < LEAST_DEFAULTS:
        raise TrainingError(
            f"expected at least {LEAST_DEFAULTS} defaults that have come to an end, found "
            f"{len(lost)} ({found.unresolved} are still open); ingest a longer past, or state the "
            "policy's own lgd"
        )
    if not 0.0 < lost.mean() < 1.0:
        raise TrainingError(
            f"expected defaults in which a part was lost, found a mean LGD of {lost.mean():.0%}; "
            "are instalments paid after a default in the record?"
        )
    terms = np.array([Security(*row).terms() for row in found.security.tolist()])
    kept = [place for place in range(len(TERMS)) if np.ptp(terms[:, place]) > 0]
    while True:
        design = np.column_stack([np.ones(len(lost)), terms[:, kept]])
        weights = logistic(design, lost)
        if not kept or weights[1:].max() <= 0:
            break
        kept.pop(int(weights[1:].argmax()))
    found_by_term = dict(zip((TERMS[place] for place in kept), weights[1:].tolist(), strict=True))
    stated = {name: round(found_by_term.get(name, 0.0), 4) for name in TERMS}
    return LossGivenDefault(
        intercept=round(float(weights[0]), 4), defaults=len(lost), source=source, **stated
    )


def errors(model: LossGivenDefault, found: Recoveries) -> dict[str, float]:
    """Mean LGD and mean absolute error: of the model, bounded and not, and of the mean alone."""
    securities = [Security(*row) for row in found.security.tolist()]
    raw = np.array([model.estimate(one) for one in securities])
    bounded = np.array([model.bounded(one) for one in securities])

    def error(said: Floats) -> float:
        return float(np.abs(said - found.lgd).mean())

    return {
        "mean_lgd": float(found.lgd.mean()),
        "mean_estimate": float(raw.mean()),
        "mean_bounded": float(bounded.mean()),
        "error": error(raw),
        "error_bounded": error(bounded),
        "error_of_the_mean": error(np.full(len(raw), found.lgd.mean())),
    }
