"""Outages: a provider is down for weeks, and records what it missed when it returns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from simulator.clock import DAY, Clock
from simulator.names import Names
from simulator.table import Ints
from simulator.world import Dirt


@dataclass(frozen=True)
class Outages:
    """When providers were down; arrays over outages.

    Attributes
    ----------
    provider : int64 array
    first, last : int64 array
        Microseconds; at ``last`` it is up again.
    catching_up : int
        Microseconds after ``last`` in which it records what it missed.
    """

    provider: Ints
    first: Ints
    last: Ints
    catching_up: int

    def deferred(self, provider: Ints, recorded: Ints) -> Ints:
        """Times of record as these outages move them; their order at a provider stays.

        What would have been recorded from an outage's first moment until the provider has
        caught up is pressed into the time of catching up.
        """
        moved = recorded.copy()
        if not len(recorded):
            return moved
        low, high = int(recorded.min()), int(recorded.max())
        near = np.flatnonzero((self.first <= high) & (self.last + self.catching_up > low))
        for place in near.tolist():
            first, last = int(self.first[place]), int(self.last[place])
            end = last + self.catching_up
            rows = np.flatnonzero(
                (provider == self.provider[place]) & (recorded >= first) & (recorded < end)
            )
            share = (recorded[rows] - first) / (end - first)
            moved[rows] = last + np.asarray(share * self.catching_up, np.int64)
        return moved

    def told(self, names: Names) -> dict[str, object]:
        """For the truth: who was down, and when."""
        return {
            "provider_id": pa.array(
                [names.providers[place] for place in self.provider.tolist()], pa.string()
            ),
            "first_at": self.first,
            "last_at": self.last,
        }


def none() -> Outages:
    """No outage at all."""
    nothing = np.zeros(0, np.int64)
    return Outages(nothing, nothing, nothing, DAY)


def outages(names: Names, dirt: Dirt, clock: Clock, rng: np.random.Generator) -> Outages:
    """Draw the outages of warehouses, customs offices and lenders; none overlap at one provider."""
    prone = np.concatenate(
        (
            np.arange(names.customs_at, names.carriers_at),
            np.arange(names.warehouses_at, names.appraisers_at),
            np.arange(names.lending_at, names.court),
        )
    )
    years = np.arange(max(1, round(clock.days / 365)))
    provider, year = (part.ravel() for part in np.meshgrid(prone, years, indexing="ij"))
    down = rng.random(len(provider)) < dirt.outages_yearly
    provider, year = provider[down], year[down]
    days = rng.integers(dirt.outage_days[0], dirt.outage_days[1] + 1, len(provider))
    # Each begins and ends within its year.
    begins = year * 365 + rng.integers(0, 365 - dirt.outage_days[1] - 2, len(provider))
    first = clock.midnight(0) + begins * DAY + rng.integers(0, DAY, len(provider))
    return Outages(provider, first, first + days * DAY, round(dirt.catching_up_days * DAY))
