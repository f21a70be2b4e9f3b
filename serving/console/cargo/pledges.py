"""The lender's own pledges on an enterprise's lots, and what became of each.

Of other lenders' pledges nothing is told but that they are there.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from serving.console.cargo.statements import Statement


@dataclass(frozen=True)
class Pledge:
    """One warehouse receipt that is pledged to the lender.

    Attributes
    ----------
    receipt : str
    lot : int
        Number of its cargo code.
    registered : Statement
        Its first registration.
    quantity, amount : int
        That remain of it; base units and fen.
    ended : str or None
        ``released`` or ``enforced`` where nothing of its amount remains, by its last message.
    """

    receipt: str
    lot: int
    registered: Statement
    quantity: int
    amount: int
    ended: str | None

    @property
    def is_open(self) -> bool:
        """Whether anything is still pledged."""
        return self.ended is None


def of_lender(pledged: Iterable[Statement], lender: str) -> tuple[Statement, ...]:
    """Those of the pledge registry's messages that are about a lender's own pledges."""
    return tuple(each for each in pledged if each.get("lender") == lender)


def pledges(own: Iterable[Statement]) -> tuple[Pledge, ...]:
    """Each receipt, the last registered first.

    Parameters
    ----------
    own : iterable of Statement
        Of one lender, in the order in which they occurred.
    """
    by_receipt: dict[tuple[str, int], list[Statement]] = defaultdict(list)
    for each in own:
        if each.lot is not None:
            by_receipt[each.get("receipt"), each.lot].append(each)
    found = [
        _pledge(receipt, lot, told)
        for (receipt, lot), told in by_receipt.items()
        if any(each.kind == "registered" for each in told)
    ]
    return tuple(sorted(found, key=lambda pledge: -pledge.registered.occurred_at))


def _pledge(receipt: str, lot: int, told: list[Statement]) -> Pledge:
    added = [each for each in told if each.kind == "registered"]
    taken = [each for each in told if each.kind in ("released", "enforced")]
    amount = _sum(added, "amount") - _sum(taken, "amount")
    quantity = _sum(added, "quantity") - _sum(taken, "quantity")
    remains = amount > 0 or quantity > 0 or not taken
    return Pledge(
        receipt,
        lot,
        added[0],
        max(0, quantity),
        max(0, amount),
        None if remains else taken[-1].kind,
    )


def _sum(told: Iterable[Statement], field: str) -> int:
    return sum(each.get(field) or 0 for each in told)
