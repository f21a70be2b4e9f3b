"""Resampling: intervals of figures over resamples of enterprises with all of their rows.

Rows of one enterprise month after month are not news to each other; an interval over resampled
rows would be far too narrow.
"""

from collections.abc import Callable, Iterator

import numpy as np

from training.model.scale import Floats
from training.sample import Names

LEVEL = (0.025, 0.975)


def resampled(enterprise: Names, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each row counts in each resample, float64 [n] with whole numbers.

    Parameters
    ----------
    enterprise : str [n]
        Drawn with replacement, as many as there are.
    resamples : int
    seed : int
        The same seed and enterprises give the same resamples, so that models are compared on
        the same ones.
    """
    firms, firm = np.unique(enterprise, return_inverse=True)
    chance = np.random.default_rng(seed)
    for _ in range(resamples):
        times = np.bincount(chance.integers(0, len(firms), len(firms)), minlength=len(firms))
        yield times[firm].astype(np.float64)


def percentiles(drawn: Floats) -> Floats:
    """95 % percentile interval of each figure, float64 [2, k]; NaN where no draw has one.

    Parameters
    ----------
    drawn : float64 [resamples, k]
        NaN where a figure could not be had.
    """
    found = np.full((2, drawn.shape[1]), np.nan)
    seen = ~np.isnan(drawn).all(axis=0)
    if seen.any():
        found[:, seen] = np.nanquantile(drawn[:, seen], LEVEL, axis=0)
    return found


def intervals(
    figures: Callable[[Floats], Floats], enterprise: Names, resamples: int, seed: int
) -> Floats:
    """95 % intervals of figures of weighted rows, float64 [2, k].

    Parameters
    ----------
    figures : callable
        Figures, float64 [k], of how often each row counts.
    enterprise, resamples, seed
        As for :func:`resampled`.
    """
    return percentiles(
        np.array([figures(times) for times in resampled(enterprise, resamples, seed)])
    )
