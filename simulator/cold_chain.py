"""The cold chain: excursions and breakdowns spoil goods, and shelf life ends."""

import numpy as np

from simulator.goods import GOODS
from simulator.names import PILES
from simulator.port import Port
from simulator.table import Floats, Ints
from simulator.warehouses import (
    admits,
    carelessness,
    find,
    lose,
    most_careless,
    silent,
    tell_exception,
    tell_reading,
)
from supervision.contract.columns import column

_COLD = np.array([good.cold for good in GOODS])
_SHELF_DAYS = np.array([round(good.shelf_months * 30.4) for good in GOODS])
_TOO_WARM = column("custody", "exception").code("temperature_excursion")
_OUT_OF_DATE = column("custody", "exception").code("document_mismatch")
"""The contract has no kind of its own for shelf life. The goods are all there and cold: what no
longer fits is their paper, the certificate that states when they were made."""


def spoil(port: Port) -> None:
    """Some parcels grow warm: each for itself, or all of one pile whose cold store breaks down.

    Where sensors work and the warehouse admits it, it is told on the day, with what was spoilt.
    Else what was spoilt is missing from the next count that admits it.
    """
    parcels = port.parcels.live
    good, held, since = port.parcels.of(parcels, "good", "quantity", "since")
    parcels = parcels[_COLD[good] & (held > 0) & (since < port.day)]
    if not len(parcels):
        return
    part = np.maximum(_excursions(port, parcels), _breakdowns(port, parcels))
    warm = part >= 0.0
    parcels, part = parcels[warm], part[warm]
    short = np.asarray(part * port.parcels["quantity"][parcels], np.int64)
    lose(port, parcels, short)
    if port.feeds.muted:
        return
    watched = ~silent(port, parcels)
    told = watched & admits(port, parcels)
    reading = port.rng.integers(-11_500, -4_000, len(parcels))
    tell_reading(port, parcels[watched], reading[watched], (0, 8))
    spoilt = told & (short > 0)
    tell_exception(port, parcels[spoilt], _TOO_WARM, find(port, parcels[spoilt]))
    tell_exception(port, parcels[told & ~spoilt], _TOO_WARM)


def expire(port: Port) -> None:
    """What is past its shelf life is destroyed; a warehouse that admits it tells."""
    parcels = port.parcels.live
    good, made, held, since = port.parcels.of(parcels, "good", "made", "quantity", "since")
    shelf = _SHELF_DAYS[good]
    parcels = parcels[(shelf > 0) & (held > 0) & (since < port.day) & (port.day - made >= shelf)]
    if not len(parcels):
        return
    lose(port, parcels, port.parcels["quantity"][parcels])
    told = parcels[admits(port, parcels)]
    tell_exception(port, told, _OUT_OF_DATE, find(port, told))


def _excursions(port: Port, parcels: Ints) -> Floats:
    """Part of each parcel that its own excursion spoils today, -1 where there is none."""
    cold, rng = port.world.cold_chain, port.rng
    daily, chance = cold.excursions_monthly / 30.4, rng.random(len(parcels))
    # Few can be struck by chance: only of those is it asked how careless they are.
    warm = np.flatnonzero(chance < daily * most_careless(port))
    warm = warm[chance[warm] < daily * carelessness(port, parcels[warm])]
    part = np.full(len(parcels), -1.0)
    spoils = rng.random(len(warm)) < cold.spoils_share
    part[warm] = np.where(spoils, rng.beta(*cold.spoilt_part, len(warm)), 0.0)
    return part


def _breakdowns(port: Port, parcels: Ints) -> Floats:
    """Part of each parcel that the breakdown of its pile's store spoils, -1 where none is."""
    cold, rng = port.world.cold_chain, port.rng
    daily = cold.breakdowns_yearly / 365.0 * np.repeat(port.house_care, PILES)
    broken = rng.random(len(daily)) < daily
    part = np.full(len(parcels), -1.0)
    if not broken.any():
        return part
    struck = np.flatnonzero(broken[port.parcels["pile"][parcels]])
    part[struck] = rng.uniform(*cold.breakdown_part, len(struck))
    return part
