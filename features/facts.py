"""What the engine reads: the record's messages as arrays, each under the enterprise it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from features.calendar import DAY
from features.prices import Prices
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.contract.messages import STREAMS

if TYPE_CHECKING:
    from features.custody import Custody
    from features.others import Others

Flags = npt.NDArray[np.bool_]

DERIVED = {"purchase": "title", "appraisal": "valuation"}
"""Tables that are a stream seen from another side, and the stream whose columns they have."""

OF_OTHERS = ("enterprise", "financing", "outcome")
"""Tables that also hold the rows of those with whom an enterprise deals."""

ENVELOPE = ("position", "enterprise_id", "cargo_code", "occurred_at", "known_at", "reversed_at")
"""Columns that every table has."""


@dataclass(frozen=True)
class Facts:
    """Messages as arrays.

    Attributes
    ----------
    tables : mapping of str to Columns
        One entry a stream, and ``purchase`` and ``appraisal``; ``enterprise_id`` is the
        enterprise whom the row concerns. Rows stand in any order. Where nothing is published
        of others, ``enterprise``, ``financing`` and ``outcome`` hold the rows of all whose
        state is read, too.
    prices : Prices
        Of all commodities, or at least of the enterprises' own.
    lots : Columns
        ``lot`` and its ``commodity``, both numbers of names.
    others : Others or None
        What was published of other enterprises; None to reckon it from the rows of theirs that
        the tables hold.
    custody : Custody or None
        Where nothing is published: gives what the warehouses report of all their clients. None
        if the tables hold it.
    """

    tables: Mapping[str, Columns]
    prices: Prices
    lots: Columns
    others: "Others | None" = None
    custody: "Custody | None" = None


def standing(columns_: Columns, enterprise: int, as_of: int, days: int | None = None) -> Flags:
    """Which rows concern an enterprise and stand as of a time: known by then, not yet reversed.

    Parameters
    ----------
    columns_ : Columns
    enterprise : int
        Number of its name.
    as_of : int
        UTC microseconds.
    days : int, optional
        Only what occurred within so many days before.
    """
    stands: Flags = (columns_["enterprise_id"] == enterprise) & (columns_["known_at"] <= as_of)
    stands &= columns_["reversed_at"] > as_of
    if days is not None:
        stands &= columns_["occurred_at"] > as_of - days * DAY
    return stands


def stream_of(table: str) -> str:
    """Stream whose messages a table holds."""
    return DERIVED.get(table, table)


def table_names() -> tuple[str, ...]:
    """All tables of :class:`Facts`, streams first."""
    return (*(name for name in STREAMS if name != "valuation"), *DERIVED)


def conditions(
    columns_: Columns, stream: str, where: tuple[tuple[str, tuple[str, ...]], ...]
) -> Flags:
    """Which rows meet all conditions, each a column and the choices that it may be."""
    met: Flags | None = None
    for name, codes in _codes(stream, where):
        values = columns_[name]
        one_of = values == codes[0]
        for code in codes[1:]:
            one_of |= values == code
        met = one_of if met is None else met & one_of
    return np.ones(len(columns_["position"]), bool) if met is None else met


@lru_cache(maxsize=1024)
def _codes(
    stream: str, where: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The conditions by the numbers of the choices."""
    return tuple(
        (name, tuple(column(stream, name).code(choice) for choice in choices))
        for name, choices in where
    )


def stated(values: Integers) -> Flags:
    """Which values a message did state."""
    return np.asarray(values != MISSING)
