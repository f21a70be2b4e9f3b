"""Tests of calibration: whether defaults are as many as the PDs said.

All take rows as independent. Defaults of one year are not: in a bad year a sound model fails.

References
----------
European Central Bank, *Instructions for reporting the validation results of internal models:
IRB Pillar I models for credit risk*, February 2019, section 2.5.3.1: the Jeffreys test.

Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating Systems*,
working paper 14, 2005: the binomial and the Hosmer-Lemeshow test.

D. J. Spiegelhalter, "Probabilistic prediction in patient management and clinical trials",
*Statistics in Medicine* 5 (1986), 421-433.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, chdtrc
from scipy.stats import binom

from training.model.scale import Floats
from training.validation.errors import EvidenceError
from training.validation.normal import beyond, standardised


@dataclass(frozen=True, eq=False)
class ChiSquare:
    """A chi-square statistic, its degrees of freedom, and how likely a larger one is."""

    statistic: Floats
    freedom: int
    p: Floats


@dataclass(frozen=True, eq=False)
class NormalTest:
    """A statistic that is standard normal under the null, and its p."""

    z: Floats
    p: Floats


def jeffreys(pd: npt.ArrayLike, rows: npt.ArrayLike, defaults: npt.ArrayLike) -> Floats:
    """Jeffreys test: probability that the true default rate is at most the PD.

    With Jeffreys' prior Beta(1/2, 1/2) and D defaults among N rows::

        P = BetaCDF(PD; D + 1/2, N - D + 1/2)

    A small P says that the PD is too low.

    Parameters
    ----------
    pd, rows, defaults : array_like
        PD, N and D of each grade; broadcast against each other.

    Returns
    -------
    Floats
        NaN where there are no rows.
    """
    p, n, d = _counts(pd, rows, defaults)
    return np.where(n > 0, betainc(d + 0.5, n - d + 0.5, p), np.nan)


def binomial(pd: npt.ArrayLike, rows: npt.ArrayLike, defaults: npt.ArrayLike) -> Floats:
    """One-sided exact binomial test: probability of at least D defaults if the PD is true.

    Parameters and return as for :func:`jeffreys`.
    """
    p, n, d = _counts(pd, rows, defaults)
    return np.where(n > 0, binom.sf(d - 1, n, p), np.nan)


def hosmer_lemeshow(
    pd: npt.ArrayLike, rows: npt.ArrayLike, defaults: npt.ArrayLike, fitted: int = 0
) -> ChiSquare:
    """Hosmer-Lemeshow test over all grades at once.

    The statistic is::

        sum over grades of (D - N PD)^2 / (N PD (1 - PD))

    Parameters
    ----------
    pd, rows : array_like [k]
        PD, above 0 and below 1, and rows of each grade; grades without rows do not count.
    defaults : array_like [..., k]
        Further axes are further samples.
    fitted : int
        Degrees of freedom lost: 0 for PDs stated beforehand, 2 for PDs fitted to these rows.

    Raises
    ------
    EvidenceError
        If a PD is 0 or 1, or no degree of freedom is left.
    """
    rate, count = np.atleast_1d(np.asarray(pd, np.float64), np.asarray(rows, np.float64))
    used = count > 0
    p, n, d = _counts(rate[used], count[used], np.asarray(defaults, np.float64)[..., used])
    if ((p <= 0) | (p >= 1)).any():
        raise EvidenceError("Hosmer-Lemeshow: expected PDs above 0 and below 1: apply the floor.")
    freedom = int(used.sum()) - fitted
    if freedom < 1:
        raise EvidenceError(
            f"Hosmer-Lemeshow: expected more than {fitted} grades with rows, found "
            f"{int(used.sum())}: use more grades."
        )
    statistic = ((d - n * p) ** 2 / (n * p * (1.0 - p))).sum(axis=-1)
    return ChiSquare(statistic, freedom, np.asarray(chdtrc(freedom, statistic), np.float64))


def spiegelhalter(pd: npt.ArrayLike, outcome: npt.ArrayLike) -> NormalTest:
    """Spiegelhalter's test of the Brier score of single rows, two-sided.

    With PDs p and outcomes y::

        z = sum (y - p)(1 - 2 p) / sqrt(sum (1 - 2 p)^2 p (1 - p))

    Parameters
    ----------
    pd : array_like [n]
        Not all 0, 1/2 or 1: those have nothing to say to this test, and z is then 0.
    outcome : array_like [..., n]
        0 or 1; further axes are further samples.
    """
    p, y = np.asarray(pd, np.float64), np.asarray(outcome, np.float64)
    if ((p < 0) | (p > 1)).any():
        raise EvidenceError("Spiegelhalter: expected PDs from 0 to 1: check their source.")
    z = standardised(
        ((y - p) * (1.0 - 2.0 * p)).sum(axis=-1), ((1.0 - 2.0 * p) ** 2 * p * (1.0 - p)).sum()
    )
    return NormalTest(z, beyond(z))


def _counts(
    pd: npt.ArrayLike, rows: npt.ArrayLike, defaults: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    p, n, d = (np.asarray(side, np.float64) for side in (pd, rows, defaults))
    if not (((p >= 0) & (p <= 1)).all() and (d >= 0).all() and (d <= n).all()):
        raise EvidenceError(
            "Expected PDs from 0 to 1 and, in each grade, from none to all rows in default; found "
            f"PD {str(p)[:80]}, rows {str(n)[:80]}, defaults {str(d)[:80]}: check how they were "
            "counted."
        )
    return p, n, d
