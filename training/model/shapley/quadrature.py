"""Gauss-Legendre quadrature on [0, 1], to the last bit the same on every machine.

Nodes and weights are found in decimal arithmetic of 50 digits and rounded once: a linear algebra
library would give other last bits on other processors.
"""

from decimal import Decimal, localcontext
from functools import cache
from itertools import pairwise

import numpy as np

from training.model.scale import Floats

_DIGITS = 50
_STEPS = 60


@cache
def gauss_legendre(points: int) -> tuple[Floats, Floats]:
    """Nodes and weights that integrate polynomials of degree below ``2 * points`` exactly.

    Returns
    -------
    nodes : float64 [points]
        Ascending, inside (0, 1).
    weights : float64 [points]
    """
    with localcontext() as context:
        context.prec = _DIGITS
        roots = _roots(points)
        nodes = [(1 + root) / 2 for root in roots]
        slopes = [_legendre(points, root)[1] for root in roots]
        # half of the weight on [-1, 1]
        weights = [
            1 / ((1 - root * root) * slope * slope)
            for root, slope in zip(roots, slopes, strict=True)
        ]
    return np.array([float(node) for node in nodes]), np.array([float(one) for one in weights])


def _roots(points: int) -> list[Decimal]:
    """Roots in (-1, 1), ascending: each lies between two of the polynomial before."""
    roots: list[Decimal] = []
    for degree in range(1, points + 1):
        ends = [Decimal(-1), *roots, Decimal(1)]
        roots = [_between(degree, *pair) for pair in pairwise(ends)]
    return roots


def _between(degree: int, low: Decimal, high: Decimal) -> Decimal:
    """Find the root inside an interval: Newton's steps, halved where they lead out of it."""
    rising = _legendre(degree, high)[0] > 0
    root = (low + high) / 2
    for _ in range(_STEPS):
        value, slope = _legendre(degree, root)
        if value == 0:
            break
        if (value > 0) == rising:
            high = root
        else:
            low = root
        step = root - value / slope if slope else low
        nearer = step if low < step < high else (low + high) / 2
        if nearer == root:
            break
        root = nearer
    return root


def _legendre(degree: int, at: Decimal) -> tuple[Decimal, Decimal]:
    """Value and slope of the Legendre polynomial."""
    before, value = Decimal(1), at
    if degree == 0:
        return before, Decimal(0)
    for k in range(2, degree + 1):
        before, value = value, ((2 * k - 1) * at * value - (k - 1) * before) / k
    if abs(at) == 1:
        return value, Decimal(degree * (degree + 1)) / 2
    return value, degree * (at * value - before) / (at * at - 1)
