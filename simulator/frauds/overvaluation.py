"""Declarations above what was paid."""

import numpy as np

from simulator.frauds import deeds
from simulator.port import Port

PATTERN = "overvaluation"


def overstate(port: Port) -> None:
    """Mark some of today's orders, by how many per cent they will be declared too high."""
    schemes, rng, dials = port.schemes, port.rng, port.world.frauds
    lots = port.lots.live
    lots = lots[np.searchsorted(lots, schemes.lots) :]
    schemes.lots = port.lots.size
    owner = port.lots["owner"][lots]
    chosen = np.flatnonzero(schemes.overvalues[owner])
    chosen = chosen[rng.random(len(chosen)) < dials.overvalued_lots]
    low, high = dials.overstated_percent
    percent = rng.integers(low, high + 1, len(chosen))
    port.lots["overstated"][lots[chosen]] = percent
    schemes.overstated += lots[chosen].tolist()
    _list_declared(port)


def _list_declared(port: Port) -> None:
    """A lot is a deed from the day of its declaration; some are never declared."""
    waiting = np.array(port.schemes.overstated, np.int64)
    waiting = waiting[port.lots.is_live(waiting)]
    owner, cost, percent, received = port.lots.of(
        waiting, "owner", "cost", "overstated", "received"
    )
    declared = received > 0
    port.schemes.overstated = waiting[~declared].tolist()
    for lot, who, amount in zip(
        waiting[declared].tolist(),
        owner[declared].tolist(),
        (cost * percent // 100)[declared].tolist(),
        strict=True,
    ):
        deeds.note(port, (PATTERN, port.schemes.begin()), (who, -1, -1), lot, amount)
