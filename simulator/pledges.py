"""Pledges: electronic warehouse receipts, their release in parts, and their enforcement."""

import numpy as np

from simulator.books import Account
from simulator.clock import HOUR
from simulator.port import Port
from simulator.table import Floats, Ints, distinct
from simulator.titles import tell_released
from supervision.contract.columns import column

_STATIC, _DYNAMIC = (column("pledge", "form").code(form) for form in ("static", "dynamic"))


def register(port: Port, receipts: Ints, matures: Ints) -> None:
    """Register new receipts: what they cover is bound."""
    count = len(receipts)
    parcel, quantity, amount = port.receipts.of(receipts, "parcel", "quantity", "amount")
    port.parcels.increase("pledged", parcel, quantity)
    dynamic = port.rng.random(count) < port.world.margin.dynamic_share
    port.receipts["static"][receipts] = (~dynamic).astype(np.int64)
    if port.feeds.muted:
        return
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
        ordered = np.sort(receipts)
        again = np.zeros(len(ordered), np.bool_)
        again[1:] = ordered[1:] == ordered[:-1]
        _request(port, ordered[~again])
        receipts = ordered[again]


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
    if port.feeds.muted:
        return
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
    port.parcels.increase("pledged", parcel, -quantity)
    port.parcels["order"][parcel] = orders
    port.releases.close(orders)
    port.receipts.close(distinct(receipt[port.receipts["parts"][receipt] == 0]))


def release_rest(port: Port, loans: Ints) -> None:
    """Ask for all that is still bound for loans that are repaid, top-ups with it."""
    receipts = port.receipts.live
    loan, parts = port.receipts.of(receipts, "loan", "parts")
    receipts = receipts[(parts > 0) & np.isin(loan, loans)]
    port.receipts["parts"][receipts] = np.minimum(port.receipts["parts"][receipts], 1)
    request_release(port, receipts)


def enforce(port: Port, receipts: Ints, discount: Floats) -> Ints:
    """The lender sells what receipts still cover, each at a discount, as far as it is there.

    Returns
    -------
    int64 array
        Proceeds of each receipt; they stand in its owner's cash.
    """
    parcel, owner, covered, amount = port.receipts.of(
        receipts, "parcel", "owner", "quantity", "amount"
    )
    if not port.feeds.muted:
        port.feeds.emit(
            "pledge",
            "enforced",
            port.at(len(receipts), 10, 12),
            **_envelope(port, receipts),
            quantity=covered,
            amount=amount,
        )
    sold, good = _there(port, receipts), port.parcels["good"][parcel]
    proceeds = np.asarray((sold * port.spot[good] // 1000) * (1.0 - discount), np.int64)
    port.parcels.increase("quantity", parcel, -sold)
    port.parcels.increase("pledged", parcel, -covered)
    for name in ("quantity", "amount", "parts"):
        port.receipts[name][receipts] = 0
    real = np.flatnonzero(sold > 0)
    tell_released(port, parcel[real], sold[real], np.full(len(real), -1, np.int64))
    port.parcels.close(distinct(parcel[port.parcels["quantity"][parcel] == 0]))
    port.receipts.close(receipts)
    port.books.receive(Account.BUYERS, owner, proceeds)
    return proceeds


def _there(port: Port, receipts: Ints) -> Ints:
    """How much of what receipts cover is there: of one parcel the first comes first."""
    parcel, covered = port.receipts.of(receipts, "parcel", "quantity")
    order = np.lexsort((receipts, parcel))
    first = np.ones(len(order), np.bool_)
    first[1:] = parcel[order][1:] != parcel[order][:-1]
    running = np.cumsum(covered[order]) - covered[order]
    before = running - running[first][np.cumsum(first) - 1]
    left = np.maximum(port.parcels["quantity"][parcel[order]] - before, 0)
    sold = np.zeros(len(order), np.int64)
    sold[order] = np.minimum(covered[order], left)
    return sold


def _envelope(port: Port, receipts: Ints) -> dict[str, Ints]:
    parcel, owner, lender = port.receipts.of(receipts, "parcel", "owner", "lender")
    return {
        "provider": np.full(len(receipts), port.names.pledges, np.int64),
        "enterprise": owner,
        "cargo": port.parcels["lot"][parcel],
        "receipt": receipts,
        "lender": port.names.lenders_at + lender,
    }
