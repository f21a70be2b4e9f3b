"""Folds of the tuning: validated later than fitted, and on other enterprises.

The training months are cut: up to a month the trees are fitted, in the block of months after it
they are validated, each time on enterprises that were not fitted on. Every later row is
validated once. Between the two lies the embargo of label window and reporting lag, where the
training months are long enough to leave a third of them for the first fit; six months are not.
Without it the label windows of both sides overlap, so a shock to the whole port stands on both;
an enterprise's own outcome never does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from supervision.arrays import Integers
from training.errors import TrainingError
from training.estimator import Fold
from training.horizon import months_after

CUTS = 3
"""Blocks of months that are validated."""


@dataclass(frozen=True, eq=False)
class Cut:
    """One cut through the training months.

    Attributes
    ----------
    fitted, validated : int64
        Month ends on either side.
    embargoed : bool
        The embargo lies between them.
    folds : list of Fold
        One a validation fold of the training.
    """

    fitted: Integers
    validated: Integers
    embargoed: bool
    folds: list[Fold]


def time_ordered(as_of: Integers, fold: Integers, embargo_months: int) -> list[Cut]:
    """Cut rows by their months and enterprises.

    Parameters
    ----------
    as_of : int64 [n]
        Month end of each row.
    fold : int64 [n]
        Validation fold of the row's enterprise, from 0.
    embargo_months : int
        Label window and reporting lag.

    Raises
    ------
    TrainingError
        If the rows are of one month.
    """
    months = np.unique(as_of)
    if len(months) < 2:
        raise TrainingError(
            f"expected at least two training months to tune on, found {len(months)}; build "
            "features over more months, or train with the settings as they are"
        )
    return [
        Cut(fitted, validated, embargoed, list(_by_fold(as_of, fold, fitted, validated)))
        for fitted, validated, embargoed in _sides(months, embargo_months)
    ]


def _sides(months: Integers, embargo_months: int) -> list[tuple[Integers, Integers, bool]]:
    """Months to fit and to validate on, cut by cut."""
    least = max(1, len(months) // 3)
    known = months_after(months, embargo_months)
    first = max(least, int(np.searchsorted(months, known[least - 1])))
    embargoed = first < len(months)
    if not embargoed:
        first = max(1, len(months) // 2)
    sides = []
    for block in np.array_split(months[first:], min(CUTS, len(months) - first)):
        earlier = months[months < block[0]]
        if embargoed:
            earlier = earlier[months_after(earlier, embargo_months) <= block[0]]
        sides.append((earlier, block, embargoed))
    return sides


def _by_fold(
    as_of: Integers, fold: Integers, fitted: Integers, validated: Integers
) -> Iterator[Fold]:
    """The enterprises of each fold validated in later months, the others fitted in earlier."""
    early, late = np.isin(as_of, fitted), np.isin(as_of, validated)
    for number in np.unique(fold):
        yield np.flatnonzero(early & (fold != number)), np.flatnonzero(late & (fold == number))
