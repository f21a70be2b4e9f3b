"""Receipts over goods that are promised already, or are not there, and what is lent on them.

Such a receipt names a parcel of its own that holds nothing and is never counted, so a lender that
enforces it finds nothing, and no goods come from nowhere.
"""

import numpy as np

from simulator.frauds.schemes import Claim
from simulator.goods import GOODS
from simulator.lending import lend, pledge
from simulator.port import NEVER, Port
from simulator.table import Ints

_LTV = np.array([good.ltv for good in GOODS])
_STEP = 100_000
LEAST = 50 * _STEP
"""Least drawing, fen."""


def rounded(amount: int) -> int:
    """A drawing in thousands of yuan."""
    return amount // _STEP * _STEP


def usable(port: Port, owner: int) -> tuple[Ints, Ints]:
    """Facilities that an enterprise can draw on against goods, and their room, the widest first."""
    rows = port.facilities.live
    of, limit, drawn, matures, linked, defaulted = port.facilities.of(
        rows, "owner", "amount", "drawn", "matures", "linked", "defaulted"
    )
    mine = np.flatnonzero(of == owner)
    rows, room = rows[mine], (limit - drawn)[mine]
    fit = (matures[mine] > port.day) & (defaulted[mine] == 0) & (linked[mine] == 0)
    fit &= room >= LEAST
    rows, room = rows[fit], room[fit]
    order = np.argsort(-room, kind="stable")
    return rows[order], room[order]


def parcels_of(port: Port, owner: int) -> Ints:
    """Live parcels of an enterprise that came before today."""
    parcels = port.parcels.live
    (of,) = port.parcels.of(parcels, "owner")
    mine: Ints = parcels[of == owner]
    since, held = port.parcels.of(mine, "since", "quantity")
    return mine[(since < port.day) & (held > 0)]


def worth(port: Port, parcel: int, quantity: int) -> int:
    """What a lender lends against so much of a parcel's good, fen."""
    good = int(port.parcels["good"][_row(parcel)][0])
    value = quantity * int(port.spot[good]) // 1000
    return rounded(int(value * _LTV[good]))


def issue(port: Port, parcel: int, facility: int, quantity: int, amount: int) -> int:
    """Have a receipt made out over what a parcel seems to be, and draw against it.

    Returns
    -------
    int
        The receipt.
    """
    table, one = port.parcels, _row(parcel)
    lot, owner, good, house, pile, made = table.of(
        one, "lot", "owner", "good", "warehouse", "pile", "made"
    )
    promised = table.add(
        1,
        lot=lot,
        owner=owner,
        good=good,
        warehouse=house,
        pile=pile,
        made=made,
        lot_quantity=quantity,
        since=NEVER,
        next_count=NEVER,
        next_reading=NEVER,
        order=-1,
    )
    table.close(promised)
    return draw(port, int(promised[0]), facility, quantity, amount)


def draw(port: Port, parcel: int, facility: int, quantity: int, amount: int) -> int:
    """Register a receipt over a parcel and draw against it."""
    least, most = port.world.lending.parts
    one, lent = _row(facility), np.array([amount], np.int64)
    receipt = pledge(port, one, _row(parcel), np.array([quantity], np.int64), lent)
    parts = port.rng.integers(least, most + 1, 1)
    port.receipts["parts"][receipt] = parts
    lend(port, one, lent, parts, receipt)
    return int(receipt[0])


def claimed(port: Port, pattern: str, number: int, parcel: int, receipts: list[int]) -> Claim:
    """Take up a scheme of receipts over a parcel among those under way."""
    owner, house, lot = (
        int(value[0]) for value in port.parcels.of(_row(parcel), "owner", "warehouse", "lot")
    )
    claim = Claim(
        pattern=pattern,
        number=number,
        owner=owner,
        house=house,
        lot=lot,
        parcel=parcel,
        receipts=receipts,
        confirmed=bool(port.schemes.client_of[owner] == house),
        next_count=port.day + port.world.supervision.pledged_count_days,
    )
    port.schemes.claims.append(claim)
    return claim


def lender_of(port: Port, facility: int) -> int:
    """Number, among parties, of a facility's lender."""
    return port.names.lenders_at + int(port.facilities["lender"][_row(facility)][0])


def _row(number: int) -> Ints:
    return np.array([number], np.int64)
