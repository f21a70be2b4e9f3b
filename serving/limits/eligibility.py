"""Which lots can be lent on, and why the others cannot."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from features.feature import Phrase
from serving.limits.amounts import Terms
from serving.limits.lot import Lot

Reason = Literal[
    "not_declared",
    "bought_in_storage",
    "detained",
    "customs_controlled",
    "unconfirmed",
    "uninsured",
    "disputed",
    "pledged",
]
Fault = Literal[
    "count_mismatch",
    "seal_broken",
    "temperature_excursion",
    "unauthorised_movement",
    "document_mismatch",
]
Waivable = Literal[
    "cleared", "cleared_if_bought", "confirmed", "insured", "undisputed", "unpledged"
]
"""Conditions that a policy may waive."""
Mode = Annotated[str, Field(pattern=r"^[0-9]{4}$")]

TEXTS: dict[Reason, Phrase] = {
    "not_declared": Phrase(
        "No declaration of the lot is on record.",
        "无该批次货物的报关单记录。",
    ),
    "bought_in_storage": Phrase(
        "The lot was bought in storage; whether customs cleared it is not on record here.",
        "货物系在库受让取得，本企业名下无报关放行记录。",
    ),
    "detained": Phrase(
        "Customs held the lot after an inspection and have reported no release.",
        "海关查验后扣留，未见放行记录。",
    ),
    "customs_controlled": Phrase(
        "The goods are under customs control (bonded or processing), and the policy names no "
        "permission.",
        "货物处于海关监管状态（保税或加工贸易），授信政策未列明海关许可，不计入合格货物。",
    ),
    "unconfirmed": Phrase(
        "The warehouse has not confirmed the lot by receipt or count of late.",
        "仓库近期未以入库或盘点确认该批次货物。",
    ),
    "uninsured": Phrase("No insurance of the lot is in force.", "无有效保险单。"),
    "disputed": Phrase(
        "An exception of the lot has not been settled by a later count, or the enterprise objects "
        "to a message of its custody or title.",
        "存在未经后续盘点核销的异常事件，或企业对其监管、货权信息提出异议。",
    ),
    "pledged": Phrase("The lot is pledged already.", "货物已设立质押。"),
}


class EligibilityTerms(Terms):
    """What a lender asks of a lot; each can be switched off.

    Attributes
    ----------
    cleared : bool
        It was declared, and customs hold it neither back nor under control.
    free_modes : tuple of str
        Supervision modes of goods in free circulation.
    permitted_modes : tuple of str
        Modes under customs control for which the lender has customs' permission to pledge.
    bought_is_cleared : bool
        Whether goods that were bought in storage pass: their declaration is the seller's.
    confirmed_within_days : int or None
        So lately the warehouse must have received or counted it; None for not at all.
    insured, unpledged : bool
    disputed_by : tuple of str
        Exceptions that put a lot in doubt until it is counted again. Where any does, an objection
        to a message of its custody or title does, too, until it is settled.
    """

    cleared: bool = True
    free_modes: tuple[Mode, ...] = ("0110",)
    permitted_modes: tuple[Mode, ...] = ()
    bought_is_cleared: bool = False
    confirmed_within_days: Annotated[int, Field(ge=1, le=3_650)] | None = 90
    insured: bool = True
    disputed_by: tuple[Fault, ...] = (
        "count_mismatch",
        "seal_broken",
        "temperature_excursion",
        "unauthorised_movement",
        "document_mismatch",
    )
    unpledged: bool = True

    @cached_property
    def passing_modes(self) -> frozenset[str]:
        """Modes under which goods are free, or have permission."""
        return frozenset((*self.free_modes, *self.permitted_modes))

    @cached_property
    def waived(self) -> tuple[Waivable, ...]:
        """Conditions that are not asked."""
        asked: dict[Waivable, bool] = {
            "cleared": self.cleared,
            "cleared_if_bought": self.cleared and not self.bought_is_cleared,
            "confirmed": self.confirmed_within_days is not None,
            "insured": self.insured,
            "undisputed": bool(self.disputed_by),
            "unpledged": self.unpledged,
        }
        return tuple(condition for condition, is_asked in asked.items() if not is_asked)


def unfit(lot: Lot, terms: EligibilityTerms) -> Reason | None:
    """Why a lot cannot be lent on: the first reason, or None."""
    if terms.cleared and (why := _customs(lot, terms)):
        return why
    within, days = terms.confirmed_within_days, lot.confirmed_days
    if within is not None and (days is None or days > within):
        return "unconfirmed"
    if terms.insured and not lot.insured:
        return "uninsured"
    if terms.disputed_by and (lot.disputed or any(f in terms.disputed_by for f in lot.faults)):
        return "disputed"
    return "pledged" if terms.unpledged and lot.encumbered else None


def _customs(lot: Lot, terms: EligibilityTerms) -> Reason | None:
    """Why customs stand in the way."""
    if lot.customs == "detained":
        return "detained"
    if lot.customs == "bought":
        return None if terms.bought_is_cleared else "bought_in_storage"
    if lot.customs == "not_declared":
        return "not_declared"
    return "customs_controlled" if lot.value and controlled(lot, terms) >= lot.value else None


def controlled(lot: Lot, terms: EligibilityTerms) -> int:
    """Value of what of a lot is under customs control without permission, fen.

    Goods of free circulation are taken to leave first: what customs control stays to the last.
    """
    if not terms.cleared:
        return 0
    passing = terms.passing_modes
    return min(lot.value, sum([value for mode, value in lot.modes if mode not in passing]))
