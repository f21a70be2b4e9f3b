"""What nodes give of an enterprise on which the tables that they read are silent.

Most of those who apply have no facility yet and have pledged nothing, so a third of the catalogue
reads nothing of theirs. It gives the same for all of them, and is reckoned once.
"""

from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from features.engine.sweep import Spine, Sweep
from features.facts import ENVELOPE, Facts, stream_of, table_names
from features.prices import NO_PRICES
from features.recipe import Node, Recipe, Reckoned, Rows
from supervision.contract.columns import columns

Silent = frozenset[str]
"""Tables without a row."""

NONE: Silent = frozenset()

_MORE = frozenset(("more than it names",))
"""In place of the tables of what also reads something else; no table is called so."""


def silent_tables(sweep: Sweep) -> Silent:
    """Tables without any row, for a sweep of one point; of more points none is told."""
    if sweep.size != 1:
        return NONE
    return frozenset([name for name, of in sweep.facts.tables.items() if not len(of["position"])])


def is_decided(node: Reckoned[Any], silent: Silent) -> bool:
    """Whether silent tables alone decide what a node gives."""
    return _tables_of(node) <= silent


def given(nodes: Iterable[Reckoned[Any]]) -> Mapping[Hashable, Any]:
    """What nodes that are decided give at the one point."""
    sweep = _silence()
    return {node: sweep.value(node) for node in nodes}


def nothing_known() -> Facts:
    """Facts without a message."""
    none = np.empty(0, np.int64)
    tables = {
        table: dict.fromkeys((*ENVELOPE, *(of.name for of in columns(stream_of(table)))), none)
        for table in table_names()
    }
    return Facts(tables, NO_PRICES, {"lot": none, "commodity": none})


@lru_cache(maxsize=1)
def _silence() -> Sweep:
    return Sweep(nothing_known(), Spine(np.array([1]), np.array([0])))


@lru_cache(maxsize=4096)
def _tables_of(part: object) -> frozenset[str]:
    """Tables whose rows decide what a part of a recipe gives."""
    if isinstance(part, Rows):
        return frozenset((part.table,))
    if isinstance(part, Reckoned) and part.asks_others:
        return _MORE
    below = vars(part).values() if isinstance(part, Node) else part
    if not isinstance(below, Iterable) or isinstance(below, str):
        return NONE
    tables = NONE.union(*(_tables_of(each) for each in below))
    return tables or (_MORE if isinstance(part, Recipe) else NONE)
