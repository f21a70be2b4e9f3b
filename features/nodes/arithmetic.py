"""Recipes made of recipes: sums, ratios, changes, and what they gave some time ago."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from features.calendar import DAY
from features.engine.plan import stacked, values_of
from features.engine.sweep import Spine, Sweep
from features.nodes.windows import Count
from features.point.writing import Number, Point
from features.recipe import Leaf, Recipe, Reckoned, Rows, Values, always
from supervision.arrays import Integers


class OfRecipes(Recipe):
    """A recipe made of what others give at the same points."""

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The recipes of which it is made."""
        for part in vars(self).values():
            if isinstance(part, Recipe):
                yield part


@dataclass(frozen=True, eq=False)
class Ago(Recipe):
    """What a recipe gave as of so many days before T, knowing only what was known then."""

    of: Recipe
    days: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        return self.together(sweep, (self,))[0]

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        number: Number = point.ago(self.days).value(self.of)
        return number

    @classmethod
    def together(cls, sweep: Sweep, nodes: Sequence[Self]) -> Sequence[Values]:
        """Evaluate all of them at all of their moments, in one go."""
        days = tuple(dict.fromkeys(node.days for node in nodes))
        earlier, place = sweep.once(("ago", days), lambda: _earlier(sweep, days))
        found = dict(zip(nodes, values_of(earlier, tuple(node.of for node in nodes)), strict=True))
        return [_at(found[node], place[days.index(node.days)]) for node in nodes]


@dataclass(frozen=True, eq=False)
class Plus(OfRecipes):
    """Sum of two."""

    left: Recipe
    right: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        left, right = sweep.value(self.left), sweep.value(self.right)
        return Values(left.numbers + right.numbers, left.known & right.known)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        left, right = point.value(self.left), point.value(self.right)
        is_whole = left.is_whole and right.is_whole
        return point.number("plus", left, right, int(is_whole), is_whole=is_whole)


@dataclass(frozen=True, eq=False)
class Ratio(OfRecipes):
    """``numerator * times / (denominator * over)``; missing where the denominator is 0."""

    numerator: Recipe
    denominator: Recipe
    times: int = 1
    over: int = 1

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        return self.together(sweep, (self,))[0]

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        above, below = point.value(self.numerator), point.value(self.denominator)
        return point.number("ratio", above, below, self.times, self.over)

    @classmethod
    def together(cls, sweep: Sweep, nodes: Sequence[Self]) -> Sequence[Values]:
        """Divide all of them in one go."""
        value, count = sweep.value, len(nodes)
        both = (
            [value(node.numerator) for node in nodes],
            [value(node.denominator) for node in nodes],
        )
        numbers, stated = stacked([*both[0], *both[1]])
        above, below = numbers[:count], numbers[count:]
        times, over = _factors(tuple(nodes))
        known = stated[:count] & stated[count:] & (below != 0)
        ratio = above * times / (np.where(known, below, 1.0) * over)
        return [Values(*values) for values in zip(ratio, known, strict=True)]


@dataclass(frozen=True, eq=False)
class CappedRatio(OfRecipes):
    """Like :class:`Ratio`, at most ``cap``: 0 for 0 over 0, the cap for more over 0."""

    numerator: Recipe
    denominator: Recipe
    cap: int
    times: int = 1

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        above, below = sweep.value(self.numerator), sweep.value(self.denominator)
        some = below.numbers > 0
        divisor = np.where(some, below.numbers, 1)
        ratio = np.minimum(above.numbers.astype(np.float64) * self.times / divisor, self.cap)
        over_nothing = np.where(above.numbers > 0, float(self.cap), 0.0)
        return Values(np.where(some, ratio, over_nothing), above.known & below.known)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        above, below = point.value(self.numerator), point.value(self.denominator)
        return point.number("capped", above, below, self.cap, self.times)


@dataclass(frozen=True, eq=False)
class Change(OfRecipes):
    """A ratio less one: how much it grew."""

    ratio: Ratio

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        ratio = sweep.value(self.ratio)
        return Values(ratio.numbers.astype(np.float64) - 1.0, ratio.known)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.number("grown", point.value(self.ratio))


@dataclass(frozen=True, eq=False)
class Difference(OfRecipes):
    """One less another, as floats; missing where either is."""

    left: Recipe
    right: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        left, right = sweep.value(self.left), sweep.value(self.right)
        numbers = left.numbers.astype(np.float64) - right.numbers.astype(np.float64)
        return Values(numbers, left.known & right.known)

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.number("difference", point.value(self.left), point.value(self.right))


@dataclass(frozen=True, eq=False)
class Given(OfRecipes):
    """A recipe where any message of the rows ever stood, else missing."""

    of: Recipe
    rows: Rows

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values, count = sweep.value(self.of), sweep.value(Count(self.rows))
        return Values(values.numbers, values.known & (count.numbers > 0))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        of: Number = point.value(self.of)
        return point.number("given", of, point.value(Count(self.rows)), is_whole=of.is_whole)

    def parts(self) -> Iterator[Reckoned[Any]]:
        """The recipe, and what its condition counts."""
        yield from (self.of, Count(self.rows))

    def leaves(self) -> Iterator[Leaf]:
        """What the recipe itself reads: the condition is no evidence."""
        return self.of.leaves()


@dataclass(frozen=True, eq=False)
class AtLeast(OfRecipes):
    """1 where a recipe gives the bound or more, else 0."""

    of: Recipe
    bound: int

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        values = sweep.value(self.of)
        return always(sweep, (values.known & (values.numbers >= self.bound)).astype(np.int64))

    def write(self, point: Point) -> Number:
        """Write it for one point."""
        return point.number("reaches", point.value(self.of), self.bound, is_whole=True)


@lru_cache(maxsize=256)
def _factors(nodes: tuple[Ratio, ...]) -> tuple[npt.NDArray[np.float64], ...]:
    """By what ratios multiply and divide, shape (ratios, 1) each."""
    return tuple(
        np.array(of, np.float64)[:, None]
        for of in ([node.times for node in nodes], [node.over for node in nodes])
    )


def _earlier(sweep: Sweep, days: tuple[int, ...]) -> tuple[Sweep, Integers]:
    """A sweep of the moments before, and the places in it of each, shape (days, points)."""
    at = sweep.as_of - np.array(days)[:, None] * DAY
    own = np.broadcast_to(sweep.parties[sweep.row_party], at.shape)
    earlier = Sweep(sweep.facts, Spine(own.ravel(), at.ravel()), tables=sweep.tables)
    return earlier, earlier.order.argsort().reshape(at.shape)


def _at(values: Values, place: Integers) -> Values:
    return Values(values.numbers[place], values.known[place])
