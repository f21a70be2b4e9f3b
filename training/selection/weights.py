"""Inverse probability weights: the financed made to stand for everybody.

A borrower who was unlikely to be one stands for many who are none, and counts for more. The weight
is stabilised (the share of the financed over the row's own chance), truncated, and scaled to a mean
of 1. It corrects if whether somebody was financed tells nothing more of default once the features
are known, and if everybody had some chance; :mod:`training.selection.overlap` looks at the second.

References
----------
S. Cole and M. Hernán, *Constructing inverse probability weights for marginal structural models*,
American Journal of Epidemiology 168 (2008).
"""

from dataclasses import dataclass

import numpy as np

from training.model.scale import Floats
from training.selection.financed import Financed


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of the financed rows.

    Attributes
    ----------
    of_row : float64 [n]
        Mean 1 over the financed rows; 0 for all others.
    ceiling : float
        The greatest stabilised weight allowed, before the scaling.
    truncated : int
        Financed rows whose weight was cut down to it.
    """

    of_row: Floats
    ceiling: float
    truncated: int

    @property
    def effective_size(self) -> float:
        """Rows of equal weight that would tell as much (Kish)."""
        return effective_size(self.of_row)


def inverse_chance(financed: Financed, truncate_at: float) -> Weights:
    """Stabilised, truncated weights.

    Parameters
    ----------
    financed : Financed
    truncate_at : float
        Quantile of the financed rows' weights at which larger ones are cut; 1 cuts none.
    """
    was = financed.was
    raw = was.mean() / financed.chance[was]
    ceiling = float(np.quantile(raw, truncate_at))
    kept = np.minimum(raw, ceiling)
    of_row = np.zeros(len(was))
    of_row[was] = kept / kept.mean()
    return Weights(of_row, ceiling, int((raw > ceiling).sum()))


def effective_size(weight: Floats) -> float:
    """Rows of equal weight that would tell as much: (sum w)^2 / sum w^2."""
    return float(weight.sum() ** 2 / (weight**2).sum())
