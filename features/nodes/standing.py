"""How long an enterprise has been known."""

from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.facts import stream_of
from features.recipe import Recipe, Rows, Values
from features.sweep import Sweep
from supervision.arrays import NEVER


@dataclass(frozen=True)
class MonthsKnown(Recipe):
    """Whole spans of 30 days since anything about the enterprise was first known."""

    def reckon(self, sweep: Sweep) -> Values:
        """Evaluate along a sweep."""
        earliest = np.full(len(sweep.parties), NEVER, np.int64)
        for table in sweep.facts.tables:
            if stream_of(table) == table:
                selection = sweep.select(Rows(table))
                np.minimum.at(earliest, selection.party, selection.values("known_at"))
        since = earliest[sweep.row_party]
        known = since <= sweep.as_of
        return Values((sweep.as_of - np.where(known, since, 0)) // (30 * DAY), known)
