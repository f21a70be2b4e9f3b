"""Grading: which PD a lender's policy grades by, and what the answer says of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from serving.policy import DEFAULTED, PdView, Policy
from serving.scores.pd_interval import PdInterval
from training.model.bundle import Scores
from training.model.scale import Floats

IN_FORCE = "default_in_force_now"
LISTED = "dishonest_debtor_ever"
"""Feature that says whether grade D is given."""


@dataclass(frozen=True, eq=False)
class Graded:
    """Grades and PDs of n rows.

    Attributes
    ----------
    by : str
        Which PD the grades are given by.
    grade : tuple of str
        ``D`` while a default is in force.
    lend : tuple of bool
        Whether the policy takes on new exposure.
    pd : float64 [n]
        Point in time; 1 while a default is in force.
    pd_through_the_cycle : float64 [n] or None
        At the level of the long run; 1 while a default is in force.
    model_pd : float64 [n]
        Point in time, whatever is in force.
    in_force : bool [n]
    pd_interval : float64 [2, n] or None
        Ends of the 95 % interval of ``model_pd``; None where the model tells none.
    """

    by: PdView
    grade: tuple[str, ...]
    lend: tuple[bool, ...]
    pd: Floats
    pd_through_the_cycle: Floats | None
    model_pd: Floats
    in_force: npt.NDArray[np.bool_]
    pd_interval: Floats | None = None

    def row(self, number: int) -> dict[str, Any]:
        """Fields of one row's answer."""
        long_run = self.pd_through_the_cycle
        return {
            "grade": self.grade[number],
            "graded_by": self.by,
            "pd": float(self.pd[number]),
            "pd_through_the_cycle": None if long_run is None else float(long_run[number]),
            "model_pd": float(self.model_pd[number]),
            "default_in_force": bool(self.in_force[number]),
            "pd_interval": self._interval(number),
        }

    def _interval(self, number: int) -> PdInterval | None:
        """Of a row's PD, which is no estimate any more once a default is in force."""
        if self.pd_interval is None or self.in_force[number]:
            return None
        low, high = self.pd_interval[:, number].tolist()
        return PdInterval(low=low, high=high)


def graded(scores: Scores, in_force: npt.NDArray[np.bool_], policy: Policy) -> Graded:
    """Grade rows by the PD that the policy asks for, or point in time where there is no other.

    Parameters
    ----------
    scores : Scores
        Of n rows.
    in_force : bool [n]
        Whether a default is in force.
    policy : Policy
    """
    long_run = scores.pd_through_the_cycle
    by = policy.graded_by(through_the_cycle=long_run is not None)
    deciding = scores.pd if long_run is None or by == "point_in_time" else long_run
    found = list(zip(map(policy.grade, deciding.tolist()), in_force.tolist(), strict=True))
    return Graded(
        by=by,
        grade=tuple(DEFAULTED if bad else grade.name for grade, bad in found),
        lend=tuple(grade.lend and not bad for grade, bad in found),
        pd=np.where(in_force, 1.0, scores.pd),
        pd_through_the_cycle=None if long_run is None else np.where(in_force, 1.0, long_run),
        model_pd=scores.pd,
        in_force=in_force,
        pd_interval=scores.pd_interval,
    )
