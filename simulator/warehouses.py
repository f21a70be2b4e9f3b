"""Warehouses: counts, sensor readings, moves, and what they find wrong."""

import numpy as np

from simulator.goods import GOODS
from simulator.names import PILES
from simulator.port import Port
from simulator.table import Floats, Ints
from supervision.contract.columns import column

_COLD = np.array([good.cold for good in GOODS])
_EXCEPTION = column("custody", "exception")
_ON_COUNT = [
    _EXCEPTION.code(kind)
    for kind in ("count_mismatch", "document_mismatch", "seal_broken", "unauthorised_movement")
]
_TOO_WARM = _EXCEPTION.code("temperature_excursion")
UNAUTHORISED = _EXCEPTION.code("unauthorised_movement")


def watch(port: Port) -> None:
    """Count the parcels whose turn it is, read their sensors, move a few."""
    parcels = port.parcels.live
    parcels = parcels[port.parcels["since"][parcels] < port.day]
    _count(port, parcels[port.parcels["next_count"][parcels] <= port.day])
    due = port.parcels["next_reading"][parcels] <= port.day
    _read(port, parcels[due & _COLD[port.parcels["good"][parcels]]])


def carelessness(port: Port, parcels: Ints) -> Floats:
    """Factor on exceptions: the warehouse's, times the owner's, who saves on care in distress."""
    owner, house = port.parcels.of(parcels, "owner", "warehouse")
    slack = 1.0 - port.who.care[owner]
    own = (0.25 + 2.4 * slack**1.5) * (1.0 + 3.0 * port.state.distress[owner])
    return np.asarray(port.house_care[house] * own, np.float64)


def tell_exception(port: Port, parcels: Ints, kinds: Ints | int, short: Ints | None = None) -> None:
    """The warehouse reports that something is wrong with a parcel."""
    owner, lot, house, pile = port.parcels.of(parcels, "owner", "lot", "warehouse", "pile")
    port.feeds.emit(
        "custody",
        "exception",
        port.at(len(parcels), 8.5, 9),
        provider=port.names.warehouses_at + house,
        enterprise=owner,
        cargo=lot,
        warehouse=house,
        pile=port.names.piles_at + pile,
        exception=kinds,
        **({} if short is None else {"short_quantity": short}),
    )


def _count(port: Port, parcels: Ints) -> None:
    if not len(parcels):
        return
    rng, supervision = port.rng, port.world.supervision
    wrong = rng.random(len(parcels)) < supervision.exception_a_count * carelessness(port, parcels)
    kinds = rng.choice(_ON_COUNT, len(parcels), p=(0.5, 0.25, 0.15, 0.10))
    lacking = wrong & (kinds == _ON_COUNT[0])
    short = _lose(port, parcels[lacking])
    owner, lot, held, house, pile, pledged = port.parcels.of(
        parcels, "owner", "lot", "quantity", "warehouse", "pile", "pledged"
    )
    port.feeds.emit(
        "custody",
        "counted",
        port.at(len(parcels), 7, 8.4),
        provider=port.names.warehouses_at + house,
        enterprise=owner,
        cargo=lot,
        warehouse=house,
        pile=port.names.piles_at + pile,
        quantity=held,
    )
    others = wrong & ~lacking
    # Goods that left without their release are sometimes noticed.
    missing = (pledged > held) & ~wrong & (rng.random(len(parcels)) < 0.3)
    tell_exception(port, parcels[missing], UNAUTHORISED)
    tell_exception(port, parcels[lacking], _ON_COUNT[0], short)
    tell_exception(port, parcels[others], kinds[others])
    usual = np.where(pledged > 0, supervision.pledged_count_days, supervision.count_days)
    slack = 1.0 + 1.2 * (1.0 - port.who.care[owner]) * port.state.distress[owner]
    wait = usual * slack * rng.uniform(0.8, 1.2, len(parcels))
    port.parcels["next_count"][parcels] = port.day + np.maximum(wait.astype(np.int64), 2)
    _move(port, parcels[rng.random(len(parcels)) < 0.05])


def _lose(port: Port, parcels: Ints) -> Ints:
    """Take away what a count finds short, never from what is pledged beyond the free part."""
    owner, held, pledged = port.parcels.of(parcels, "owner", "quantity", "pledged")
    share = port.rng.uniform(0.002, 0.02, len(parcels)) * (
        1.0 + 2.0 * (1.0 - port.who.honesty[owner])
    )
    short = np.maximum(np.asarray(held * share, np.int64), 1)
    short = np.clip(short, 0, np.maximum(held - pledged, 0))
    port.parcels["quantity"][parcels] -= short
    np.add.at(port.lots["short"], port.parcels["lot"][parcels], short)
    port.parcels.close(parcels[port.parcels["quantity"][parcels] == 0])
    return short


def _move(port: Port, parcels: Ints) -> None:
    parcels = parcels[port.parcels["quantity"][parcels] > 0]
    owner, lot, held, house = port.parcels.of(parcels, "owner", "lot", "quantity", "warehouse")
    pile = house * PILES + port.rng.integers(0, PILES, len(parcels))
    port.parcels["pile"][parcels] = pile
    port.feeds.emit(
        "custody",
        "moved",
        port.at(len(parcels), 9, 11),
        provider=port.names.warehouses_at + house,
        enterprise=owner,
        cargo=lot,
        warehouse=house,
        pile=port.names.piles_at + pile,
        quantity=held,
    )


def _read(port: Port, parcels: Ints) -> None:
    """Sampled readings, in thousandths of a degree; an excursion is also an exception."""
    if not len(parcels):
        return
    rng = port.rng
    every = port.world.supervision.sensor_days
    port.parcels["next_reading"][parcels] = port.day + every
    month = int(np.searchsorted(port.clock.month_days, port.day, side="right")) - 1
    loud = ~port.cold_house_silent[port.parcels["warehouse"][parcels], month]
    parcels = parcels[loud]
    warm = rng.random(len(parcels)) < 0.0012 * carelessness(port, parcels)
    reading = -19_500 + 700 * rng.standard_normal(len(parcels))
    reading = np.where(warm, rng.uniform(-11_500, -4_000, len(parcels)), reading)
    owner, lot, house, pile = port.parcels.of(parcels, "owner", "lot", "warehouse", "pile")
    port.feeds.emit(
        "custody",
        "sensor",
        port.at(len(parcels), 0, 8),
        provider=port.names.warehouses_at + house,
        enterprise=owner,
        cargo=lot,
        warehouse=house,
        pile=port.names.piles_at + pile,
        reading=reading.astype(np.int64),
    )
    tell_exception(port, parcels[warm], _TOO_WARM)
