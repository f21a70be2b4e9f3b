"""Migration: customers by grade at two times."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from supervision.arrays import Integers
from training.report.master_scale import MasterScale
from training.sample import Names
from training.validation.migration import migration_matrix


@dataclass(frozen=True, eq=False)
class Migration:
    """Customers by grade at two times.

    Attributes
    ----------
    follows : str
        Whom, from when to when.
    counts : int64 [k, k]
        Before (rows) and after (columns).
    left : int
        Of those at the beginning, who had left by the end.
    """

    follows: str
    counts: Integers
    left: int

    @classmethod
    def of(cls, before: "Graded", after: "Graded", scale: MasterScale, follows: str) -> Self:
        """Follow customers who are there at both times."""
        _, first, second = np.intersect1d(before.customer, after.customer, return_indices=True)
        counts = migration_matrix(before.grade[first], after.grade[second], len(scale))
        return cls(follows, counts, len(before.customer) - len(first))


@dataclass(frozen=True, eq=False)
class Graded:
    """Customers with their grades at one time.

    Attributes
    ----------
    customer : str [n]
        Each once.
    grade : int64 [n]
    """

    customer: Names
    grade: Integers
