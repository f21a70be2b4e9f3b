"""Recipes made of recipes: sums, ratios, changes, and what they gave some time ago."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.nodes.windows import Count
from features.recipe import Leaf, Recipe, Rows, Values, always
from features.sweep import Spine, Sweep


@dataclass(frozen=True)
class Ago(Recipe):
    """What a recipe gave as of so many days before T, knowing only what was known then."""

    of: Recipe
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        return _earlier(sweep, self.days).value(self.of)


@dataclass(frozen=True)
class Plus(Recipe):
    """Sum of two."""

    left: Recipe
    right: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        left, right = sweep.value(self.left), sweep.value(self.right)
        return Values(left.numbers + right.numbers, left.known & right.known)


@dataclass(frozen=True)
class Ratio(Recipe):
    """``numerator * times / (denominator * over)``; missing where the denominator is 0."""

    numerator: Recipe
    denominator: Recipe
    times: int = 1
    over: int = 1

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        above, below = sweep.value(self.numerator), sweep.value(self.denominator)
        known = above.known & below.known & (below.numbers != 0)
        divisor = np.where(known, below.numbers, 1).astype(np.float64) * self.over
        return Values(above.numbers.astype(np.float64) * self.times / divisor, known)


@dataclass(frozen=True)
class CappedRatio(Recipe):
    """Like :class:`Ratio`, at most ``cap``: 0 for 0 over 0, the cap for more over 0."""

    numerator: Recipe
    denominator: Recipe
    cap: int
    times: int = 1

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        above, below = sweep.value(self.numerator), sweep.value(self.denominator)
        divisor = np.where(below.numbers > 0, below.numbers, 1).astype(np.float64)
        ratio = np.minimum(above.numbers.astype(np.float64) * self.times / divisor, self.cap)
        over_nothing = np.where(above.numbers > 0, float(self.cap), 0.0)
        return Values(np.where(below.numbers > 0, ratio, over_nothing), above.known & below.known)


@dataclass(frozen=True)
class Change(Recipe):
    """A ratio less one: how much it grew."""

    ratio: Ratio

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        ratio = sweep.value(self.ratio)
        return Values(ratio.numbers.astype(np.float64) - 1.0, ratio.known)


@dataclass(frozen=True)
class Difference(Recipe):
    """One less another, as floats; missing where either is."""

    left: Recipe
    right: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        left, right = sweep.value(self.left), sweep.value(self.right)
        numbers = left.numbers.astype(np.float64) - right.numbers.astype(np.float64)
        return Values(numbers, left.known & right.known)


@dataclass(frozen=True)
class Given(Recipe):
    """A recipe where any message of the rows ever stood, else missing."""

    of: Recipe
    rows: Rows

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values, count = sweep.value(self.of), sweep.value(Count(self.rows))
        return Values(values.numbers, values.known & (count.numbers > 0))

    def leaves(self) -> Iterator[Leaf]:
        """What the recipe itself reads: the condition is no evidence."""
        return self.of.leaves()


@dataclass(frozen=True)
class AtLeast(Recipe):
    """1 where a recipe gives the bound or more, else 0."""

    of: Recipe
    bound: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values = sweep.value(self.of)
        return always(sweep, (values.known & (values.numbers >= self.bound)).astype(np.int64))


def _earlier(sweep: Sweep, days: int) -> Sweep:
    spine = Spine(sweep.parties[sweep.row_party], sweep.as_of - days * DAY)
    return sweep.once(("ago", days), lambda: Sweep(sweep.facts, spine))
