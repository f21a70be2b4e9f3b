"""Whose rows it takes to reckon, where nothing is published, what is known of others."""

from collections.abc import Callable, Sequence

import numpy as np

from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column

_NAMED = ("related_party", "guarantee_given", "guarantee_ended")
"""Kinds of registry messages whose party's own state some feature reads."""

Registry = Callable[[str, Sequence[int]], Columns]
"""Gives the registry's messages in which a column is one of some numbers."""


def concerned(own: Sequence[int], title: Columns, registry: Registry) -> Integers:
    """Enterprises whose state some feature of some enterprises reads, themselves included.

    They are the buyers, the parties that are related or guaranteed, those under the same
    controllers, and everyone whom one reaches by going from giver to guaranteed.

    Parameters
    ----------
    own : sequence of int
        Numbers of the enterprises' names.
    title : Columns
        Their messages of the stream ``title``.
    registry : callable
    """
    theirs = registry("enterprise_id", own)
    found = [
        np.asarray(own, np.int64),
        title["buyer"],
        _parties(theirs, _NAMED),
        _sisters(registry, _parties(theirs, ("actual_controller",))),
        _guaranteed(registry, theirs),
    ]
    every = np.unique(np.concatenate(found))
    return np.asarray(every[every != MISSING], np.int64)


def _sisters(registry: Registry, controllers: Integers) -> Integers:
    rows = registry("party", controllers.tolist())
    return np.asarray(rows["enterprise_id"][_of_kinds(rows, ("actual_controller",))], np.int64)


def _guaranteed(registry: Registry, theirs: Columns) -> Integers:
    """Everyone whom one reaches by going from giver to guaranteed."""
    reached = fresh = _parties(theirs, ("guarantee_given",))
    while len(fresh):
        onward = _parties(registry("enterprise_id", fresh.tolist()), ("guarantee_given",))
        fresh = np.setdiff1d(onward, reached)
        reached = np.union1d(reached, fresh)
    return reached


def _parties(rows: Columns, kinds: Sequence[str]) -> Integers:
    parties = np.unique(rows["party"][_of_kinds(rows, kinds)])
    return np.asarray(parties[parties != MISSING], np.int64)


def _of_kinds(rows: Columns, kinds: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    codes = [column("enterprise", "kind").code(kind) for kind in kinds]
    return np.isin(rows["kind"], codes)
