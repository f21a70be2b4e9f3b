"""In which order the nodes of recipes are reckoned: nodes of one kind together.

For one enterprise at one point each array is so short that a call costs more than what it does.
So all nodes that are reckoned in one way are given to it at once, as soon as what they rest on
is known. What silent tables decide is known beforehand. Which nodes these are depends on the
recipes, and on which tables are silent, and is found once.
"""

import inspect
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine.silence import Silent, given, is_decided, silent_tables
from features.engine.sweep import Sweep
from features.facts import Flags
from features.recipe import Recipe, Reckoned, Values

Step = tuple[Reckoned[Any], ...]


@dataclass(frozen=True)
class Plan:
    """In which order nodes are reckoned.

    Attributes
    ----------
    given : mapping of node to what it gives
        Nodes that are decided without a row.
    steps : tuple of Step
        Nodes that are reckoned together, each step after those on which it rests.
    """

    given: Mapping[Hashable, Any]
    steps: tuple[Step, ...]


def values_of(sweep: Sweep, recipes: tuple[Recipe, ...]) -> list[Values]:
    """What recipes give along a sweep."""
    memory = sweep.memory
    found = plan(recipes, silent_tables(sweep))
    memory.update(found.given)
    for nodes in found.steps:
        if len(nodes) > 1:
            memory.update(zip(nodes, nodes[0].together(sweep, nodes), strict=True))
    return [sweep.value(recipe) for recipe in recipes]


@lru_cache(maxsize=256)
def plan(recipes: tuple[Recipe, ...], silent: Silent) -> Plan:
    """How recipes are reckoned where some tables are silent."""
    depth: dict[Reckoned[Any], int] = {}
    for recipe in recipes:
        _measure(recipe, depth)
    known = given(node for node in depth if is_decided(node, silent))
    steps: dict[tuple[int, Any], list[Reckoned[Any]]] = {}
    for node in (node for node in depth if node not in known):
        how = inspect.getattr_static(type(node), "together")
        steps.setdefault((depth[node], how), []).append(node)
    in_order = sorted(steps, key=lambda key: key[0])
    return Plan(known, tuple(tuple(steps[key]) for key in in_order))


def _measure(node: Reckoned[Any], depth: dict[Reckoned[Any], int]) -> int:
    """How many nodes stand one upon the other below a node."""
    if node not in depth:
        depth[node] = 1 + max((_measure(part, depth) for part in node.parts()), default=-1)
    return depth[node]


def stacked(values: Sequence[Values]) -> tuple[npt.NDArray[np.float64], Flags]:
    """Numbers as floats, and where they are known, of several recipes: shape (recipes, points)."""
    numbers = np.concatenate([value.numbers for value in values], dtype=np.float64)
    known = np.concatenate([value.known for value in values])
    shape = (len(values), len(values[0].known))
    return numbers.reshape(shape), known.reshape(shape)
