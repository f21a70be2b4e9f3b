"""What is known of some lots: messages of one table that stand and are about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Self

import numpy as np

from features.facts import Facts, stream_of
from serving.limits import kernels
from supervision.arrays import MISSING, Integers
from supervision.contract.columns import column

STANDING = ("enterprise_id", "known_at", "reversed_at", "cargo_code")
"""Columns that tell whether a message stands, about whom and about which lot."""


def bits(table: str, name: str, choices: Iterable[str]) -> int:
    """Codes of some choices of a column, as bits."""
    of = column(stream_of(table), name)
    return sum(1 << of.code(choice) for choice in choices)


@dataclass(frozen=True)
class Asked:
    """Which messages are asked for, and what of them.

    Attributes
    ----------
    table : str
    kinds : int
        Codes of their kinds, as bits.
    names : tuple of str
        Columns.
    """

    table: str
    kinds: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, table: str, kinds: Iterable[str], *names: str) -> Self:
        """Ask for messages of some kinds."""
        return cls(table, bits(table, "kind", kinds), names)


@dataclass(frozen=True)
class About:
    """What is known of some lots of an enterprise as of a time.

    Attributes
    ----------
    facts : Facts
    enterprise, as_of : int
    lots : Integers
        Rising.
    """

    facts: Facts
    enterprise: int
    as_of: int
    lots: Integers

    def messages(self, asked: Asked) -> Iterable[tuple[int, ...]]:
        """Of each message the place of its lot and the columns asked for, in any order."""
        table = self.facts.tables[asked.table]
        rows, place = kernels.about(
            self.lots, asked.kinds, self.enterprise, self.as_of, _COLUMNS(table)
        )
        if not len(rows):
            return ()
        told = (table[name][rows].tolist() for name in asked.names)
        return zip(place.tolist(), *told, strict=True)

    def latest(self, asked: Asked, otherwise: int = MISSING) -> Integers:
        """Of the message of each lot that occurred last the one column asked for."""
        table = self.facts.tables[asked.table]
        rows = kernels.latest(self.lots, asked.kinds, self.enterprise, self.as_of, _ORDERED(table))
        (name,) = asked.names
        if not len(table[name]):
            return np.full(len(rows), otherwise, np.int64)
        return np.where(rows >= 0, table[name][rows], otherwise)


_COLUMNS = itemgetter(*STANDING, "kind")
_ORDERED = itemgetter(*STANDING, "kind", "occurred_at", "position")
