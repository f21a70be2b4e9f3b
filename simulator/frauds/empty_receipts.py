"""Receipts over cargo that is not there, and receipts for three times the metal."""

import numpy as np

from simulator.frauds import deeds, receipts
from simulator.frauds.temptation import tempted
from simulator.goods import GOODS
from simulator.port import Port
from simulator.table import Ints

PHANTOM, THREEFOLD = "phantom_receipt", "threefold_receipts"
_METAL = np.array([good.family == "metal" for good in GOODS])
_TIMES = 3


def attempt(port: Port) -> None:
    """Some have receipts made out over more than there is."""
    yearly = port.world.frauds.hidden_yearly
    for owner in tempted(port, port.schemes.phantom, yearly):
        _over_nothing(port, owner)
    for owner in tempted(port, port.schemes.threefold, yearly):
        _three_times(port, owner)


def _candidates(port: Port, owner: int) -> tuple[Ints, Ints, Ints]:
    """Unpledged parcels in no scheme, the largest first; what they hold and held at first.

    Of one lot the owner has no other parcel, and nothing of it was spoilt: what is promised too
    much is promised knowingly.
    """
    parcels = receipts.parcels_of(port, owner)
    pledged, lot, held, lost = port.parcels.of(parcels, "pledged", "lot", "quantity", "lost")
    taken = np.array([claim.lot for claim in port.schemes.claims], np.int64)
    alone = (lot[:, None] == lot).sum(axis=1) == 1
    free = (pledged == 0) & (lost == 0) & alone & ~np.isin(lot, taken)
    parcels = parcels[free][np.argsort(-held[free], kind="stable")]
    return parcels, *port.parcels.of(parcels, "quantity", "lot_quantity")


def _over_nothing(port: Port, owner: int) -> None:
    """A receipt over a whole lot of which most was sold."""
    parcels, held, whole = _candidates(port, owner)
    rows, room = receipts.usable(port, owner)
    gone = np.flatnonzero(2 * held < whole)
    if not len(gone) or not len(rows):
        return
    parcel, quantity = int(parcels[gone[0]]), int(whole[gone[0]])
    amount = min(receipts.worth(port, parcel, quantity), receipts.rounded(int(room[0])))
    if amount >= receipts.LEAST:
        receipt = receipts.issue(port, parcel, int(rows[0]), quantity, amount)
        _list(port, PHANTOM, parcel, [receipt], [(int(rows[0]), amount)])


def _three_times(port: Port, owner: int) -> None:
    """Three receipts, each over all the metal of a lot, at as many lenders as can be had."""
    parcels, held, _ = _candidates(port, owner)
    metal = np.flatnonzero(_METAL[port.parcels["good"][parcels]])
    rows, room = receipts.usable(port, owner)
    if not len(metal) or not len(rows):
        return
    parcel, quantity = int(parcels[metal[0]]), int(held[metal[0]])
    among = [place % len(rows) for place in range(_TIMES)]
    most = receipts.worth(port, parcel, quantity)
    amounts = [min(most, receipts.rounded(int(room[p]) // among.count(p))) for p in among]
    if min(amounts) < receipts.LEAST:
        return
    drawn = [(int(rows[place]), amount) for place, amount in zip(among, amounts, strict=True)]
    # The first lender's receipt is good: what it covers is there.
    made = [receipts.draw(port, parcel, drawn[0][0], quantity, drawn[0][1])]
    made += [receipts.issue(port, parcel, row, quantity, amount) for row, amount in drawn[1:]]
    _list(port, THREEFOLD, parcel, made[1:], drawn)


def _list(
    port: Port, pattern: str, parcel: int, made: list[int], drawn: list[tuple[int, int]]
) -> None:
    number = port.schemes.begin()
    claim = receipts.claimed(port, pattern, number, parcel, made)
    house = claim.house if claim.confirmed else -1
    for facility, amount in drawn:
        who = (claim.owner, receipts.lender_of(port, facility), house)
        deeds.note(port, (pattern, number), who, claim.lot, amount, open_=True)
