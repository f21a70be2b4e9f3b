"""The normal distribution: a difference in its own standard error, and the tails beyond it."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from training.model.scale import Floats


def standardised(difference: npt.ArrayLike, variance: npt.ArrayLike) -> Floats:
    """Divide a difference by its standard error.

    Where the variance is 0, no difference is 0 and any other is infinite.
    """
    gap, spread = np.broadcast_arrays(
        np.asarray(difference, np.float64), np.sqrt(np.asarray(variance, np.float64))
    )
    certain = np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
    found: Floats = np.divide(gap, spread, out=certain, where=spread != 0)
    return found


def below(z: npt.ArrayLike) -> Floats:
    """Probability that a standard normal number is below z."""
    return np.asarray(ndtr(z), dtype=np.float64)


def above(z: npt.ArrayLike) -> Floats:
    """Probability that a standard normal number is above z."""
    return below(-np.asarray(z, np.float64))


def beyond(z: npt.ArrayLike) -> Floats:
    """Probability that a standard normal number is farther from 0 than z: a two-sided p."""
    return 2.0 * below(-np.abs(np.asarray(z, np.float64)))


def quantile(share: npt.ArrayLike) -> Floats:
    """What a share of standard normal numbers are below."""
    return np.asarray(ndtri(share), dtype=np.float64)
