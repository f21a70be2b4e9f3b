"""Migration of customers between grades, from the start of a period to its end.

References
----------
European Central Bank, *Instructions for reporting the validation results of internal models:
IRB Pillar I models for credit risk*, February 2019, sections 2.5.5.1 (matrix weighted bandwidth)
and 2.5.5.2 (stability of the migration matrix).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from supervision.arrays import Integers
from training.model.scale import Floats
from training.validation.errors import EvidenceError
from training.validation.normal import below, standardised


@dataclass(frozen=True)
class Bandwidth:
    """Matrix weighted bandwidth: how far customers moved, as a share of how far they could.

    Attributes
    ----------
    upper : float
        Of those who moved to riskier grades.
    lower : float
        Of those who moved to safer grades.
    """

    upper: float
    lower: float


@dataclass(frozen=True, eq=False)
class NeighbourTests:
    """Whether each cell is at most as full as its neighbour nearer to the diagonal.

    Attributes
    ----------
    z, p : Floats [k, k]
        Small where the cell farther away is the fuller; NaN on the diagonal and in rows without
        customers.
    """

    z: Floats
    p: Floats


def migration_matrix(before: Integers, after: Integers, grades: int) -> Integers:
    """Count customers by their grade before (rows) and after (columns), both from 0."""
    both = np.stack([np.asarray(before, np.int64), np.asarray(after, np.int64)])
    if ((both < 0) | (both >= grades)).any():
        raise EvidenceError(
            f"Expected grades from 0 to {grades - 1}, found {int(both.min())} to "
            f"{int(both.max())}: leave out who defaulted or left."
        )
    counts = np.bincount(both[0] * grades + both[1], minlength=grades * grades)
    return counts.reshape(grades, grades)


def bandwidth(counts: npt.ArrayLike) -> Bandwidth:
    """Matrix weighted bandwidth above and below the diagonal.

    With n the customers of a cell, i its row and j its column of k, the upper one is::

        sum over j > i of (j - i) n / sum over j > i of max(k - i, i - 1) n

    and the lower one the same over j < i. It is 0 where nobody moved that way.

    Parameters
    ----------
    counts : array_like [k, k]
        Customers by grade before and after, the safest first.
    """
    n = _square(counts)
    place = np.arange(len(n))
    distance = place[None, :] - place[:, None]
    farthest = np.maximum(place, len(n) - 1 - place)[:, None]

    def share(side: npt.NDArray[np.bool_]) -> float:
        possible = float((n * farthest)[side].sum())
        return float((n * np.abs(distance))[side].sum()) / possible if possible else 0.0

    return Bandwidth(share(distance > 0), share(distance < 0))


def neighbour_z(nearer: npt.ArrayLike, further: npt.ArrayLike, rows: npt.ArrayLike) -> Floats:
    """Statistic of two shares of one row of the matrix.

    It is::

        (near - far) / sqrt((near (1 - near) + far (1 - far) + 2 near far) / rows)

    Parameters
    ----------
    nearer, further : array_like
        Shares of the cell nearer to the diagonal, and of its neighbour farther away.
    rows : array_like
        Customers of the row, at least one.
    """
    near, far = np.asarray(nearer, np.float64), np.asarray(further, np.float64)
    spread = near * (1.0 - near) + far * (1.0 - far) + 2.0 * near * far
    return standardised(near - far, spread / np.asarray(rows, np.float64))


def neighbour_tests(counts: npt.ArrayLike) -> NeighbourTests:
    """Test each cell of a migration matrix against its neighbour nearer to the diagonal.

    Parameters
    ----------
    counts : array_like [k, k]
        As for :func:`bandwidth`.
    """
    n = _square(counts)
    rows = n.sum(axis=1, keepdims=True)
    share = np.divide(n, rows, out=np.full(n.shape, np.nan), where=rows > 0)
    place = np.arange(len(n))
    toward = place[None, :] - np.sign(place[None, :] - place[:, None])
    nearer = np.take_along_axis(share, toward, axis=1)
    z = neighbour_z(nearer, share, np.maximum(rows, 1.0))
    np.fill_diagonal(z, np.nan)
    return NeighbourTests(z, below(z))


def _square(counts: npt.ArrayLike) -> Floats:
    n = np.asarray(counts, np.float64)
    if n.ndim != 2 or n.shape[0] != n.shape[1] or len(n) < 2 or not (n >= 0).all():
        raise EvidenceError(
            f"Expected a square matrix of counts of at least two grades, found shape {n.shape}: "
            "make it by migration_matrix."
        )
    return n
