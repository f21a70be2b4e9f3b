"""What the goods in custody are lent on: lot by lot, told together by their goods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from serving.limits.amounts import MILLION
from serving.limits.eligibility import EligibilityTerms, Reason, controlled, unfit
from serving.limits.haircut import Haircut, HaircutTerms, haircut
from serving.limits.lot import Lot

Cap = Callable[[str], int]
LtvFrom = Literal["policy", "haircut"]
"""What a loan to value comes from: the policy's upper bound, or one less the haircut."""


@dataclass(frozen=True)
class Lent:
    """All lots of one HS code.

    Attributes
    ----------
    goods : str
        HS code.
    haircut : Haircut
    ltv_cap : int
        Loan to value that the policy allows at most, parts per million.
    value, pledged : int
        Of all its lots, and what is secured on them, fen.
    eligible, lending_value : int
        Value of what can be lent on, and what is lent on it, fen.
    unpaid_tax, count_age : int
        What these two take off the eligible value, fen.
    encumbered, encumbered_lending_value : int
        Value of what pledges hold already, and what would be lent on it, fen.
    """

    goods: str
    haircut: Haircut
    ltv_cap: int
    value: int
    pledged: int
    eligible: int
    lending_value: int
    unpaid_tax: int
    count_age: int
    encumbered: int
    encumbered_lending_value: int

    @property
    def ltv(self) -> int:
        """Loan to value of the eligible goods, or of a fresh lot if there are none; per million."""
        if self.eligible:
            return self.lending_value * MILLION // self.eligible
        return min(self.ltv_cap, MILLION - self.haircut.of_lot(taxed=True, count_age=0))

    @property
    def ltv_from(self) -> LtvFrom:
        """Whether the policy's bound decides, or the haircut does, if only of some of its lots."""
        return "policy" if self.ltv == self.ltv_cap else "haircut"


@dataclass(frozen=True)
class Unfit:
    """Lots that cannot be lent on for one reason.

    Attributes
    ----------
    reason : str
    lots : int
    value : int
        Fen.
    """

    reason: Reason
    lots: int
    value: int


@dataclass(frozen=True)
class Collateral:
    """What the goods in custody are lent on.

    Attributes
    ----------
    goods : tuple of Lent
    unfit : tuple of Unfit
        Each lot once, under the first of its reasons; the largest value first. A lot that is
        partly under customs control is told with that part.
    """

    goods: tuple[Lent, ...]
    unfit: tuple[Unfit, ...]

    @property
    def lending_value(self) -> int:
        """What is lent on all of them, fen."""
        return sum(lent.lending_value for lent in self.goods)

    @property
    def securing(self) -> tuple[int, int]:
        """Value of the goods that secure or can secure a loan, and what is lent on them, fen."""
        value = sum(lent.eligible + lent.encumbered for lent in self.goods)
        carried = sum(lent.lending_value + lent.encumbered_lending_value for lent in self.goods)
        return value, carried


def collateral(
    lots: Sequence[Lot], cap: Cap, eligible: EligibilityTerms, terms: HaircutTerms
) -> Collateral:
    """Reckon what lots are lent on.

    Parameters
    ----------
    lots : sequence of Lot
    cap : callable
        Loan to value that the policy allows at most on goods of an HS code, parts per million.
    eligible : EligibilityTerms
    terms : HaircutTerms
    """
    by_goods: dict[str, list[tuple[Lot, int]]] = {}
    why: dict[Reason, list[int]] = {}
    for lot in lots:
        reason = unfit(lot, eligible)
        held_back = lot.value if reason else controlled(lot, eligible)
        by_goods.setdefault(lot.goods, []).append((lot, lot.value - held_back))
        if held_back:
            why.setdefault(reason or "customs_controlled", []).append(held_back)
    told = (Unfit(reason, len(values), sum(values)) for reason, values in why.items())
    return Collateral(
        tuple(_lent(code, by_goods[code], cap(code), terms) for code in sorted(by_goods)),
        tuple(sorted(told, key=lambda one: (-one.value, one.reason))),
    )


def _lent(code: str, lots: Sequence[tuple[Lot, int]], cap: int, terms: HaircutTerms) -> Lent:
    """What is lent on the lots of one code, each with what of it can be lent on."""
    cut = haircut(code, terms)
    value = pledged = 0
    eligible = lending_value = unpaid_tax = count_age = encumbered = carried = 0
    for lot, fit in lots:
        value += lot.value
        pledged += lot.pledged
        free = max(0, fit - lot.pledged)
        if not free and not lot.encumbered:
            continue
        age = terms.count_age.share(lot.confirmed_days)
        ltv = min(cap, MILLION - cut.of_lot(taxed=lot.taxed, count_age=age))
        eligible += free
        lending_value += free * ltv // MILLION
        count_age += free * age // MILLION
        if not lot.taxed:
            unpaid_tax += free * cut.unpaid_tax // MILLION
        if lot.encumbered:
            encumbered += lot.value - free
            carried += (lot.value - free) * ltv // MILLION
    return Lent(
        goods=code,
        haircut=cut,
        ltv_cap=cap,
        value=value,
        pledged=pledged,
        eligible=eligible,
        lending_value=lending_value,
        unpaid_tax=unpaid_tax,
        count_age=count_age,
        encumbered=encumbered,
        encumbered_lending_value=carried,
    )
