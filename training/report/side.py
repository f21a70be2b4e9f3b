"""A side of the evidence: rows with what a model that had not seen them says of them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from supervision.arrays import Integers
from training.labels import Flags
from training.model.bundle import Bundle, Scores
from training.model.scale import Floats
from training.report.master_scale import MasterScale
from training.sample import Labels, Names, Sample


@dataclass(frozen=True, eq=False)
class Scored:
    """Rows that the version itself scored.

    Attributes
    ----------
    values : float64 [n, f]
        In the order of the bundle's features.
    scores : Scores
    """

    values: Floats
    scores: Scores

    @classmethod
    def of(cls, sample: Sample, bundle: Bundle) -> Self:
        """Score the rows of a sample."""
        values = sample.choose(bundle.features)
        return cls(values, bundle.score(values))

    @property
    def graded_by(self) -> Floats:
        """PD by which grades are given: through the cycle where the model has it."""
        lasting = self.scores.pd_through_the_cycle
        return self.scores.pd if lasting is None else lasting


@dataclass(frozen=True, eq=False)
class Side:
    """Rows with their PDs.

    Attributes
    ----------
    enterprise : str [n]
        Enterprise or other group of each row; of a table without groups, the row itself.
    as_of : int64 [n]
        Orders the rows of one enterprise.
    target : int8 [n]
    values : float64 [n, f]
        In the order of the bundle's features.
    pd : float64 [n]
        Point in time.
    score_micro : int64 [n]
    graded_by : float64 [n]
        PD by which grades are given: through the cycle where the model has it.
    grade : int64 [n]
        Place on the master scale.
    """

    enterprise: Names
    as_of: Integers
    target: Labels
    values: Floats
    pd: Floats
    score_micro: Integers
    graded_by: Floats
    grade: Integers

    @classmethod
    def of(cls, sample: Sample, scored: Scored, scale: MasterScale) -> Self:
        """Rows of a sample with the scores that the version gave them."""
        return cls(
            sample.enterprise,
            sample.as_of,
            sample.target,
            scored.values,
            scored.scores.pd,
            scored.scores.score_micro,
            scored.graded_by,
            scale.place(scored.graded_by),
        )

    @property
    def firms(self) -> int:
        """Number of enterprises."""
        return len(np.unique(self.enterprise))

    @property
    def once(self) -> Flags:
        """Each enterprise's first row: rows of one enterprise are no independent evidence."""
        order = np.lexsort((self.as_of, self.enterprise))
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = self.enterprise[order][1:] != self.enterprise[order][:-1]
        found = np.zeros(len(order), dtype=np.bool_)
        found[order[first]] = True
        return found
