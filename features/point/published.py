"""What a snapshot says, as arrays that a program can look up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from features.recipe import Recipe, Reckoned
from supervision.arrays import MISSING, Integers

if TYPE_CHECKING:
    from features.snapshots.snapshot import Snapshot

Arrays = tuple[Integers, Integers, Integers, Integers, Integers, Integers]

_NONE = np.empty(0, np.int64)

NOTHING: Arrays = (
    _NONE,
    _NONE,
    np.empty((0, 0), np.int64),
    _NONE,
    _NONE,
    np.empty((0, 2), np.int64),
)
"""Where nobody is known."""


@dataclass(frozen=True)
class Laid:
    """All that a snapshot says.

    Attributes
    ----------
    parties, midnights : Integers
        As in the snapshot.
    said : Integers
        Shape (states, rows), missing where nothing is said.
    pairs : Integers
        Rows and keys of all balances, see :class:`features.snapshots.snapshot.Links`.
    stretches : Integers
        Where those of each balance begin and end, shape (balances, 2).
    states, balances : mapping
        Place of each.
    times : frozenset of int
        The midnights.
    picked : dict
        Where the states and balances of programs stand, once they were asked for.
    """

    parties: Integers
    midnights: Integers
    said: Integers
    pairs: Integers
    stretches: Integers
    states: Mapping[Recipe, int]
    balances: Mapping[Reckoned[Any], int]
    times: frozenset[int]
    picked: dict[Any, Arrays | None] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: "Snapshot") -> Self:
        """Lay a snapshot out."""
        said = np.full((len(snapshot.states), len(snapshot.midnight)), MISSING, np.int64)
        for line, values in zip(said, snapshot.states.values(), strict=True):
            line[values.known] = values.numbers[values.known]
        pairs = [links.pairs for links in snapshot.held.values()]
        ends = [0, *accumulate(len(of) for of in pairs)]
        return cls(
            np.array(snapshot.parties, np.int64),
            np.array(snapshot.midnights, np.int64),
            said,
            np.concatenate([_NONE, *pairs]),
            np.array([ends[:-1], ends[1:]], np.int64).T.copy(),
            {state: place for place, state in enumerate(snapshot.states)},
            {balance: place for place, balance in enumerate(snapshot.held)},
            frozenset(snapshot.midnights.tolist()),
        )

    def asked(
        self, midnight: int, states: tuple[Recipe, ...], balances: tuple[Reckoned[Any], ...]
    ) -> Arrays | None:
        """All of it, and where some states and balances stand.

        None if one is not there, or it was not published at the midnight.
        """
        key = states, balances
        if key not in self.picked:
            self.picked[key] = self._pick(*key)
        return self.picked[key] if midnight in self.times else None

    def _pick(
        self, states: tuple[Recipe, ...], balances: tuple[Reckoned[Any], ...]
    ) -> Arrays | None:
        try:
            of_states = [self.states[state] for state in states]
            of_balances = [self.balances[balance] for balance in balances]
        except KeyError:
            return None
        picked = np.array(of_states, np.int64)
        stretches = self.stretches[of_balances]
        return self.parties, self.midnights, self.said, picked, self.pairs, stretches
