"""Concentration of customers in rating grades, and whether it has grown.

References
----------
European Central Bank, *Instructions for reporting the validation results of internal models:
IRB Pillar I models for credit risk*, February 2019, section 2.5.5.3.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.model.scale import Floats
from training.validation.errors import EvidenceError
from training.validation.normal import above, standardised


@dataclass(frozen=True, eq=False)
class Concentration:
    """Concentration at development and now, and the one-sided test of its growth.

    The test takes the k shares for a sample of size k, whatever the number of customers: it
    answers only to gross changes.

    Attributes
    ----------
    initial_cv, current_cv : Floats [...]
        Coefficient of variation of the shares.
    initial_index, current_index : Floats [...]
        Herfindahl index: 0 where all grades are equally full, 1 where all are in one.
    statistic, p : Floats [...]
        Small p: concentration has grown.
    """

    initial_cv: Floats
    current_cv: Floats
    initial_index: Floats
    current_index: Floats
    statistic: Floats
    p: Floats


def coefficient_of_variation(counts: npt.ArrayLike) -> Floats:
    """Coefficient of variation of the shares R of k grades: sqrt(k sum of (R - 1 / k)^2).

    Parameters
    ----------
    counts : array_like [..., k]
        Customers of each grade.

    Raises
    ------
    EvidenceError
        If there are fewer than two grades, or no customers.
    """
    n = np.asarray(counts, np.float64)
    grades = n.shape[-1]
    if grades < 2 or not (n >= 0).all() or not (n.sum(axis=-1) > 0).all():
        raise EvidenceError(
            "Expected customers in at least two grades of the scale, found "
            f"{str(n)[:80]}: call the check not applicable."
        )
    share = n / n.sum(axis=-1, keepdims=True)
    return np.asarray(np.sqrt(grades * ((share - 1.0 / grades) ** 2).sum(axis=-1)), np.float64)


def herfindahl(counts: npt.ArrayLike) -> Floats:
    """Herfindahl index of grades: 1 + ln((CV^2 + 1) / k) / ln k.

    Parameters
    ----------
    counts : array_like [..., k]
        As for :func:`coefficient_of_variation`.
    """
    grades = np.asarray(counts).shape[-1]
    squares = coefficient_of_variation(counts) ** 2
    return np.asarray(1.0 + np.log((squares + 1.0) / grades) / np.log(grades), np.float64)


def concentration(initial: npt.ArrayLike, current: npt.ArrayLike) -> Concentration:
    """Test whether concentration has grown since development.

    The statistic is::

        sqrt(k - 1) (CV now - CV then) / sqrt(CV now^2 (1 / 2 + CV now^2))

    Parameters
    ----------
    initial : array_like [k]
        Customers of each grade at development.
    current : array_like [..., k]
        The same now; further axes are further samples.
    """
    grades = np.asarray(initial).shape[-1]
    if np.asarray(current).shape[-1] != grades:
        raise EvidenceError(
            f"Expected the same grades then and now, found {grades} and "
            f"{np.asarray(current).shape[-1]}: count both on the same scale."
        )
    then, now = coefficient_of_variation(initial), coefficient_of_variation(current)
    variance = now**2 * (0.5 + now**2) / (grades - 1)
    statistic = standardised(now - then, variance)
    return Concentration(
        then, now, herfindahl(initial), herfindahl(current), statistic, above(statistic)
    )
