"""Warehouses: counts, sensor readings, moves, and what they find wrong and admit."""

import numpy as np

from simulator.goods import GOODS
from simulator.names import PILES, Lateness
from simulator.port import Port
from simulator.table import Bools, Floats, Ints
from supervision.contract.columns import column

_COLD = np.array([good.cold for good in GOODS])
_EXCEPTION = column("custody", "exception")
_ON_COUNT = [
    _EXCEPTION.code(kind)
    for kind in ("count_mismatch", "document_mismatch", "seal_broken", "unauthorised_movement")
]
UNAUTHORISED = _EXCEPTION.code("unauthorised_movement")


def watch(port: Port) -> None:
    """Count the parcels whose turn it is, read their sensors, move a few."""
    parcels = port.parcels.live
    since, count_on = port.parcels.of(parcels, "since", "next_count")
    here = since < port.day
    _count(port, parcels[here & (count_on <= port.day)])
    if not port.feeds.muted:
        read_on, good = port.parcels.of(parcels, "next_reading", "good")
        _read(port, parcels[here & (read_on <= port.day) & _COLD[good]])


def carelessness(port: Port, parcels: Ints) -> Floats:
    """Factor on exceptions: the warehouse's, times the owner's, who saves on care in distress."""
    owner, house = port.parcels.of(parcels, "owner", "warehouse")
    slack = 1.0 - port.who.care[owner]
    own = (0.25 + 2.4 * slack**1.5) * (1.0 + 3.0 * port.state.distress[owner])
    return np.asarray(port.house_care[house] * own, np.float64)


def most_careless(port: Port) -> float:
    """What :func:`carelessness` never exceeds."""
    return float(port.house_care.max()) * (0.25 + 2.4) * (1.0 + 3.0)


def admits(port: Port, parcels: Ints) -> Bools:
    """Whether the warehouse of each parcel would tell today what it finds wrong with it."""
    honesty = port.house_honesty[port.parcels["warehouse"][parcels]]
    return np.asarray(port.rng.random(len(parcels)) < honesty, np.bool_)


def lose(port: Port, parcels: Ints, short: Ints) -> None:
    """Goods are no more; nobody knows of it until it is found and admitted.

    Parameters
    ----------
    parcels : int64 array
        Each once.
    short : int64 array
        Kilograms, not more than each holds.
    """
    table = port.parcels
    table["quantity"][parcels] -= short
    table["unseen"][parcels] += short
    table["lost"][parcels] += short
    port.lots.increase("short", table["lot"][parcels], short)
    table.close(parcels[(short > 0) & (table["quantity"][parcels] == 0)])


def find(port: Port, parcels: Ints) -> Ints:
    """What is missing of each parcel comes to light: kilograms, to be told now."""
    unseen = port.parcels["unseen"][parcels]
    port.parcels["unseen"][parcels] = 0
    return unseen


def tell_exception(port: Port, parcels: Ints, kinds: Ints | int, short: Ints | None = None) -> None:
    """The warehouse reports that something is wrong with a parcel."""
    if port.feeds.muted or not len(parcels):
        return
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


def told(port: Port) -> dict[str, object]:
    """For the truth: every provider's kind of lateness, and what the warehouses are like."""
    names, houses = port.names, len(port.house_care)
    count = len(names.providers)
    care, honesty = np.full(count, np.nan), np.full(count, np.nan)
    care[names.warehouses_at : names.warehouses_at + houses] = port.house_care
    honesty[names.warehouses_at : names.warehouses_at + houses] = port.house_honesty
    return {
        "provider_id": names.providers,
        "lateness": [Lateness(kind).name.lower() for kind in names.lateness.tolist()],
        "carelessness": care,
        "honesty": honesty,
    }


