"""Stability of the score and of each characteristic since development.

The index is judged twice: by the rule of thumb, which takes no notice of the number of rows, and
by the bound that chance alone leaves it below in 95 of 100 cases.

References
----------
See :mod:`features.profile.divergence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from features.profile.bins import Bins
from features.profile.divergence import CHANGED, WATCH, chance_bound, psi
from supervision.arrays import Integers
from training.model.scale import Floats
from training.validation.errors import EvidenceError

Rule = Literal["stable", "watch", "changed"]


@dataclass(frozen=True)
class Stability:
    """Population stability index of one distribution.

    Attributes
    ----------
    psi : float
    bound : float
        What chance alone leaves it below in 95 of 100 cases.
    p : float
        How likely chance alone gives a larger index.
    bins : int
        Bins that are not empty on both sides.
    """

    psi: float
    bound: float
    p: float
    bins: int

    @property
    def rule(self) -> Rule:
        """Rule of thumb: stable below 0.10, changed from 0.25."""
        if self.psi >= CHANGED:
            return "changed"
        return "watch" if self.psi >= WATCH else "stable"

    @property
    def beyond_chance(self) -> bool:
        """Whether the index is above its bound."""
        return self.psi > self.bound


def stability(
    reference: npt.ArrayLike, current: npt.ArrayLike, sizes: tuple[int, int] | None = None
) -> Stability:
    """Population stability index of counts in the same bins.

    Parameters
    ----------
    reference, current : array_like [b]
        Rows of each bin at development and now; shares if ``sizes`` are given.
    sizes : (int, int), optional
        How many independent pieces of evidence either side is, such as enterprises; by default
        every row is one.

    Raises
    ------
    EvidenceError
        If the bins differ in number or a side has no rows.
    """
    then, now = np.asarray(reference, np.float64), np.asarray(current, np.float64)
    if then.shape != now.shape or then.ndim != 1 or not (then.sum() > 0 and now.sum() > 0):
        raise EvidenceError(
            f"Expected rows in the same bins then and now, found {then.sum():g} rows in "
            f"{then.size} bins and {now.sum():g} in {now.size}: cut both at the same edges."
        )
    rows, current_rows = sizes or (int(then.sum()), int(now.sum()))
    if rows < 1 or current_rows < 1:
        raise EvidenceError(
            f"Expected at least one row then and now, found {rows} and {current_rows}: give "
            "sizes where the counts are shares."
        )
    index = psi(then, now)
    bins = int(((then > 0) | (now > 0)).sum())
    chance = 1.0 / rows + 1.0 / current_rows
    p = float(chdtrc(bins - 1, index / chance)) if bins > 1 else 1.0
    return Stability(index, chance_bound(then, now, rows, current_rows), p, bins)


def characteristic_stability(
    names: Sequence[str],
    reference: Floats,
    current: Floats,
    sizes: tuple[int, int] | None = None,
) -> dict[str, Stability]:
    """Stability of each characteristic, binned at its deciles at development.

    Missing values are a bin of their own.

    Parameters
    ----------
    names : sequence of str [f]
    reference, current : Floats [n, f], Floats [m, f]
    sizes : (int, int), optional
        As for :func:`stability`.
    """
    found = {}
    for place, name in enumerate(names):
        bins = Bins.of(reference[:, place])
        then, now = bins.count(reference[:, place]), bins.count(current[:, place])
        found[name] = stability(then, now, sizes)
    return found


def score_counts(reference: Floats, current: Floats) -> tuple[Integers, Integers]:
    """Rows of both sides in bins cut at the deciles of the reference's scores."""
    bins = Bins.of(reference)
    return bins.count(reference), bins.count(current)
