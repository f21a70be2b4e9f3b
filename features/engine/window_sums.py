"""Sums over windows: many of one table in one pass over its rows."""

from functools import lru_cache

import numpy as np

from features.engine import kernels
from features.engine.selection import TIMES, Asked, Selections
from features.engine.sums import LIMIT, steps
from features.engine.sweep import Sweep
from features.recipe import Rows
from supervision.arrays import Integers

Sum = tuple[Rows, str | None, int | None]
"""Which messages, the column to add up (None to count them), and the days of the window."""


def window_sums(sweep: Sweep, sums: tuple[Sum, ...]) -> Integers:
    """Sums at every spine row, shape (sums, points).

    Raises
    ------
    Overflow
        If the magnitudes of one sum add up to more than int64 holds.
    """
    found, magnitudes = np.empty((len(sums), sweep.size), np.int64), np.empty(len(sums))
    for of in _by_table(sums):
        table = sweep.table(of.table)
        lines, totals = kernels.windowed(
            sweep.as_of,
            sweep.offsets,
            table.party,
            table.stack(TIMES),
            table.stack(of.columns),
            of.admits,
            of.sets,
        )
        found[of.places], magnitudes[of.places] = lines, totals
    for place in (magnitudes >= LIMIT).nonzero()[0].tolist():
        # All of one sum together would not fit: look at each point.
        rows, name, days = sums[place]
        span = sweep.span(rows, days)
        steps(sweep.size, span.first, span.end, span.amounts(name or "each"))
    return found


@lru_cache(maxsize=256)
def _by_table(sums: tuple[Sum, ...]) -> tuple[Selections, ...]:
    return Selections.by_table([Asked(rows, days, adds=name) for rows, name, days in sums])
