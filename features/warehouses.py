"""What warehouses report, added up over all their clients as of midnights of the port.

Whose goods else lie in a warehouse nobody's own messages tell. So it is added up pair by pair of
warehouse and client, of whichever messages are at hand, and the sums of several such lots of
messages are added to one another: in a build those of ranges of enterprises, online those of
stretches of time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.engine import kernels
from features.engine.cells import CellSets
from features.engine.sums import add_at
from features.engine.sweep import SpanOf, Spine, Sweep, span_of
from features.facts import Facts
from features.nodes.balances import Flow
from features.prices import NO_PRICES
from features.recipe import Rows
from supervision.arrays import Columns, Integers
from supervision.contract.columns import column
from supervision.holders import take


@dataclass(frozen=True)
class Window:
    """Which messages are added up.

    Attributes
    ----------
    flows : tuple of Flow
        Custody messages, and the column of each that is added up.
    client : Rows
        A client of a warehouse is whoever any such message of the window is about.
    days : int
    """

    flows: tuple[Flow, ...]
    client: Rows
    days: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the messages that are read."""
        where = dict(self.client.where), *(dict(flow.rows.where) for flow in self.flows)
        return tuple(dict.fromkeys(kind for of in where for kind in of["kind"]))

    def before(self, midnights: Integers) -> tuple[int, int]:
        """Messages count at most if they occurred after the one and were known by the other."""
        return int(midnights[0]) - self.days * DAY, int(midnights[-1])

    def taken(self, rows: Columns, midnights: Integers) -> Columns:
        """Rows without most of those that count at none of the midnights."""
        after, until = self.before(midnights)
        kept = np.flatnonzero((rows["occurred_at"] > after) & (rows["known_at"] <= until))
        found, code = rows["kind"][kept], column("custody", "kind").code
        return take(rows, kept[np.any([found == code(kind) for kind in self.kinds], axis=0)])


@dataclass(frozen=True)
class Totals:
    """Sums of pairs of warehouse and client, or of warehouses alone.

    Attributes
    ----------
    warehouse, client : Integers
        Numbers of names, shape (n,).
    numbers : Integers
        Shape (flows + 1, n, midnights): what each flow adds up to and, last, how many messages
        make the client one, or how many clients there are.
    """

    warehouse: Integers
    client: Integers
    numbers: Integers


def totals(parts: Iterable[Columns], midnights: Integers, window: Window) -> Totals:
    """Add up custody messages by warehouse.

    Parameters
    ----------
    parts : iterable of Columns
        Messages, each in one part only.
    midnights : Integers
        UTC microseconds, rising, without repeats.
    window : Window

    Raises
    ------
    Overflow
        If a sum could leave int64.
    """
    none = np.empty(0, np.int64)
    pairs = Totals(none, none, np.empty((len(window.flows) + 1, 0, len(midnights)), np.int64))
    fresh: list[Totals] = []
    for rows in parts if len(midnights) else ():
        fresh.append(_of_pairs(window.taken(rows, midnights), midnights, window))
        # Not each time, or pairs long since added up would be added up again and again.
        if sum(len(of.client) for of in fresh) > len(pairs.client):
            pairs, fresh = _added(_joined([pairs, *fresh]), with_client=True), []
    pairs = _added(_joined([pairs, *fresh]), with_client=True)
    clients = (pairs.numbers[-1:] > 0).astype(np.int64)
    counted = Totals(pairs.warehouse, pairs.client, np.concatenate([pairs.numbers[:-1], clients]))
    return _added(counted, with_client=False)


def _of_pairs(rows: Columns, midnights: Integers, window: Window) -> Totals:
    clients = np.unique(rows["enterprise_id"])
    facts = Facts({"custody": rows}, NO_PRICES, {})
    sweep = Sweep(facts, Spine.grid(clients, midnights))
    nodes = tuple(
        dict.fromkeys(
            span_of(of, window.days) for of in (*(f.rows for f in window.flows), window.client)
        )
    )
    spans = dict(zip(nodes, SpanOf.together(sweep, nodes), strict=True))
    index = np.concatenate([span.index for span in spans.values()])
    table = sweep.table("custody")
    sets = CellSets.of(sweep, [len(index)], table.party[index], table.values("warehouse")[index])
    cells, ends = sets.every, np.cumsum([len(span) for span in spans.values()])
    groups = dict(zip(nodes, np.split(sets.group_of, ends[:-1]), strict=True))

    def line(of: Rows, column: str) -> Integers:
        node = span_of(of, window.days)
        span = spans[node]
        return cells.add(span.first, span.end, groups[node], span.amounts(column))

    lines = [line(flow.rows, flow.column) for flow in window.flows]
    lines.append(line(window.client, "each"))
    # Every client has all midnights, so the cells of each pair are as many.
    shape = len(lines), len(cells.party), len(midnights)
    return Totals(cells.group, clients[cells.party], np.array(lines, np.int64).reshape(shape))


def _joined(parts: Sequence[Totals]) -> Totals:
    return Totals(
        np.concatenate([of.warehouse for of in parts]),
        np.concatenate([of.client for of in parts]),
        np.concatenate([of.numbers for of in parts], axis=1),
    )


def _added(of: Totals, *, with_client: bool) -> Totals:
    """Add up those of the same pair, or of the same warehouse."""
    client = of.client if with_client else np.zeros(len(of.client), np.int64)
    group, first = kernels.number(client, of.warehouse)
    flows, _, width = of.numbers.shape
    place = (group[:, None] * width + np.arange(width)).ravel()
    size = len(first) * width
    numbers = [add_at(size, place, line.ravel()) for line in of.numbers]
    shape = flows, len(first), width
    return Totals(of.warehouse[first], client[first], np.array(numbers).reshape(shape))
