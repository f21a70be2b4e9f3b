"""Approval gain: how many more one ranking could approve at another's bad rate.

The other ranking's cuts are held as a lender's policy would be. In every resample of enterprises
each policy has the bad rate that it has there, and ours is set against that; were the bad rate
held instead, a coarse rule would fall to its next cut in half of the resamples.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.model.scale import Floats
from training.sample import Names
from training.validation.errors import EvidenceError
from training.validation.swap_set import ApprovalCurve, approval_curve

_MOST_CUTS = 20
_LEVEL = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class ApprovalGain:
    """Approvals at each cut of the other ranking.

    Attributes
    ----------
    cut : Floats [c]
        Riskiest rank that the other ranking approves.
    bad_rate : Floats [c]
        Of those it approves.
    theirs : Floats [c]
        How many those are.
    ours : Floats [c]
        How many ours approves at that bad rate.
    low, high : Floats [c]
        95 % bootstrap interval of ours over theirs; NaN where no resample has approvals.
    """

    cut: Floats
    bad_rate: Floats
    theirs: Floats
    ours: Floats
    low: Floats
    high: Floats

    @property
    def ratio(self) -> Floats:
        """Ours over theirs: 1 is no gain."""
        return self.ours / self.theirs


def approval_gain(
    bad: npt.ArrayLike,
    ours: Floats,
    theirs: Floats,
    enterprise: Names,
    resamples: int = 300,
    seed: int = 0,
) -> ApprovalGain:
    """Set our approvals against another ranking's at its own bad rates.

    Parameters
    ----------
    bad : array_like [n]
        Outcome, 0 or 1, or the true probability of default.
    ours, theirs : Floats [n]
        Larger is riskier; NaN is never approved. Of more than 20 distinct ranks of theirs, 20
        quantiles are the cuts.
    enterprise : Names [n]
        Resampled as wholes.
    resamples, seed : int
        Of the bootstrap.

    Raises
    ------
    EvidenceError
        If theirs ranks nobody.
    """
    cuts = _cuts(theirs)
    theirs_at, bad_rate, ours_at = _approvals(bad, ours, theirs, None, cuts)
    firms, firm = np.unique(enterprise, return_inverse=True)
    chance = np.random.default_rng(seed)
    ratios = np.full((max(resamples, 1), len(cuts)), np.nan)
    for sample in ratios[:resamples]:
        drawn = np.bincount(chance.integers(0, len(firms), len(firms)), minlength=len(firms))
        approved, _, mine = _approvals(bad, ours, theirs, drawn[firm].astype(np.float64), cuts)
        np.divide(mine, approved, out=sample, where=approved > 0)
    seen = ~np.isnan(ratios).all(axis=0)
    interval = np.full((2, len(cuts)), np.nan)
    if seen.any():
        interval[:, seen] = np.nanquantile(ratios[:, seen], _LEVEL, axis=0)
    return ApprovalGain(cuts, bad_rate, theirs_at, ours_at, interval[0], interval[1])


def _cuts(theirs: Floats) -> Floats:
    ranks = np.unique(theirs[~np.isnan(theirs)])
    if not len(ranks):
        raise EvidenceError(
            "Expected a rank for at least one applicant, found none: call the comparison not "
            "applicable."
        )
    if len(ranks) <= _MOST_CUTS:
        return ranks
    shares = np.arange(1, _MOST_CUTS + 1) / _MOST_CUTS
    known = theirs[~np.isnan(theirs)]
    return np.asarray(np.unique(np.quantile(known, shares, method="inverted_cdf")), np.float64)


def _approvals(
    bad: npt.ArrayLike, ours: Floats, theirs: Floats, weight: Floats | None, cuts: Floats
) -> tuple[Floats, Floats, Floats]:
    """Approved by theirs at its cuts, their bad rate, and approved by ours at that."""
    approved, bad_rate = _at(approval_curve(bad, theirs, weight), cuts)
    mine = approval_curve(bad, ours, weight).approvals(bad_rate)
    return approved, bad_rate, np.where(approved > 0, mine, 0.0)


def _at(curve: ApprovalCurve, cuts: Floats) -> tuple[Floats, Floats]:
    place = np.searchsorted(curve.rank, cuts, side="right")
    return np.append(0.0, curve.approved)[place], np.append(0.0, curve.bad_rate)[place]
