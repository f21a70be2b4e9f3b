"""Losses: what lenders had at stake when a facility defaulted, and what they got back."""

from enum import IntEnum

import numpy as np

from simulator.port import Port
from simulator.table import Bools, Floats, Ints, distinct


class Resolution(IntEnum):
    """How a default ended."""

    OPEN = 0
    CURED = 1
    REPAID = 2
    WRITTEN_OFF = 3


def begin(port: Port, facilities: Ints) -> None:
    """Note the exposure of facilities that default today, and how well their goods are held."""
    facilities = facilities[port.facilities["loss"][facilities] == 0]
    if not len(facilities):
        return
    owner, lender, drawn = port.facilities.of(facilities, "owner", "lender", "drawn")
    receipts = port.receipts.live
    receipts = receipts[port.receipts["parts"][receipts] > 0]
    (static,) = port.receipts.of(receipts, "static")
    rows = port.losses.add(
        len(facilities),
        facility=facilities,
        lender=lender,
        owner=owner,
        day=port.day,
        exposure=drawn,
        pledged=np.isin(facilities, port.receipts["facility"][receipts]).astype(np.int64),
        static=_mostly(port, facilities, receipts, static > 0),
        controlled=_mostly(port, facilities, receipts, controlled(port, receipts)),
        ended=-1,
        last=-1,
    )
    port.facilities["loss"][facilities] = rows + 1


def controlled(port: Port, receipts: Ints) -> Bools:
    """Whether what receipts cover is held well: static, in a careful house, and all there."""
    parcel, static, covered = port.receipts.of(receipts, "parcel", "static", "quantity")
    held, pledged, house = port.parcels.of(parcel, "quantity", "pledged", "warehouse")
    careful = port.house_care[house] <= port.world.recovery.careful_house
    return np.asarray((static > 0) & careful & (held >= np.maximum(covered, pledged)), np.bool_)


def enforced(port: Port, receipts: Ints, kept: Bools) -> None:
    """At enforcement it shows whether the goods of defaulted facilities were held well."""
    facilities = distinct(port.receipts["facility"][receipts])
    loss = port.facilities["loss"][facilities]
    facilities, rows = facilities[loss > 0], loss[loss > 0] - 1
    held = _mostly(port, facilities, receipts, kept)
    port.losses["controlled"][rows] = np.minimum(held, port.losses["controlled"][rows])


def _mostly(port: Port, facilities: Ints, receipts: Ints, flag: Bools) -> Ints:
    """1 for facilities of which a flag holds for half of what their receipts secure, or more."""
    facility, amount = port.receipts.of(receipts, "facility", "amount")
    weight, flagged = (np.zeros(len(facilities), np.int64) for _ in range(2))
    order = np.argsort(facilities)
    place = np.searchsorted(facilities, facility, sorter=order)
    place = order[np.minimum(place, len(order) - 1)] if len(order) else place
    mine = facilities[place] == facility if len(order) else np.zeros(len(place), np.bool_)
    np.add.at(weight, place[mine], amount[mine])
    np.add.at(flagged, place[mine & flag], amount[mine & flag])
    return ((weight > 0) & (2 * flagged >= weight)).astype(np.int64)


def recover(port: Port, facilities: Ints, amount: Ints) -> None:
    """Money came in on facilities, of which some are in default; one may stand twice."""
    loss = port.facilities["loss"][facilities]
    hit = loss > 0
    if hit.any():
        port.losses.increase("recovered", loss[hit] - 1, amount[hit])
        port.losses["last"][loss[hit] - 1] = port.day


def end(port: Port, facilities: Ints, resolution: Resolution | None = None) -> None:
    """A default is over; without a resolution, by what is still drawn."""
    facilities = facilities[port.facilities["loss"][facilities] > 0]
    if not len(facilities):
        return
    rows = port.facilities["loss"][facilities] - 1
    drawn = port.facilities["drawn"][facilities]
    how = np.where(drawn > 0, Resolution.WRITTEN_OFF, Resolution.REPAID)
    port.losses["resolution"][rows] = how if resolution is None else int(resolution)
    port.losses["ended"][rows] = port.day
    port.facilities["loss"][facilities] = 0


def loss_given_default(exposure: Ints, recovered: Ints, resolution: Ints) -> Floats:
    """Share of the exposure that is lost: 0 where it was cured, NaN while it is open."""
    lost = 1.0 - np.minimum(recovered / np.maximum(exposure, 1), 1.0)
    lost = np.where(resolution == Resolution.CURED, 0.0, lost)
    return np.where(resolution == Resolution.OPEN, np.nan, lost)
