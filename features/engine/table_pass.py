"""One pass over the rows of a table, off which all that is asked of it is read."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from features.engine import kernels
from features.engine.own_table import Span
from features.engine.selection import Asked, Selections
from features.engine.sums import LIMIT, steps
from features.recipe import Reckoned, always

if TYPE_CHECKING:
    from features.engine.sweep import Sweep

T = TypeVar("T")


class OfTable(Reckoned[T]):
    """A node that is read off the rows of one table: a sum over them, or where they count."""

    @property
    @abstractmethod
    def asked(self) -> Asked:
        """Which rows, and whether they are to be added up."""

    def reckon(self, sweep: "Sweep") -> T:
        """Evaluate along a sweep."""
        found: T = self.together(sweep, (self,))[0]
        return found

    @classmethod
    def together(cls, sweep: "Sweep", nodes: Sequence[Self]) -> Sequence[Any]:
        """Read those of one table in one pass over its rows.

        Raises
        ------
        Overflow
            If the magnitudes of one sum add up to more than int64 holds.
        """
        found: list[Any] = [None] * len(nodes)
        for of in _by_table(tuple(nodes)):
            table = sweep.table(of.table)
            (lines, totals), ((row, first, end), ends) = kernels.read_off(
                sweep.as_of,
                sweep.offsets,
                table.party,
                table.stack(of.columns),
                of.admits,
                of.sets,
                len(of.sums),
            )
            for place, line, total in zip(of.sums, lines, totals.tolist(), strict=True):
                if total >= LIMIT:
                    _check(sweep, nodes[place].asked)
                found[place] = always(sweep, line)
            start = 0
            for place, stop in zip(of.listed, ends.tolist(), strict=True):
                found[place] = Span(table, row[start:stop], first[start:stop], end[start:stop])
                start = stop
        return found


@lru_cache(maxsize=1024)
def _by_table(nodes: tuple[OfTable[Any], ...]) -> tuple[Selections, ...]:
    return Selections.by_table([node.asked for node in nodes])


def _check(sweep: "Sweep", asked: Asked) -> None:
    """All that a sum adds up together would not fit: look at each point."""
    span = sweep.span(asked.rows, asked.days)
    steps(sweep.size, span.first, span.end, span.amounts(asked.adds or "each"))
