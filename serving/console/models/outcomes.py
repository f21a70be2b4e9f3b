"""Defaults of enterprises, as the record knew them at a time."""

from collections.abc import Sequence

import numpy as np

from supervision.record import Record

Defaults = dict[str, tuple[int, ...]]
"""By enterprise, when its defaults occurred, UTC microseconds."""


def defaults_of(record: Record, enterprises: Sequence[str], today: int) -> Defaults:
    """Defaults that were known by a time and stood then.

    Parameters
    ----------
    record : Record
    enterprises : sequence of str
    today : int
        UTC microseconds: what was reported later, and what was taken back by then, is left out.
    """
    numbers = record.number_of(enterprises)
    names = {number: name for name, number in numbers.items()}
    rows = record.rows("outcome", "enterprise_id", list(names), kind="default")
    stood = (rows["known_at"] <= today) & (rows["reversed_at"] > today)
    found: dict[str, list[int]] = {}
    for place in np.flatnonzero(stood).tolist():
        name = names[int(rows["enterprise_id"][place])]
        found.setdefault(name, []).append(int(rows["occurred_at"][place]))
    return {name: tuple(sorted(times)) for name, times in found.items()}
