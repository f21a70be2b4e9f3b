"""Stock by lot: what it is worth as appraised and at the market, where it lies, what holds it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.facts import Facts
from features.prices import commodities
from serving.console.cargo.lot_name import LotName, lot_name
from serving.console.cargo.pledges import Pledge
from serving.console.cargo.standpoint import Standpoint
from serving.console.cargo.statements import Statement
from serving.limits.eligibility import EligibilityTerms, Reason, controlled, unfit
from serving.limits.held import Held, held_by
from serving.limits.lot import Lot
from serving.limits.stock import lots_of
from supervision.record import Record

_PRICED = 1_000
"""Base units to which a unit price refers."""


@dataclass(frozen=True)
class Place:
    """Where a lot was seen last.

    Attributes
    ----------
    warehouse : str
    pile : str or None
        Not known where the warehouse names none.
    """

    warehouse: str
    pile: str | None


@dataclass(frozen=True)
class StockLot:
    """One lot in custody, or pledged to the lender.

    Attributes
    ----------
    number : int
        Of its cargo code in the record.
    name : LotName
    place : Place or None
        None where no warehouse reports it under this enterprise's name.
    quantity : int
        In custody, base units.
    value : int
        As appraised, fen.
    market : int or None
        At the commodity's market price, fen; None where there is none.
    pledged : int
        To the lender that looks, fen.
    pledged_elsewhere : bool
        Whether other lenders hold any of it.
    lot : Lot
        As the limit sees it.
    unfit : str or None
        Why nothing is lent on it.
    held_back : int
        Value of what of it is under customs control, fen.
    """

    number: int
    name: LotName
    place: Place | None
    quantity: int
    value: int
    market: int | None
    pledged: int
    pledged_elsewhere: bool
    lot: Lot
    unfit: Reason | None
    held_back: int

    @property
    def free(self) -> int:
        """What of its value can be lent on, fen."""
        return 0 if self.unfit else max(0, self.value - self.held_back - self.lot.pledged)

    @property
    def to_market(self) -> float | None:
        """Appraised value as a share of the market's."""
        return self.value / self.market if self.market else None


@dataclass(frozen=True)
class Stock:
    """All lots, the most valuable first.

    Attributes
    ----------
    lots : tuple of StockLot
    """

    lots: tuple[StockLot, ...]

    @property
    def value(self) -> int:
        """As appraised, fen."""
        return sum(lot.value for lot in self.lots)

    @property
    def priced(self) -> tuple[int, int]:
        """Of the lots whose goods have a market price: as appraised and at that price, fen."""
        known = [(lot.value, lot.market) for lot in self.lots if lot.market is not None]
        return sum(value for value, _ in known), sum(market for _, market in known)

    @property
    def free(self) -> int:
        """Value of what can be lent on, fen."""
        return sum(lot.free for lot in self.lots)

    @property
    def in_custody(self) -> frozenset[int]:
        """Numbers of the lots of which something is in custody."""
        return frozenset(lot.number for lot in self.lots if lot.quantity)


@dataclass(frozen=True)
class Known:
    """What the messages say besides the facts.

    Attributes
    ----------
    custody : sequence of Statement
        In the order in which they occurred.
    pledges : sequence of Pledge
        The lender's own.
    disputed : frozenset of int
        Positions of messages to which the enterprise objects.
    """

    custody: Sequence[Statement]
    pledges: Sequence[Pledge]
    disputed: frozenset[int] = frozenset()


def stock_of(
    record: Record, facts: Facts, at: Standpoint, known: Known, terms: EligibilityTerms
) -> Stock:
    """Tell the lots of an enterprise.

    Parameters
    ----------
    record : Record
    facts : Facts
        The same as the limit rests on.
    at : Standpoint
    known : Known
    terms : EligibilityTerms
        Of the lender's policy.
    """
    held = held_by(facts, at.enterprise, at.as_of)
    numbers = held.lots.tolist()
    if not numbers:
        return Stock(())
    seen = lots_of(record, facts, at.enterprise, at.as_of, known.disputed)
    texts = record.text_of(numbers)
    market = _at_market(facts, held, at.as_of)
    where, pledged = places(known.custody), _open_amounts(known.pledges)
    found = [
        StockLot(
            number=number,
            name=lot_name(texts[number], at.enterprise_id),
            place=where.get(number),
            quantity=int(held.quantity[n]),
            value=lot.value,
            market=market[n],
            pledged=pledged.get(number, 0),
            pledged_elsewhere=_elsewhere(held, n, number, known.pledges),
            lot=lot,
            unfit=unfit(lot, terms),
            held_back=controlled(lot, terms),
        )
        for n, (number, lot) in enumerate(zip(numbers, seen, strict=True))
    ]
    return Stock(tuple(sorted(found, key=lambda lot: (-lot.value, lot.name.tail))))


def places(custody: Iterable[Statement]) -> dict[int, Place]:
    """Where each lot was seen last, by its number; the pile as far as that warehouse named one."""
    found: dict[int, Place] = {}
    for each in custody:
        if each.lot is None:
            continue
        warehouse, pile = each.values["warehouse"], each.get("pile")
        before = found.get(each.lot)
        if pile is None and before is not None and before.warehouse == warehouse:
            pile = before.pile
        found[each.lot] = Place(warehouse, pile)
    return found


def _open_amounts(pledges: Iterable[Pledge]) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for pledge in pledges:
        found[pledge.lot] = found.get(pledge.lot, 0) + pledge.amount
    return found


def _elsewhere(held: Held, place: int, number: int, own: Iterable[Pledge]) -> bool:
    mine = [pledge for pledge in own if pledge.lot == number]
    return bool(
        held.pledged[place] > sum(pledge.amount for pledge in mine)
        or held.pledged_quantity[place] > sum(pledge.quantity for pledge in mine)
    )


def _at_market(facts: Facts, held: Held, as_of: int) -> list[int | None]:
    goods = commodities(facts.lots, held.lots)
    price, known = facts.prices.at(goods, np.full(len(goods), as_of, np.int64))
    return [
        quantity * unit // _PRICED if is_known else None
        for quantity, unit, is_known in zip(
            held.quantity.tolist(), price.tolist(), known.tolist(), strict=True
        )
    ]
