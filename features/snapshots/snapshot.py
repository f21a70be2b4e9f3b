"""A snapshot: what is known of enterprises and warehouses as of some midnights of the port."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from features.calendar import show_time
from features.engine.sums import joined
from features.facts import Flags
from features.nodes.balances import Balance
from features.point.published import Laid
from features.recipe import Recipe, Values
from supervision.arrays import Integers
from supervision.errors import CargoworthyError

T = TypeVar("T")


@dataclass(frozen=True)
class Edition:
    """What a snapshot was made from.

    Attributes
    ----------
    record : str
        Identity of the record.
    position : int
        The record's position at that time: the publication as a fact of the record.
    catalogue_hash : str
        The catalogue that asks for its columns.
    """

    record: str
    position: int
    catalogue_hash: str


@dataclass(frozen=True)
class Links:
    """Who holds anything under whom: rows of a snapshot, and the enterprise that is the key.

    Sorted by row, then key.
    """

    row: Integers
    key: Integers

    @cached_property
    def pairs(self) -> Integers:
        """One number for each pair of row and key, in order."""
        return joined(self.row, self.key)


@dataclass(frozen=True)
class Snapshot:
    """What is known as of midnights: it answers for :class:`features.others.Others`.

    A row is an enterprise or a warehouse (a party) at a midnight: all midnights of the first
    party, then those of the next.

    Attributes
    ----------
    edition : Edition
    parties : Integers
        Numbers of names, rising; any other party is in no state.
    midnights : Integers
        UTC microseconds, rising.
    states : mapping of Recipe to Values
        A column each.
    held : mapping of Balance to Links
    """

    edition: Edition
    parties: Integers
    midnights: Integers
    states: Mapping[Recipe, Values]
    held: Mapping[Balance, Links]

    @property
    def midnight(self) -> Integers:
        """Midnight of each row."""
        return np.tile(self.midnights, len(self.parties))

    @cached_property
    def laid_out(self) -> Laid:
        """The same for evaluating one enterprise at one point."""
        return Laid.of(self)

    def value(self, recipe: Recipe) -> Values:
        """What a recipe gives at each row."""
        return _found(self.states, recipe)

    def links(self, balance: Balance) -> tuple[Integers, Integers]:
        """Rows of those with a balance above 0, and of the enterprise that is its key."""
        found = _found(self.held, balance)
        row, known = self._rows(found.key, self.midnights[found.row % len(self.midnights)])
        return found.row[known], row[known]

    def at(self, enterprise: Integers, midnight: Integers) -> "Published":
        """Look up enterprises.

        Raises
        ------
        CargoworthyError
            If the snapshot is not of one of the midnights.
        """
        return Published(self, *self._rows(enterprise, midnight))

    def _rows(self, enterprise: Integers, midnight: Integers) -> tuple[Integers, Flags]:
        """Row of each (party, midnight), and whether the snapshot knows the party."""
        time = np.minimum(self.midnights.searchsorted(midnight), len(self.midnights) - 1)
        wrong = self.midnights[time] != midnight
        if wrong.any():
            raise CargoworthyError(
                f"expected a snapshot of {show_time(int(midnight[wrong][0]))}, found one of "
                f"{', '.join(show_time(int(at)) for at in self.midnights[:3])}; publish that "
                "midnight's"
            )
        if not len(self.parties):
            return np.zeros(len(time), np.int64), np.zeros(len(time), bool)
        place = self.parties.searchsorted(enterprise)
        place = np.minimum(place, len(self.parties) - 1)
        return place * len(self.midnights) + time, self.parties[place] == enterprise


@dataclass(frozen=True)
class Published:
    """What a snapshot says in some of its rows, where it knows the enterprise asked about."""

    snapshot: Snapshot
    row: Integers
    known: Flags

    def value(self, state: Recipe) -> Values:
        """What a recipe gives for each of them."""
        column = self.snapshot.value(state)
        if not len(column.known):
            return Values(self.row, self.known)
        return Values(column.numbers[self.row], self.known & column.known[self.row])

    def holds(self, balance: Balance, key: Integers) -> Flags:
        """Whether a balance of each of them holds anything under a key of its own."""
        pairs = _found(self.snapshot.held, balance).pairs
        if not len(pairs):
            return np.zeros(len(self.row), bool)
        pair = joined(self.row, key)
        place = np.minimum(pairs.searchsorted(pair), len(pairs) - 1)
        there: Flags = self.known & (pairs[place] == pair)
        return there


def _found(columns: Mapping[Recipe, T] | Mapping[Balance, T], asked: Recipe | Balance) -> T:
    found = columns.get(asked)  # type: ignore[arg-type]
    if found is None:
        raise CargoworthyError(
            f"expected a snapshot with {asked!r:.120}, found no such column; only features of the "
            "catalogue can be asked of it"
        )
    return found
