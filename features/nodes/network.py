"""What is known of those with whom an enterprise deals."""

from dataclasses import dataclass

import numpy as np

from features.calendar import midnights
from features.nodes.groups import group_sums
from features.recipe import Recipe, Rows, Values
from features.sweep import Spine, Sweep, distinct, places


@dataclass(frozen=True)
class ShareAmong(Recipe):
    """Share of a total that falls on groups (other enterprises) in a state.

    The state of a counterparty is read as of the last midnight of the port that is not after
    T: what was published then. A counterparty that is no enterprise of the record is in no
    state.
    """

    rows: Rows
    group: str
    column: str
    days: int
    state: Recipe

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        cells, sums, total = group_sums(sweep, self.rows, self.days, (self.group, self.column))
        party, published = cells.group[cells.cell_group], midnights(sweep.as_of)[cells.cell_row]
        others = Sweep(sweep.facts, distinct(Spine(party, published)))
        state = others.value(self.state).numbers[places(others, party, published)]
        struck = sweep.sum_over(cells.cell_row, np.where(state > 0, sums, 0))
        share = struck.astype(np.float64) / np.where(total > 0, total, 1).astype(np.float64)
        return Values(share, total > 0)
