"""The title chain: what was bought and sold, of whom never by name, and whether it was paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from serving.console.cargo.statements import Statement

Side = Literal["bought", "sold"]


@dataclass(frozen=True)
class Transfer:
    """One link of the chain.

    Attributes
    ----------
    side : str
        ``bought`` from a seller, or ``sold`` to a buyer.
    told : Statement
    due_at : int or None
        UTC microseconds.
    paid_at : int or None
        When the last payment came that completes the price.
    is_overdue : bool
    """

    side: Side
    told: Statement
    due_at: int | None
    paid_at: int | None
    is_overdue: bool


def transfers(
    sold: Iterable[Statement], bought: Iterable[Statement], as_of: int
) -> tuple[Transfer, ...]:
    """All transfers, the last first.

    Parameters
    ----------
    sold, bought : iterable of Statement
        Messages of the title registry in which the enterprise sells, and in which it buys.
    as_of : int
        UTC microseconds.
    """
    found = [*_of_side("sold", sold, as_of), *_of_side("bought", bought, as_of)]
    return tuple(sorted(found, key=lambda each: -each.told.occurred_at))


def _of_side(side: Side, told: Iterable[Statement], as_of: int) -> list[Transfer]:
    messages = tuple(told)
    paid: dict[str, list[Statement]] = {}
    for each in messages:
        if each.kind == "paid":
            paid.setdefault(each.values["number"], []).append(each)
    return [
        _transfer(side, each, paid.get(each.values["number"], []), as_of)
        for each in messages
        if each.kind == "transferred"
    ]


def _transfer(side: Side, told: Statement, paid: list[Statement], as_of: int) -> Transfer:
    whole = sum(each.values["price"] for each in paid) >= told.values["price"]
    due = told.get("due_at")
    return Transfer(
        side,
        told,
        due,
        paid[-1].occurred_at if paid and whole else None,
        is_overdue=not whole and due is not None and due < as_of,
    )
