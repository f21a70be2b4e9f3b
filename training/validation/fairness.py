"""Fairness: approvals of one group of enterprises against another's.

References
----------
*Uniform Guidelines on Employee Selection Procedures*, 29 CFR 1607, 1978: the adverse impact ratio,
its four-fifths rule and the group with the highest rate as the one to compare with (4 D); groups of
less than 2 % are not looked at there (15 A), and are not made the measure here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.sample import Names
from training.validation.errors import EvidenceError
from training.validation.fisher import two_sided

FOUR_FIFTHS = 0.8
"""Ratio below which approvals differ enough to be looked into."""

_LEAST_SHARE = 0.02


@dataclass(frozen=True)
class AdverseImpact:
    """Approvals of a group against those of the reference group.

    Attributes
    ----------
    group, reference : str
    approved, applicants : int
        Of the group.
    reference_approved, reference_applicants : int
    p : float
        Two-sided, of Fisher's exact test.
    """

    group: str
    reference: str
    approved: int
    applicants: int
    reference_approved: int
    reference_applicants: int
    p: float

    @property
    def ratio(self) -> float:
        """Adverse impact ratio: the group's approval rate over the reference's; NaN over 0."""
        if not self.reference_approved:
            return float("nan")
        rate = self.reference_approved / self.reference_applicants
        return self.approved / self.applicants / rate


def adverse_impact(
    group: Names, approved: npt.NDArray[np.bool_], reference: str | None = None
) -> tuple[AdverseImpact, ...]:
    """Adverse impact ratio of each group but the reference.

    Parameters
    ----------
    group : Names [n]
        Group of each applicant.
    approved : bool [n]
    reference : str, optional
        By default the group with the highest rate among those with 2 % of the applicants.

    Raises
    ------
    EvidenceError
        If there are fewer than two groups, or no such reference.
    """
    groups, place = np.unique(group, return_inverse=True)
    applicants = np.bincount(place, minlength=len(groups))
    granted = np.bincount(place, weights=approved, minlength=len(groups)).astype(np.int64)
    if len(groups) < 2 or (reference is not None and reference not in groups):
        raise EvidenceError(
            f"Expected at least two groups, among them the reference {reference!r}; found "
            f"{', '.join(map(str, groups))[:80]}: name one of these."
        )
    if reference is None:
        large = applicants >= _LEAST_SHARE * len(place)
        base = int(np.argmax(np.where(large, granted / applicants, -1.0)))
    else:
        base = int(np.flatnonzero(groups == reference)[0])
    p = two_sided(granted, applicants, granted[base], applicants[base])
    return tuple(
        AdverseImpact(
            str(groups[g]),
            str(groups[base]),
            int(granted[g]),
            int(applicants[g]),
            int(granted[base]),
            int(applicants[base]),
            float(p[g]),
        )
        for g in range(len(groups))
        if g != base
    )