def _count(port: Port, parcels: Ints) -> None:
    """Count parcels; a warehouse that admits nothing states what ought to be there."""
    if not len(parcels):
        return
    rng, supervision, table = port.rng, port.world.supervision, port.parcels
    wrong = rng.random(len(parcels)) < supervision.exception_a_count * carelessness(port, parcels)
    kinds = rng.choice(_ON_COUNT, len(parcels), p=(0.5, 0.25, 0.15, 0.10))
    open_ = admits(port, parcels)
    _pilfered(port, parcels[wrong & (kinds == _ON_COUNT[0])])
    found = open_ & (table["unseen"][parcels] > 0)
    short = find(port, parcels[found])
    owner, held, pledged, unseen, lost = table.of(
        parcels, "owner", "quantity", "pledged", "unseen", "lost"
    )
    tell_quantity(port, "counted", parcels, held + unseen, (7, 8.4))
    # Goods that left without their release are sometimes noticed.
    missing = open_ & (pledged > held + lost) & ~wrong & (rng.random(len(parcels)) < 0.3)
    others = open_ & wrong & ~found & (kinds != _ON_COUNT[0])
    tell_exception(port, parcels[missing], UNAUTHORISED)
    tell_exception(port, parcels[found], _ON_COUNT[0], short)
    tell_exception(port, parcels[others], kinds[others])
    slack = 1.0 + 1.2 * (1.0 - port.who.care[owner]) * port.state.distress[owner]
    wait = np.where(pledged > 0, supervision.pledged_count_days, supervision.count_days) * slack
    wait = np.rint(wait * rng.uniform(0.85, 1.15, len(parcels))).astype(np.int64)
    table["next_count"][parcels] = port.day + np.maximum(wait, 2)
    _move(port, parcels[(held > 0) & (rng.random(len(parcels)) < supervision.moved_a_count)])


def _pilfered(port: Port, parcels: Ints) -> None:
    """Somebody took of the free part: more where owner and warehouse are of little honesty."""
    owner, held, pledged, house = port.parcels.of(
        parcels, "owner", "quantity", "pledged", "warehouse"
    )
    dishonesty = 2.0 * (1.0 - port.who.honesty[owner]) + 2.0 * (1.0 - port.house_honesty[house])
    share = port.rng.uniform(0.002, 0.02, len(parcels)) * (1.0 + dishonesty)
    short = np.maximum(np.asarray(held * share, np.int64), 1)
    lose(port, parcels, np.clip(short, 0, np.maximum(held - pledged, 0)))


def tell_quantity(
    port: Port, kind: str, parcels: Ints, quantity: Ints, hours: tuple[float, float]
) -> None:
    """The warehouse states how much of parcels stands in their piles."""
    if port.feeds.muted:
        return
    owner, lot, house, pile = port.parcels.of(parcels, "owner", "lot", "warehouse", "pile")
    port.feeds.emit(
        "custody",
        kind,
        port.at(len(parcels), *hours),
        provider=port.names.warehouses_at + house,
        enterprise=owner,
        cargo=lot,
        warehouse=house,
        pile=port.names.piles_at + pile,
        quantity=quantity,
    )


def _move(port: Port, parcels: Ints) -> None:
    held, unseen, house = port.parcels.of(parcels, "quantity", "unseen", "warehouse")
    port.parcels["pile"][parcels] = house * PILES + port.rng.integers(0, PILES, len(parcels))
    tell_quantity(port, "moved", parcels, held + unseen, (9, 11))


def _read(port: Port, parcels: Ints) -> None:
    """Sampled readings of cold stores that work."""
    port.parcels["next_reading"][parcels] = port.day + port.world.supervision.sensor_days
    parcels = parcels[~silent(port, parcels)]
    reading = -19_500 + 700 * port.rng.standard_normal(len(parcels))
    tell_reading(port, parcels, reading.astype(np.int64), (0, 6))


def silent(port: Port, parcels: Ints) -> Bools:
    """Whether the sensors of each parcel's cold store give nothing this month."""
    month = int(np.searchsorted(port.clock.month_days, port.day, side="right")) - 1
    known = port.cold_house_silent
    where = port.parcels["warehouse"][parcels]
    return np.asarray(known[where, min(month, known.shape[1] - 1)], np.bool_)


def tell_reading(port: Port, parcels: Ints, reading: Ints, hours: tuple[float, float]) -> None:
    """Sensors state temperatures, in thousandths of a degree."""
    owner, lot, house, pile = port.parcels.of(parcels, "owner", "lot", "warehouse", "pile")
    port.feeds.emit(
        "custody",
        "sensor",
        port.at(len(parcels), *hours),
        provider=port.names.warehouses_at + house,
        enterprise=owner,
        cargo=lot,
        warehouse=house,
        pile=port.names.piles_at + pile,
        reading=reading,
    )
