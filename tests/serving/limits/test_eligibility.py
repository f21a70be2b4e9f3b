from dataclasses import replace
from typing import Any, get_args

import pytest

from serving.limits.eligibility import TEXTS, EligibilityTerms, Reason, controlled, unfit
from serving.limits.lot import Lot

GOOD = Lot("7403111900", 1_000, modes=(("0110", 1_000),))
ASKED = EligibilityTerms()

FAILING: list[tuple[dict[str, Any], Reason, dict[str, Any]]] = [
    ({"customs": "not_declared"}, "not_declared", {"cleared": False}),
    ({"customs": "detained"}, "detained", {"cleared": False}),
    ({"customs": "bought"}, "bought_in_storage", {"bought_is_cleared": True}),
    ({"modes": (("1233", 1_000),)}, "customs_controlled", {"permitted_modes": ("1233",)}),
    ({"modes": (("", 1_000),)}, "customs_controlled", {"cleared": False}),
    ({"confirmed_days": 91}, "unconfirmed", {"confirmed_within_days": 91}),
    ({"confirmed_days": None}, "unconfirmed", {"confirmed_within_days": None}),
    ({"insured": False}, "uninsured", {"insured": False}),
    ({"faults": ("seal_broken",)}, "disputed", {"disputed_by": ("count_mismatch",)}),
    ({"disputed": True}, "disputed", {"disputed_by": ()}),
    ({"encumbered": True}, "pledged", {"unpledged": False}),
]
"""What is wrong with a lot, why it cannot be lent on, and the terms that pass it."""


def test_a_lot_without_fault_is_fit() -> None:
    assert unfit(GOOD, ASKED) is None
    assert ASKED.waived == ()


@pytest.mark.parametrize(("fault", "reason", "switch"), FAILING)
def test_every_fault_has_its_reason_and_its_switch(
    fault: dict[str, Any], reason: Reason, switch: dict[str, Any]
) -> None:
    lot = replace(GOOD, **fault)
    assert unfit(lot, ASKED) == reason
    assert unfit(lot, EligibilityTerms(**switch)) is None


def test_every_reason_can_be_met_and_is_told_in_both_languages() -> None:
    assert {reason for _, reason, _ in FAILING} == set(get_args(Reason)) == set(TEXTS)
    assert all(text.en and text.zh for text in TEXTS.values())


def test_customs_come_first_and_pledges_last() -> None:
    wrong = replace(GOOD, encumbered=True, insured=False, customs="detained")
    assert unfit(wrong, ASKED) == "detained"
    assert unfit(replace(wrong, customs="cleared"), ASKED) == "uninsured"


def test_of_a_lot_that_is_partly_under_control_only_the_rest_is_lent_on() -> None:
    mixed = replace(GOOD, modes=(("0110", 4_000), ("1233", 300), ("0654", 200)))
    assert unfit(mixed, ASKED) is None
    assert controlled(mixed, ASKED) == 500
    assert controlled(mixed, EligibilityTerms(permitted_modes=("1233",))) == 200
    assert controlled(mixed, EligibilityTerms(cleared=False)) == 0


def test_goods_of_free_circulation_leave_first() -> None:
    nearly_sold = replace(GOOD, modes=(("0110", 40_000), ("1233", 30_000)))
    assert unfit(nearly_sold, ASKED) == "customs_controlled"


def test_what_a_policy_waives_is_named() -> None:
    waived = EligibilityTerms(
        cleared=False, confirmed_within_days=None, insured=False, disputed_by=(), unpledged=False
    ).waived
    assert waived == (
        "cleared", "cleared_if_bought", "confirmed", "insured", "undisputed", "unpledged",
    )  # fmt: skip
    assert EligibilityTerms(bought_is_cleared=True).waived == ("cleared_if_bought",)
