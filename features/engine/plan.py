"""In which order the nodes of recipes are reckoned: nodes of one kind together.

For one enterprise at one point each array is so short that a call costs more than what it does.
So all nodes that are reckoned in one way are given to it at once, as soon as what they rest on
is known. Which these are depends on the recipes alone and is found once.
"""

import inspect
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from features.engine.sweep import Sweep
from features.facts import Flags
from features.recipe import Recipe, Reckoned, Values

Step = tuple[Reckoned[Any], ...]


def values_of(sweep: Sweep, recipes: tuple[Recipe, ...]) -> list[Values]:
    """What recipes give along a sweep."""
    memory = sweep.memory
    for nodes in plan(recipes):
        if len(nodes) > 1:
            memory.update(zip(nodes, nodes[0].together(sweep, nodes), strict=True))
    return [sweep.value(recipe) for recipe in recipes]


@lru_cache(maxsize=256)
def plan(recipes: tuple[Recipe, ...]) -> tuple[Step, ...]:
    """Nodes that are reckoned together, each step after those on which it rests."""
    depth: dict[Reckoned[Any], int] = {}
    for recipe in recipes:
        _measure(recipe, depth)
    steps: dict[tuple[int, Any], list[Reckoned[Any]]] = {}
    for node, level in depth.items():
        how = inspect.getattr_static(type(node), "together")
        steps.setdefault((level, how), []).append(node)
    return tuple(tuple(steps[key]) for key in sorted(steps, key=lambda key: key[0]))


def _measure(node: Reckoned[Any], depth: dict[Reckoned[Any], int]) -> int:
    """How many nodes stand one upon the other below a node."""
    if node not in depth:
        depth[node] = 1 + max((_measure(part, depth) for part in node.parts()), default=-1)
    return depth[node]


def stacked(values: Sequence[Values]) -> tuple[npt.NDArray[np.float64], Flags]:
    """Numbers as floats, and where they are known, of several recipes: shape (recipes, points)."""
    numbers = np.concatenate([value.numbers for value in values]).astype(np.float64)
    known = np.concatenate([value.known for value in values])
    shape = (len(values), len(values[0].known))
    return numbers.reshape(shape), known.reshape(shape)
