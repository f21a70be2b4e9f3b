"""The message that occurred last: of an enterprise, or of a group such as a lot or a facility.

Among messages of one moment the one with the greatest position is last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np

from features.engine import kernels
from features.engine.cells import Cells
from features.engine.sweep import Sweep, span_of
from features.facts import Flags
from features.recipe import Reckoned, Rows
from supervision.arrays import Integers


def last_values(sweep: Sweep, rows: Rows, name: str, days: int | None) -> tuple[Integers, Flags]:
    """Column of the message that occurred last, and whether there is one, per spine row."""
    row = sweep.value(last_of(rows, days))
    return picked(sweep.span(rows, days).values(name), row), row >= 0


def first_values(sweep: Sweep, rows: Rows, name: str, days: int | None) -> tuple[Integers, Flags]:
    """Column of the message that occurred first, and whether there is one, per spine row."""
    row = sweep.value(last_of(rows, days, -1))
    return picked(sweep.span(rows, days).values(name), row), row >= 0


@dataclass(frozen=True, eq=False)
class LastOf(Reckoned[Integers]):
    """Place, among a span's rows, of the one that occurred last, at every spine row; or -1.

    With a ``sign`` of -1 it is the one that occurred first.
    """

    rows: Rows
    days: int | None
    sign: int

    def parts(self) -> Iterator[Reckoned[Any]]:
        """Where the messages count."""
        yield span_of(self.rows, self.days)

    def reckon(self, sweep: Sweep) -> Integers:
        """Evaluate along a sweep."""
        return self.together(sweep, (self,))[0]

    @classmethod
    def together(cls, sweep: Sweep, nodes: Sequence[Self]) -> Sequence[Integers]:
        """Find all of them in one go, as if on one line, one after the other."""
        spans = [sweep.span(node.rows, node.days) for node in nodes]
        sizes = [len(span) for span in spans]
        shift = np.repeat(np.arange(len(nodes)) * sweep.size, sizes)
        occurred, position = (
            np.concatenate([n.sign * s.values(name) for n, s in zip(nodes, spans, strict=True)])
            for name in ("occurred_at", "position")
        )
        row = kernels.latest(
            len(nodes) * sweep.size,
            np.concatenate([span.first for span in spans]) + shift,
            np.concatenate([span.end for span in spans]) + shift,
            sweep.offsets[np.concatenate([span.party for span in spans]) + 1] + shift,
            occurred,
            position,
        ).reshape(len(nodes), sweep.size)
        return list(np.where(row >= 0, row - np.cumsum([0, *sizes[:-1]])[:, None], -1))


@lru_cache(maxsize=1024)
def last_of(rows: Rows, days: int | None, sign: int = 1) -> LastOf:
    """The node of the row that occurred last."""
    return LastOf(rows, days, sign)


def last_in_cells(
    sweep: Sweep, cells: Cells, rows: Rows, by: str, days: int | None, sign: int = 1
) -> Integers:
    """Per cell the place, among the span's rows, of the one that occurred last; or -1.

    With a ``sign`` of -1 it is the one that occurred first.
    """
    span = sweep.span(rows, days)
    group, known = cells.groups(span.party, span.values(by))
    kept = known.nonzero()[0]
    group = group[kept]
    shift = cells.shift[group]
    row = kernels.latest(
        cells.size,
        span.first[kept] + shift,
        span.end[kept] + shift,
        sweep.offsets[cells.party[group] + 1] + shift,
        sign * span.values("occurred_at")[kept],
        sign * span.values("position")[kept],
    )
    return np.where(row >= 0, kept[row], -1) if len(kept) else row


def picked(values: Integers, row: Integers) -> Integers:
    """Values of the rows found, 0 where there is none."""
    return np.where(row >= 0, values[row], 0) if len(values) else np.zeros(len(row), np.int64)
