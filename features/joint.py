"""Facts of several enterprises as one, so that features are evaluated for all of them at once."""

from collections.abc import Sequence

import numpy as np

from features.facts import OF_OTHERS, Facts
from supervision.arrays import Columns
from supervision.holders import take


def joint(facts: Sequence[Facts]) -> Facts:
    """Put facts together that were gathered for one enterprise each.

    The features have the same bits as from the facts of each alone.

    Parameters
    ----------
    facts : sequence of Facts
        At least one; of the same record, up to the same position, with the same prices and with
        the same published, or none.
    """
    first = facts[0]
    if len(facts) == 1:
        return first
    tables = {name: _rows([one.tables[name] for one in facts]) for name in first.tables}
    lots = _once(_rows([one.lots for one in facts]), "lot")
    if first.others is None:  # a row about a third party may stand with several of them
        tables |= {name: _once(tables[name], "position") for name in OF_OTHERS}
    return Facts(tables, first.prices, lots, first.others, first.custody)


def _rows(parts: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _once(rows: Columns, by: str) -> Columns:
    """One row for each value of a column, in order of it."""
    return take(rows, np.unique(rows[by], return_index=True)[1])
