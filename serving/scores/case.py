"""One answer in the making: whom it is about, what is known, and what the model says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.depth import DataDepth
from serving.scores.asked import Placed
from serving.scores.depth_grade import UNGRADED, DepthGrading
from serving.scores.reasons import Subject
from training.model.bundle import Scores
from training.model.points import Points
from training.model.scale import Floats


@dataclass(frozen=True, eq=False)
class Case:
    """One answer in the making.

    Attributes
    ----------
    placed : Placed
    subject : Subject or None
        None where the record has never met the enterprise.
    depth : DataDepth
    values : mapping of str to float
        Features by name, those that the limit is reckoned from among them.
    row : float64 [features]
        Those of the model, in its order; NaN is missing.
    grading : DepthGrading
        What grade the depth has.
    """

    placed: Placed
    subject: Subject | None
    depth: DataDepth
    values: Mapping[str, float]
    row: Floats
    grading: DepthGrading = UNGRADED

    @property
    def is_sufficient(self) -> bool:
        """Whether enough is known for a score."""
        return self.depth.newest_known_at is not None and self.grading.grade is not None


@dataclass(frozen=True)
class Mark:
    """What the model says of one case: its scores, one row, and the points as they are shown."""

    scores: Scores
    base: int
    score: int
    points: np.ndarray[tuple[int], np.dtype[np.int64]]


def mark_of(scores: Scores, shown: Points, place: int) -> Mark:
    """One row of what the model says."""
    here = slice(place, place + 1)
    long_run, interval = scores.pd_through_the_cycle, scores.pd_interval
    row = Scores(
        scores.micro_points[here],
        scores.base_micro_points,
        scores.score_micro[here],
        scores.pd[here],
        None if long_run is None else long_run[here],
        None if interval is None else interval[:, here],
    )
    return Mark(row, shown.base, int(shown.score[place]), shown.features[place])
