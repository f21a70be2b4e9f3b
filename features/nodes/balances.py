"""What was added less what was taken, per key: stock of a lot, an open sale, a loan."""

from dataclasses import dataclass

import numpy as np

from features.facts import stated
from features.recipe import Leaf, Recipe, Rows, Values, always
from features.sweep import Cells, Sweep
from supervision.arrays import Integers


@dataclass(frozen=True)
class Flow:
    """A column of messages that adds to a balance or takes from it."""

    rows: Rows
    column: str

    @property
    def leaf(self) -> Leaf:
        """What is read: all of the rows, added up."""
        return Leaf(self.rows, None, self.column)


@dataclass(frozen=True)
class Balance:
    """Per value of the key: what was added less what was taken, and never below 0."""

    adds: tuple[Flow, ...]
    takes: tuple[Flow, ...]
    key: str


@dataclass(frozen=True)
class Outstanding(Recipe):
    """Sum of a balance over its keys."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        return always(sweep, sweep.sum_over(cells.cell_row, held))


@dataclass(frozen=True)
class Open(Recipe):
    """Number of keys whose balance is above 0."""

    balance: Balance

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        return always(sweep, sweep.sum_over(cells.cell_row, (held > 0).astype(np.int64)))


@dataclass(frozen=True)
class Overdue(Recipe):
    """Sum of a balance over those keys for which the due time of an added message has come."""

    balance: Balance
    due: str

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, held = balance_cells(sweep, self.balance)
        due = np.zeros(cells.size, np.int64)
        for flow in self.balance.adds:
            span = sweep.span(flow.rows, None, self.due)
            due += cells.steps(span, self.balance.key, np.ones(len(span.kept), np.int64))
        return always(sweep, sweep.sum_over(cells.cell_row, np.where(due > 0, held, 0)))


def balance_cells(sweep: Sweep, balance: Balance) -> tuple[Cells, Integers]:
    """Cells of the keys of a balance, and what each holds."""
    return sweep.once(("balance", balance), lambda: _reckon_balance(sweep, balance))


def _reckon_balance(sweep: Sweep, balance: Balance) -> tuple[Cells, Integers]:
    spans = [sweep.span(flow.rows) for flow in balance.adds + balance.takes]
    party = np.concatenate([span.party for span in spans])
    cells = Cells.of(sweep, party, np.concatenate([s.values(balance.key) for s in spans]))
    held = np.zeros(cells.size, np.int64)
    signs = [1] * len(balance.adds) + [-1] * len(balance.takes)
    for flow, span, sign in zip(balance.adds + balance.takes, spans, signs, strict=True):
        values = span.values(flow.column)
        held += sign * cells.steps(span, balance.key, np.where(stated(values), values, 0))
    return cells, np.maximum(held, 0)
