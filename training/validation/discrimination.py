"""Discrimination: the area under the ROC curve, its variance, and tests of it.

Everything rests on placements: of a bad row, the share of good rows that rank below it; of a good
row, the share of bad rows that rank above it; ties count half. Their mean is the AUC, and their
spread gives its variance.

Rows of one enterprise at several dates are no independent evidence. Where the enterprise of
each row is given, placements are summed by enterprise first; without, rows count as independent.

References
----------
E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, "Comparing the areas under two or more
correlated receiver operating characteristic curves", *Biometrics* 44 (1988), 837-845.

X. Sun, W. Xu, "Fast implementation of DeLong's algorithm", *IEEE Signal Processing Letters* 21
(2014), 1389-1393: placements from ranks.

N. A. Obuchowski, "Nonparametric analysis of clustered ROC curve data", *Biometrics* 53 (1997),
567-578.

European Central Bank, *Instructions for reporting the validation results of internal models:
IRB Pillar I models for credit risk*, February 2019, section 2.5.4.1: AUC against development.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from supervision.arrays import Integers
from training.model.scale import Floats
from training.sample import Labels, Names
from training.validation.errors import EvidenceError
from training.validation.normal import above, beyond, quantile, standardised


@dataclass(frozen=True, eq=False)
class Placements:
    """Placements of bad and of good rows by one ranking, or by many.

    Attributes
    ----------
    bad : Floats [..., m]
    good : Floats [..., n]
    """

    bad: Floats
    good: Floats

    @property
    def auc(self) -> Floats:
        """Area under the curve of each ranking."""
        return np.asarray(self.bad.mean(axis=-1), np.float64)

    @property
    def variance(self) -> Floats:
        """DeLong's variance of a mean of these placements, rows being independent."""
        spread = self.bad.var(axis=-1, ddof=1) / self.bad.shape[-1]
        return np.asarray(spread + self.good.var(axis=-1, ddof=1) / self.good.shape[-1])

    def minus(self, other: "Placements") -> "Placements":
        """Differences: their mean and variance are those of the difference of the areas."""
        return Placements(self.bad - other.bad, self.good - other.good)


@dataclass(frozen=True)
class Area:
    """Area under the ROC curve of one ranking.

    Attributes
    ----------
    auc, variance : float
    bad, good : int
        Rows of either class.
    """

    auc: float
    variance: float
    bad: int
    good: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal confidence interval, kept within 0 and 1."""
        reach = float(quantile((1.0 + level) / 2.0)) * self.variance**0.5
        return max(0.0, self.auc - reach), min(1.0, self.auc + reach)


@dataclass(frozen=True)
class AreaDifference:
    """Areas of two rankings of the same rows: DeLong's paired test, two-sided.

    Attributes
    ----------
    left, right : Area
    variance : float
        Of left minus right.
    z, p : float
    """

    left: Area
    right: Area
    variance: float
    z: float
    p: float


@dataclass(frozen=True)
class AgainstDevelopment:
    """AUC now against AUC at development, one-sided: a small p says that it has fallen.

    Attributes
    ----------
    development : float
    current : Area
    s, p : float
    """

    development: float
    current: Area
    s: float
    p: float


def placements(target: Labels, rank: Floats) -> Placements:
    """Placements of bad and good rows.

    Parameters
    ----------
    target : int8 [n]
        1 is bad.
    rank : Floats [..., n]
        Larger is riskier; further axes are further rankings of the same rows.

    Raises
    ------
    EvidenceError
        If there are fewer than two bad or two good rows, or a rank is NaN.
    """
    is_bad = target == 1
    m, n = int(is_bad.sum()), int((~is_bad).sum())
    if m < 2 or n < 2:
        raise EvidenceError(
            f"Expected at least two bad and two good rows, found {m} and {n}: take more rows, or "
            "call the test not applicable."
        )
    if np.isnan(rank).any():
        raise EvidenceError(
            f"Expected a rank for each row, found {int(np.isnan(rank).sum())} missing: leave "
            "those rows out, or rank them last."
        )
    bad, good = rank[..., is_bad], rank[..., ~is_bad]
    among_all = rankdata(rank, axis=-1)
    return Placements(
        (among_all[..., is_bad] - rankdata(bad, axis=-1)) / n,
        1.0 - (among_all[..., ~is_bad] - rankdata(good, axis=-1)) / m,
    )


def area(target: Labels, rank: Floats, enterprise: Names | None = None) -> Area:
    """Area under the ROC curve with its variance.

    Parameters
    ----------
    target : int8 [n]
    rank : Floats [n]
        Larger is riskier.
    enterprise : Names [n], optional
        Its rows count as one piece of evidence.
    """
    return _area(target, placements(target, rank), enterprise)


def compare_areas(
    target: Labels, left: Floats, right: Floats, enterprise: Names | None = None
) -> AreaDifference:
    """DeLong's test of two rankings of the same rows; z is positive if the left one is better.

    Parameters
    ----------
    target : int8 [n]
    left, right : Floats [n]
        Larger is riskier.
    enterprise : Names [n], optional
        As for :func:`area`.
    """
    first, second = placements(target, left), placements(target, right)
    variance = _variance(target, first.minus(second), enterprise)
    one, other = _area(target, first, enterprise), _area(target, second, enterprise)
    z = standardised(one.auc - other.auc, variance)
    return AreaDifference(one, other, variance, float(z), float(beyond(z)))


def against_development(current: Area, development: float) -> AgainstDevelopment:
    """Test whether AUC has fallen since development, whose AUC is taken as known.

    With s the standard error of AUC now::

        S = (AUC at development - AUC now) / s,  p = 1 - Phi(S)

    Parameters
    ----------
    current : Area
        Its variance is s^2.
    development : float
    """
    s = standardised(development - current.auc, current.variance)
    return AgainstDevelopment(development, current, float(s), float(above(s)))


def _area(target: Labels, placed: Placements, enterprise: Names | None) -> Area:
    return Area(
        float(placed.auc),
        _variance(target, placed, enterprise),
        placed.bad.shape[-1],
        placed.good.shape[-1],
    )


def _variance(target: Labels, placed: Placements, enterprise: Names | None) -> float:
    """Variance of the mean placement; by Obuchowski's sums where enterprises are given."""
    if enterprise is None:
        return float(placed.variance)
    firms, firm = np.unique(enterprise, return_inverse=True)
    bad, bad_firms = _sums(placed.bad, firm[target == 1], len(firms))
    good, good_firms = _sums(placed.good, firm[target != 1], len(firms))
    if bad_firms < 2 or good_firms < 2:
        raise EvidenceError(
            "Expected bad rows of at least two enterprises and good rows of at least two, found "
            f"{bad_firms} and {good_firms}: take more enterprises."
        )
    return float(
        bad_firms / (bad_firms - 1) * (bad**2).sum()
        + good_firms / (good_firms - 1) * (good**2).sum()
        + 2.0 * len(firms) / (len(firms) - 1) * (bad * good).sum()
    )


def _sums(placed: Floats, firm: npt.NDArray[np.intp], firms: int) -> tuple[Floats, int]:
    """Sums by enterprise of what each row moves the mean, and enterprises with such rows."""
    moved = (placed - placed.mean()) / len(placed)
    rows: Integers = np.bincount(firm, minlength=firms)
    sums: Floats = np.bincount(firm, weights=moved, minlength=firms).astype(np.float64)
    return sums, int((rows > 0).sum())
