"""A warehouse in collusion counts what is not there and finds nothing wrong; others notice."""

import numpy as np

from simulator.frauds import deeds
from simulator.frauds.schemes import Claim
from simulator.port import Port
from simulator.table import Ints
from simulator.warehouses import tell_exception, tell_quantity
from supervision.contract.columns import column

PATTERN = "collusion"
_KINDS = [
    column("custody", "exception").code(kind) for kind in ("document_mismatch", "seal_broken")
]


def count(port: Port) -> None:
    """Count, before anybody else does, what is covered up for and what was swapped."""
    schemes, table = port.schemes, port.parcels
    parcels = table.live
    since, due = table.of(parcels, "since", "next_count")
    rows = parcels[(since < port.day) & (due <= port.day)]
    owner, house = table.of(rows, "owner", "warehouse")
    covered = schemes.client_of[owner] == house
    swapped = [claim.parcel for claim in schemes.claims if claim.swapped >= 0]
    rows = rows[covered | np.isin(rows, np.array(swapped, np.int64))]
    if len(rows):
        _tell(port, rows)
    for claim in schemes.claims:
        if claim.confirmed and claim.next_count <= port.day:
            _count_nothing(port, claim)


def notice(port: Port) -> None:
    """Elsewhere a count sometimes shows that receipts promise more than there is."""
    a_day = port.world.frauds.noticed_a_count / port.world.supervision.pledged_count_days
    for claim in port.schemes.claims:
        if not claim.confirmed and port.rng.random() < a_day:
            receipts = np.array(claim.receipts, np.int64)
            receipts = receipts[port.receipts.is_live(receipts)][:1]
            kind = _KINDS[int(claim.swapped >= 0 and port.rng.random() < 0.5)]
            tell_exception(port, port.receipts["parcel"][receipts], kind)


def _tell(port: Port, rows: Ints) -> None:
    table, supervision = port.parcels, port.world.supervision
    held, unseen, pledged, owner, house = table.of(
        rows, "quantity", "unseen", "pledged", "owner", "warehouse"
    )
    if not port.feeds.muted:
        extra = {claim.parcel: _extra(port, claim) for claim in port.schemes.claims}
        more = np.array([extra.get(row, 0) for row in rows.tolist()], np.int64)
        tell_quantity(port, "counted", rows, held + unseen + more, (7, 8.4))
    usual = np.where(pledged > 0, supervision.pledged_count_days, supervision.count_days)
    wait = np.rint(usual * port.rng.uniform(0.85, 1.15, len(rows))).astype(np.int64)
    table["next_count"][rows] = port.day + np.maximum(wait, 2)
    covered = port.schemes.client_of[owner] == house
    for who, where in zip(owner[covered].tolist(), house[covered].tolist(), strict=True):
        if who not in port.schemes.covered:
            number = port.schemes.covered[who] = port.schemes.begin()
            deeds.note(port, (PATTERN, number), (who, -1, where), -1, 0, open_=True)


def _extra(port: Port, claim: Claim) -> int:
    """Kilograms counted of a claim's parcel besides those that are there."""
    if claim.swapped >= 0:
        rows = port.parcels.live
        return int(port.parcels["quantity"][rows[rows == claim.swapped]].sum())
    if not claim.confirmed or claim.pattern != "phantom_receipt":
        return 0
    rows = port.parcels.live
    held = int(port.parcels["quantity"][rows[rows == claim.parcel]].sum())
    return max(_promised(port, claim) - held, 0)


def _promised(port: Port, claim: Claim) -> int:
    receipts = port.receipts.live
    receipts = receipts[np.isin(receipts, np.array(claim.receipts, np.int64))]
    return int(port.receipts["quantity"][receipts].sum())


def _count_nothing(port: Port, claim: Claim) -> None:
    """Count goods of which nothing is left: the receipt's own parcel, which holds nothing."""
    claim.next_count = port.day + port.world.supervision.pledged_count_days
    if port.feeds.muted:
        return
    rows = port.parcels.live
    extra = _extra(port, claim)
    if extra and claim.swapped < 0 and not (rows == claim.parcel).any():
        receipts = port.receipts.live
        receipts = receipts[np.isin(receipts, np.array(claim.receipts, np.int64))][:1]
        parcel = port.receipts["parcel"][receipts]
        tell_quantity(port, "counted", parcel, np.array([extra], np.int64), (7, 8.4))
