"""Grade order: whether default rates rise from each grade to the next riskier one.

Each pair of neighbours is tested by itself: given the defaults of both, how likely is it that so
many fall into the safer grade if the two are equally risky (Fisher's exact test, one-sided)?
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.model.scale import Floats
from training.validation.errors import EvidenceError
from training.validation.fisher import one_sided


@dataclass(frozen=True, eq=False)
class GradeOrder:
    """Default rates by grade and the tests of their order.

    Attributes
    ----------
    grades : intp [g]
        Places of the grades with rows, safest first; the others are skipped.
    rates : Floats [..., g]
    neighbour_p : Floats [..., g - 1]
        Of each of these grades against the next; small where the safer one is the riskier.
    p : Floats [...]
        Of the whole order: the least of them times their number (Bonferroni).
    """

    grades: npt.NDArray[np.intp]
    rates: Floats
    neighbour_p: Floats
    p: Floats

    @property
    def inversions(self) -> npt.NDArray[np.intp]:
        """Number of neighbours of which the safer grade has the higher default rate."""
        return np.asarray((np.diff(self.rates, axis=-1) < 0).sum(axis=-1))


def grade_order(rows: npt.ArrayLike, defaults: npt.ArrayLike) -> GradeOrder:
    """Test the order of default rates.

    Parameters
    ----------
    rows : array_like [k]
        Of each grade, the safest first.
    defaults : array_like [..., k]
        Further axes are further samples.

    Raises
    ------
    EvidenceError
        If fewer than two grades have rows, or a grade has more defaults than rows.
    """
    counted = np.asarray(rows, np.int64)
    grades = np.flatnonzero(counted > 0)
    n, d = counted[grades], np.asarray(defaults, np.int64)[..., grades]
    if len(grades) < 2 or (d < 0).any() or (d > n).any():
        raise EvidenceError(
            "Expected at least two grades with rows, and from none to all of them in default; "
            f"found rows {str(counted)[:80]}: call the check not applicable, or count anew."
        )
    p = one_sided(d[..., :-1], n[:-1], d[..., 1:], n[1:])
    whole = np.minimum(1.0, p.min(axis=-1) * p.shape[-1])
    return GradeOrder(grades, d / n, p, np.asarray(whole, np.float64))
