"""A side of the evidence: rows of a sample with what the model says of them."""

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
class Side:
    """Scored rows.

    Attributes
    ----------
    enterprise : str [n]
    as_of : int64 [n]
    target : int8 [n]
    values : float64 [n, f]
        In the order of the bundle's features.
    scores : Scores
    graded_by : float64 [n]
        PD by which grades are given: through the cycle where the model has it.
    grade : int64 [n]
        Place on the master scale.
    """

    enterprise: Names
    as_of: Integers
    target: Labels
    values: Floats
    scores: Scores
    graded_by: Floats
    grade: Integers

    @classmethod
    def of(cls, sample: Sample, rows: Flags, bundle: Bundle, scale: MasterScale) -> Self:
        """Score some rows of a sample."""
        taken = sample.take(rows)
        values = taken.choose(bundle.features)
        scores = bundle.score(values)
        pd = scores.pd if scores.pd_through_the_cycle is None else scores.pd_through_the_cycle
        return cls(taken.enterprise, taken.as_of, taken.target, values, scores, pd, scale.place(pd))

    @property
    def pd(self) -> Floats:
        """PD within twelve months of each row, point in time."""
        return self.scores.pd

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
