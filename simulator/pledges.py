"""Pledges: electronic warehouse receipts, their release in parts, and their enforcement."""

import numpy as np

from simulator.books import Account
from simulator.clock import HOUR
from simulator.port import Port
from simulator.sales import tell_released
from simulator.table import Ints
from supervision.contract.columns import column

_STATIC, _DYNAMIC = (column("pledge", "form").code(form) for form in ("static", "dynamic"))


def register(port: Port, receipts: Ints, matures: Ints) -> None:
    """Register new receipts: what they cover is bound."""
    count = len(receipts)
    parcel, quantity, amount = port.receipts.of(receipts, "parcel", "quantity", "amount")
    port.parcels["pledged"][parcel] += quantity
    dynamic = port.rng.random(count) < 0.3
    port.feeds.emit(
        "pledge",
        "registered",
        port.at(count, 10, 12),
        **_envelope(port, receipts),
        rank=1,
        form=np.where(dynamic, _DYNAMIC, _STATIC),
        quantity=quantity,
        amount=amount,
        floor_value=amount * 13 // 10,
        matures_at=port.micros(matures),
        registration_number=receipts,
    )


def request_release(port: Port, receipts: Ints) -> None:
    """Ask for the release of one part of each receipt; one named twice, of two parts.

    The lender authorises in the afternoon, the registry releases next morning, and only then
    may the goods be sold.
    """
    while len(receipts):
        now, first = np.unique(receipts, return_index=True)
        _request(port, now)
        receipts = np.delete(receipts, first)


def _request(port: Port, receipts: Ints) -> None:
    receipts = receipts[port.receipts["parts"][receipts] > 0]
    if not len(receipts):
        return
    left, owed, parts = port.receipts.of(receipts, "quantity", "amount", "parts")
    quantity, amount = left // parts, owed // parts
    port.receipts["quantity"][receipts] -= quantity
    port.receipts["amount"][receipts] -= amount
    port.receipts["parts"][receipts] -= 1
    orders = port.releases.add(len(receipts), receipt=receipts, quantity=quantity, amount=amount)
    port.releases["authorised"][orders] = port.day + 1
    envelope = _envelope(port, receipts)
    asked = port.at(len(receipts), 11, 12)
    later = port.rng.integers(2 * HOUR, 5 * HOUR, len(receipts))
    facts = {"quantity": quantity, "release_order": orders}
    port.feeds.emit("pledge", "release_requested", asked, **envelope, **facts)
    port.feeds.emit(
        "pledge",
        "authorised",
        asked + later,
        **envelope,
        release_order=orders,
        holder=envelope["lender"],
    )
    port.feeds.emit(
        "pledge",
        "released",
        port.at(len(receipts), 8, 10, port.day + 1),
        **envelope,
        **facts,
        amount=amount,
    )


def release(port: Port) -> None:
    """What was authorised yesterday is free this morning."""
    orders = port.releases.live
    orders = orders[port.releases["authorised"][orders] <= port.day]
    if not len(orders):
        return
    receipt, quantity = port.releases.of(orders, "receipt", "quantity")
    parcel = port.receipts["parcel"][receipt]
    np.subtract.at(port.parcels["pledged"], parcel, quantity)
    port.parcels["order"][parcel] = orders
    port.releases.close(orders)
    port.receipts.close(np.unique(receipt[port.receipts["parts"][receipt] == 0]))


def enforce(port: Port, receipts: Ints) -> Ints:
    """The lender sells what receipts still cover, at a discount.

    Returns
    -------
    int64 array
        Proceeds of each receipt; they stand in its owner's cash.
    """
    receipts = receipts[port.receipts["parts"][receipts] > 0]
    parcel, owner, covered, amount = port.receipts.of(
        receipts, "parcel", "owner", "quantity", "amount"
    )
    port.feeds.emit(
        "pledge",
        "enforced",
        port.at(len(receipts), 10, 12),
        **_envelope(port, receipts),
        quantity=covered,
        amount=amount,
    )
    held, good = port.parcels.of(parcel, "quantity", "good")
    sold = np.minimum(covered, held)
    rate = round((1.0 - port.world.lending.enforcement_discount) * 100)
    proceeds = sold * port.spot[good] // 1000 * rate // 100
    port.parcels["quantity"][parcel] -= sold
    port.parcels["pledged"][parcel] -= covered
    port.receipts["quantity"][receipts] = 0
    port.receipts["amount"][receipts] = 0
    port.receipts["parts"][receipts] = 0
    real = sold > 0
    tell_released(port, parcel[real], sold[real], np.full(int(real.sum()), -1, np.int64))
    port.parcels.close(parcel[port.parcels["quantity"][parcel] == 0])
    port.receipts.close(receipts)
    port.books.receive(Account.BUYERS, owner, proceeds)
    return proceeds


def _envelope(port: Port, receipts: Ints) -> dict[str, Ints]:
    parcel, owner, lender = port.receipts.of(receipts, "parcel", "owner", "lender")
    return {
        "provider": np.full(len(receipts), port.names.pledges, np.int64),
        "enterprise": owner,
        "cargo": port.parcels["lot"][parcel],
        "receipt": receipts,
        "lender": port.names.lenders_at + lender,
    }
