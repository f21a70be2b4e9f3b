"""Samples in which the null of a test is true, and the p that the test gives each.

Each function describes one null and returns a draw: of a source of chance and a number of samples
it makes that many values of p.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from training.model.scale import Floats
from training.validation.calibration_tests import (
    binomial,
    hosmer_lemeshow,
    jeffreys,
    spiegelhalter,
)
from training.validation.concentration import concentration
from training.validation.discrimination import Placements, placements
from training.validation.errors import EvidenceError
from training.validation.fisher import two_sided
from training.validation.grade_order import grade_order
from training.validation.migration import neighbour_z
from training.validation.normal import above, below, beyond, quantile, standardised
from training.validation.stability import stability

Draw = Callable[[np.random.Generator, int], Floats]


def jeffreys_null(pd: float, rows: int) -> Draw:
    """Defaults of one grade whose PD is true, by the Jeffreys test."""
    return lambda chance, samples: jeffreys(pd, rows, chance.binomial(rows, pd, samples))


def binomial_null(pd: float, rows: int) -> Draw:
    """Defaults of one grade whose PD is true, by the binomial test."""
    return lambda chance, samples: binomial(pd, rows, chance.binomial(rows, pd, samples))


def hosmer_lemeshow_null(pd: npt.ArrayLike, rows: npt.ArrayLike) -> Draw:
    """Defaults of grades whose PDs [k] are all true."""
    p, n = np.asarray(pd, np.float64), np.asarray(rows, np.int64)
    return lambda chance, samples: hosmer_lemeshow(p, n, chance.binomial(n, p, (samples, len(n)))).p


def spiegelhalter_null(pd: npt.ArrayLike) -> Draw:
    """Outcomes of rows whose PDs [n] are all true."""
    p = np.asarray(pd, np.float64)
    return lambda chance, samples: spiegelhalter(p, chance.random((samples, len(p))) < p).p


def development_null(auc: float, bad: int, good: int) -> Draw:
    """Rankings whose true AUC is that at development (normal ranks, of equal spread).

    Time grows with rows times samples: 10,000 samples of 2,000 rows take some four seconds.
    """

    def draw(chance: np.random.Generator, samples: int) -> Floats:
        placed = _placed(auc, bad, chance.normal(size=(samples, bad + good)))
        return above(standardised(auc - placed.auc, placed.variance))

    return draw


def delong_null(auc: float, bad: int, good: int, correlation: float) -> Draw:
    """Pairs of rankings of the same rows with the same true AUC.

    Parameters
    ----------
    auc : float
    bad, good : int
        Rows of either class.
    correlation : float
        Of the two rankings within a class, from -1 to 1.
    """

    def draw(chance: np.random.Generator, samples: int) -> Floats:
        left = chance.normal(size=(samples, bad + good))
        other = chance.normal(size=(samples, bad + good))
        right = correlation * left + (1.0 - correlation**2) ** 0.5 * other
        gap = _placed(auc, bad, left).minus(_placed(auc, bad, right))
        return beyond(standardised(gap.auc, gap.variance))

    return draw


def grade_order_null(rows: npt.ArrayLike, rate: float) -> Draw:
    """Defaults of grades that all have the same default rate."""
    n = np.asarray(rows, np.int64)
    return lambda chance, samples: grade_order(n, chance.binomial(n, rate, (samples, len(n)))).p


def migration_null(share: float, rows: int) -> Draw:
    """Two neighbouring cells of a row of the matrix, each with this true share, at most 1/2."""
    if not 0.0 <= share <= 0.5:
        raise EvidenceError(
            f"Expected a share from 0 to 1/2 for each of two cells, found {share}: give their mean."
        )

    def draw(chance: np.random.Generator, samples: int) -> Floats:
        cells = chance.multinomial(rows, [share, share, 1.0 - 2.0 * share], samples) / rows
        return below(neighbour_z(cells[:, 0], cells[:, 1], rows))

    return draw


def concentration_null(initial: npt.ArrayLike, customers: int) -> Draw:
    """Customers who are spread over the grades as at development."""
    counts = np.asarray(initial, np.float64)
    share = counts / counts.sum()
    return lambda chance, samples: (
        concentration(counts, chance.multinomial(customers, share, samples)).p
    )


def stability_null(shares: npt.ArrayLike, rows: int, current_rows: int) -> Draw:
    """Rows then and now from the same shares of bins."""
    share = np.asarray(shares, np.float64) / np.sum(shares)

    def draw(chance: np.random.Generator, samples: int) -> Floats:
        then = chance.multinomial(rows, share, samples)
        now = chance.multinomial(current_rows, share, samples)
        return np.array([stability(a, b).p for a, b in zip(then, now, strict=True)])

    return draw


def fisher_null(rate: float, applicants: int, other_applicants: int) -> Draw:
    """Approvals of two groups at the same rate."""

    def draw(chance: np.random.Generator, samples: int) -> Floats:
        one = chance.binomial(applicants, rate, samples)
        other = chance.binomial(other_applicants, rate, samples)
        return two_sided(one, applicants, other, other_applicants)

    return draw


def _placed(auc: float, bad: int, noise: Floats) -> Placements:
    """Placements by ranks of which the first ``bad`` are shifted to the true AUC."""
    shift = np.sqrt(2.0) * quantile(auc)
    target = (np.arange(noise.shape[-1]) < bad).astype(np.int8)
    return placements(target, noise + shift * target)
