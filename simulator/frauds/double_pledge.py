"""One lot pledged to two lenders."""

import numpy as np

from simulator.frauds import deeds, receipts
from simulator.frauds.temptation import tempted
from simulator.port import Port

PATTERN = "double_pledge"


def attempt(port: Port) -> None:
    """Some pledge to one lender what another holds in pledge already."""
    for owner in tempted(port, port.schemes.double_pledge, port.world.frauds.yearly):
        _pledge_again(port, owner)


def _pledge_again(port: Port, owner: int) -> None:
    rows, room = receipts.usable(port, owner)
    if not len(rows):
        return
    parcels = receipts.parcels_of(port, owner)
    held, pledged = port.parcels.of(parcels, "quantity", "pledged")
    bound = parcels[(pledged > 0) & (pledged <= held)]
    open_ = port.receipts.live
    parcel, facility, covered = port.receipts.of(open_, "parcel", "facility", "quantity")
    first = np.flatnonzero(np.isin(parcel, bound))
    taken = {claim.lot for claim in port.schemes.claims}
    for place in first[np.argsort(-covered[first], kind="stable")].tolist():
        target = parcel[place : place + 1]
        lender = port.facilities["lender"][facility[place : place + 1]]
        other = port.facilities["lender"][rows] != lender
        if not other.any() or int(port.parcels["lot"][target][0]) in taken:
            continue
        second, quantity = int(rows[other][0]), int(port.parcels["quantity"][target][0])
        step = receipts.worth(port, int(target[0]), quantity)
        amount = min(step, receipts.rounded(int(room[other][0])))
        if amount < receipts.LEAST:
            continue
        receipt = receipts.issue(port, int(target[0]), second, quantity, amount)
        number = port.schemes.begin()
        claim = receipts.claimed(port, PATTERN, number, int(target[0]), [receipt])
        for victim in (int(facility[place]), second):
            who = (owner, receipts.lender_of(port, victim), -1)
            deeds.note(port, (PATTERN, number), who, claim.lot, amount, open_=True)
        return
