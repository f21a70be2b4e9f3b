"""Approvals at equal bad rate: how many each of two rankings could lend to at the same risk.

Applicants of one rank are approved together or not at all: a rule that cannot tell them apart
has no ground to choose among them. The cut is the loosest that keeps the bad rate.

References
----------
N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley 2017: the swap set.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.model.scale import Floats
from training.validation.errors import EvidenceError

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ApprovalCurve:
    """What each possible cut of a ranking approves, the strictest first.

    Attributes
    ----------
    rank : Floats [c]
        Riskiest rank that is still approved.
    approved : Floats [c]
        Applicants (or their weight) approved.
    bad_rate : Floats [c]
        Share of them that are bad.
    """

    rank: Floats
    approved: Floats
    bad_rate: Floats

    def cut(self, bad_rate: float) -> "Cut":
        """Loosest cut of which the bad rate is at most the given one; it may approve nobody."""
        held = np.flatnonzero(self.bad_rate <= bad_rate)
        if not len(held):
            return Cut(-np.inf, 0.0, 0.0)
        last = held[-1]
        return Cut(float(self.rank[last]), float(self.approved[last]), float(self.bad_rate[last]))

    def approvals(self, bad_rate: npt.ArrayLike) -> Floats:
        """Approved at each of many bad rates."""
        order = np.argsort(self.bad_rate, kind="stable")
        most = np.concatenate([[0.0], np.maximum.accumulate(self.approved[order])])
        place = np.searchsorted(self.bad_rate[order], bad_rate, side="right")
        return np.asarray(most[place], np.float64)


@dataclass(frozen=True)
class Cut:
    """A cut of a ranking.

    Attributes
    ----------
    rank : float
        Riskiest rank that is approved; minus infinity if nobody is.
    approved, bad_rate : float
        As in :class:`ApprovalCurve`; the bad rate of nobody is 0.
    """

    rank: float
    approved: float
    bad_rate: float


@dataclass(frozen=True)
class Segment:
    """Some applicants.

    Attributes
    ----------
    applicants : float
        Their number, or their weight.
    bad_rate : float
        NaN if there are none.
    """

    applicants: float
    bad_rate: float


@dataclass(frozen=True, eq=False)
class SwapSet:
    """Two decisions on the same applicants at the same bad rate.

    Attributes
    ----------
    ours, theirs : Cut
    swapped_in : bool [n]
        Whom only ours approves.
    swapped_out : bool [n]
        Whom only theirs approves.
    both, neither : bool [n]
    """

    ours: Cut
    theirs: Cut
    swapped_in: Flags
    swapped_out: Flags
    both: Flags
    neither: Flags


def approval_curve(bad: npt.ArrayLike, rank: Floats, weight: Floats | None = None) -> ApprovalCurve:
    """Approvals and bad rate of every cut.

    Parameters
    ----------
    bad : array_like [n]
        Outcome, 0 or 1, or the true probability of default.
    rank : Floats [n]
        Larger is riskier; NaN is never approved, as a rule's rank of those it cannot judge.
    weight : Floats [n], optional
        How many applicants a row stands for; 1 by default.

    Raises
    ------
    EvidenceError
        If ``bad`` is not from 0 to 1 throughout or a weight is negative.
    """
    y, w = np.asarray(bad, np.float64), np.ones(len(rank)) if weight is None else weight
    if not ((y >= 0) & (y <= 1)).all() or not (w >= 0).all():
        raise EvidenceError(
            "Expected outcomes (or default probabilities) from 0 to 1 and weights of at least 0: "
            "leave out rows of which the outcome is unknown."
        )
    known = ~np.isnan(rank) & (w > 0)
    ranks, place = np.unique(rank[known], return_inverse=True)
    approved = np.cumsum(np.bincount(place, weights=w[known], minlength=len(ranks)))
    lost = np.cumsum(np.bincount(place, weights=(w * y)[known], minlength=len(ranks)))
    return ApprovalCurve(ranks, approved.astype(np.float64), lost / approved)


def swap_set(
    bad: npt.ArrayLike,
    ours: Floats,
    theirs: Floats,
    bad_rate: float,
    weight: Floats | None = None,
) -> SwapSet:
    """Decide by either ranking at the same bad rate.

    A coarse ranking rarely meets a bad rate given beforehand. To be fair to it, give one that it
    has at a cut: ``approval_curve(bad, theirs).bad_rate``.

    Parameters
    ----------
    bad, weight
        As for :func:`approval_curve`.
    ours, theirs : Floats [n]
        Larger is riskier; NaN is never approved.
    bad_rate : float
        What the approved may have at most, by either ranking.
    """
    one = approval_curve(bad, ours, weight).cut(bad_rate)
    other = approval_curve(bad, theirs, weight).cut(bad_rate)
    mine, others = ours <= one.rank, theirs <= other.rank
    return SwapSet(one, other, mine & ~others, others & ~mine, mine & others, ~(mine | others))


def segment(bad: npt.ArrayLike, members: Flags, weight: Floats | None = None) -> Segment:
    """Number and bad rate of some applicants, as of a part of a swap set.

    Parameters
    ----------
    bad, weight
        As for :func:`approval_curve`.
    members : bool [n]
        Such as ``swap.swapped_in & ~has_core_enterprise``.
    """
    y = np.asarray(bad, np.float64)[members]
    w = np.ones(len(y)) if weight is None else weight[members]
    total = float(w.sum())
    return Segment(total, float((w * y).sum()) / total if total else float("nan"))
