"""What the goods under a pledge are worth now, against what they secure."""

from collections.abc import Iterable
from dataclasses import dataclass

from serving.console.cargo.pledges import Pledge
from serving.console.cargo.stock import StockLot


@dataclass(frozen=True)
class Cover:
    """One pledge and its goods.

    Attributes
    ----------
    pledge : Pledge
    value : int
        Of the pledged quantity, as far as it is in custody, as appraised, fen.
    ltv : float or None
        What it secures as a share of that value; None where nothing is in custody.
    below_floor : bool
        Whether the goods are worth less than the floor value that was agreed, in proportion to what
        the pledge still secures.
    """

    pledge: Pledge
    value: int
    ltv: float | None
    below_floor: bool


def covers(pledges: Iterable[Pledge], lots: Iterable[StockLot]) -> tuple[Cover, ...]:
    """Each open pledge with what its goods are worth.

    Pledges on one lot each count the lot's value in proportion to their own quantity.
    """
    by_number = {lot.number: lot for lot in lots}
    return tuple(_cover(each, by_number.get(each.lot)) for each in pledges if each.is_open)


def _cover(pledge: Pledge, lot: StockLot | None) -> Cover:
    value = 0
    if lot is not None and lot.quantity:
        value = lot.value * min(pledge.quantity, lot.quantity) // lot.quantity
    agreed, secured = pledge.registered.get("floor_value"), pledge.registered.values["amount"]
    floor = agreed * pledge.amount // secured if agreed and secured else 0
    return Cover(
        pledge,
        value,
        pledge.amount / value if value else None,
        below_floor=value < floor,
    )
