"""Circles of a directed graph: who comes back to himself by going along its arrows."""

from collections.abc import Iterator

import numpy as np

from supervision.arrays import Integers


def circles(size: int, start: Integers, end: Integers) -> Integers:
    """Tell which places stand on circles with one another: each can be reached from the other.

    An arrow from a place to itself makes no circle.

    Parameters
    ----------
    size : int
        Number of places.
    start, end : Integers
        Places from which and to which each arrow points, shape (n,).

    Returns
    -------
    Integers
        Shape (size,): places on circles with one another have the same number, those on none -1.
    """
    order = np.argsort(start, kind="stable")
    first = np.searchsorted(start[order], np.arange(size + 1)).tolist()
    found = np.full(size, -1, np.int64)
    for number, component in enumerate(_components(first, end[order].tolist())):
        if len(component) > 1:
            found[component] = number
    return found


def _components(first: list[int], following: list[int]) -> Iterator[list[int]]:
    """Strongly connected components: R. Tarjan (1972), with a path instead of recursion.

    The arrows of place p lead to ``following[first[p]:first[p + 1]]``.
    """
    met: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_: dict[int, None] = {}
    turn = list(first)
    for root in range(len(first) - 1):
        path = [] if root in met or first[root] == first[root + 1] else [root]
        while path:
            place = path[-1]
            if place not in met:
                met[place] = lowest[place] = len(met)
                open_[place] = None
            if turn[place] < first[place + 1]:
                after = following[turn[place]]
                turn[place] += 1
                if after not in met:
                    path.append(after)
                elif after in open_:
                    lowest[place] = min(lowest[place], met[after])
                continue
            path.pop()
            if path:
                lowest[path[-1]] = min(lowest[path[-1]], lowest[place])
            if lowest[place] == met[place]:
                yield _taken(open_, place)


def _taken(open_: dict[int, None], until: int) -> list[int]:
    """Take the newest entries, down to and with one of them."""
    taken: list[int] = []
    while not taken or taken[-1] != until:
        taken.append(open_.popitem()[0])
    return taken
