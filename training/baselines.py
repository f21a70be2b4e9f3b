"""Baselines: what the champion has to beat on the same rows.

The *core-enterprise rule* is what banks do today: they lend on the name of the large buyer, so
the rating of the core enterprise that an applicant is linked to decides, and an applicant
without a link stands last. The other baselines are the logistic scorecard
(:mod:`training.scorecard`), and LightGBM without directions, which is the estimator with its
directions taken away.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from supervision.arrays import Integers
from training.model.scale import Floats
from training.sample import Labels

CORE_RATING = "core_enterprise_rating_now"
"""Feature that the rule reads: 1 is the best rating, 10 the worst, NaN no link."""
NO_LINK = 11
"""Rank of an applicant without a core enterprise."""


@dataclass(frozen=True, eq=False)
class CoreEnterpriseRule:
    """Rank by the core enterprise's rating; PD is the default rate observed in each rating.

    Attributes
    ----------
    pd_by_rating : float64 [12]
        PD of each rating 1 to 10, and of :data:`NO_LINK`; place 0 is not used. A rating that
        the training rows do not have gets their overall rate.
    """

    pd_by_rating: Floats

    @classmethod
    def fit(cls, rating: Floats, target: Labels) -> Self:
        """Observe the default rate of each rating (Jeffreys mean, so that none is 0 or 1)."""
        rank = ranked(rating)
        rows = np.bincount(rank, minlength=NO_LINK + 1)
        defaults = np.bincount(rank, weights=target, minlength=NO_LINK + 1)
        overall = (target.sum() + 0.5) / (len(target) + 1.0)
        return cls(np.where(rows > 0, (defaults + 0.5) / (rows + 1.0), overall))

    def pd(self, rating: Floats) -> Floats:
        """PD of each row."""
        return self.pd_by_rating[ranked(rating)]


def ranked(rating: Floats) -> Integers:
    """Ratings as ranks 1 (best) to 11 (no link)."""
    kept = np.clip(np.rint(np.where(np.isnan(rating), NO_LINK, rating)), 1, NO_LINK)
    return np.asarray(kept.astype(np.int64))
