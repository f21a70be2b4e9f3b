"""Cheap goods put in the place of pledged ones, which are sold off the record."""

import numpy as np

from simulator.books import Account
from simulator.frauds import deeds, receipts
from simulator.frauds.schemes import Claim
from simulator.frauds.temptation import tempted
from simulator.goods import GOODS
from simulator.port import NEVER, Port
from simulator.table import Ints
from simulator.titles import tell_released

PATTERN = "substitution"
_FOOD = np.array([good.food or good.cold for good in GOODS])
_PRICE_OFF_THE_RECORD = 80
"""Per cent of the market's price that a buyer pays who asks for no papers."""


def attempt(port: Port) -> None:
    """Some swap a part of what they have pledged."""
    for owner in tempted(port, port.schemes.substitution, port.world.frauds.hidden_yearly):
        _swap(port, owner)


def _swap(port: Port, owner: int) -> None:
    table, rng = port.parcels, port.rng
    parcels = receipts.parcels_of(port, owner)
    held, pledged, lot, good = table.of(parcels, "quantity", "pledged", "lot", "good")
    cheap = int(np.where(_FOOD, NEVER, port.spot).argmin())
    taken = np.array([claim.lot for claim in port.schemes.claims], np.int64)
    fit = (pledged > 0) & (pledged <= held) & ~np.isin(lot, taken)
    # What costs little more than the cheapest is not worth the trouble.
    fit &= port.spot[good] > 2 * int(port.spot[cheap])
    if not fit.any():
        return
    place = int(np.flatnonzero(fit)[np.argmax(pledged[fit])])
    one = parcels[place : place + 1]
    quantity = int(pledged[place] * rng.uniform(0.3, 0.8))
    gain = quantity * int(port.spot[good[place]]) // 1000 * _PRICE_OFF_THE_RECORD // 100
    price = quantity * int(port.spot[cheap]) // 1000
    if quantity <= 0 or gain <= price:
        return
    bound = port.receipts.live[port.receipts["parcel"][port.receipts.live] == one[0]]
    if not len(bound):
        return
    who = np.array([owner], np.int64)
    port.books.receive(Account.BUYERS, who, np.array([gain], np.int64))
    port.books.pay(Account.SUPPLIERS, who, np.array([price], np.int64))
    claim = receipts.claimed(port, PATTERN, port.schemes.begin(), int(one[0]), bound.tolist())
    claim.swapped = _put(port, one, quantity, cheap)
    for lender in np.unique(port.receipts["lender"][bound]).tolist():
        party = port.names.lenders_at + lender
        house = claim.house if claim.confirmed else -1
        named = (owner, party, house)
        deeds.note(port, (PATTERN, claim.number), named, claim.lot, gain - price, open_=True)


def _put(port: Port, parcel: Ints, quantity: int, good: int) -> int:
    """Cheap goods stand under the lot's code; nobody is ever offered them."""
    table = port.parcels
    lot, owner, house, pile = table.of(parcel, "lot", "owner", "warehouse", "pile")
    table["quantity"][parcel] -= quantity
    put = table.add(
        1,
        lot=lot,
        owner=owner,
        good=good,
        quantity=quantity,
        pledged=quantity,
        lot_quantity=quantity,
        warehouse=house,
        pile=pile,
        made=port.day,
        since=NEVER,
        next_count=NEVER,
        next_reading=NEVER,
        order=-1,
    )
    return int(put[0])


def clear(port: Port, claim: Claim) -> None:
    """When no lender looks any more, the cheap goods leave the warehouse."""
    rows = port.parcels.live
    rows = rows[rows == claim.swapped]
    held = port.parcels["quantity"][rows]
    port.parcels["quantity"][rows] = 0
    port.parcels["pledged"][rows] = 0
    tell_released(port, rows, held, np.full(len(rows), -1, np.int64))
    port.parcels.close(rows)
