"""The suggested limit: the smallest of four ceilings, less what is drawn already.

Amounts are whole fen and shares whole parts per million, so the only float is the PD.
``docs/limits.md`` works an example by hand; a test works the same one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from serving.policy import MILLION, Policy, parts_per_million

Constraint = Literal[
    "collateral", "working_capital", "expected_loss", "lender_cap", "drawn", "grade"
]


@dataclass(frozen=True)
class Stock:
    """Goods of one HS chapter in custody.

    Attributes
    ----------
    chapter : str
        Two digits.
    value : int
        What they are worth, fen.
    pledged : int
        What others have secured on them, fen.
    """

    chapter: str
    value: int
    pledged: int


@dataclass(frozen=True)
class Circumstances:
    """What is known of an enterprise that its limit rests on.

    Attributes
    ----------
    stock : tuple of Stock
    outbound_year : int
        Value that left to buyers in the last 365 days, fen.
    drawn : int
        What it owes on all its facilities now, fen.
    """

    stock: tuple[Stock, ...]
    outbound_year: int
    drawn: int


@dataclass(frozen=True)
class Limit:
    """A limit and the ceilings behind it, all in fen.

    Attributes
    ----------
    amount : int
    binding : str
        What decided: one of the four ceilings; ``drawn`` where what is drawn already uses up
        the smallest ceiling; ``grade`` where the policy lends nothing in this grade.
    collateral, working_capital, expected_loss, lender_cap : int
    drawn : int
    """

    amount: int
    binding: Constraint
    collateral: int
    working_capital: int
    expected_loss: int
    lender_cap: int
    drawn: int


def collateral(stock: Sequence[Stock], policy: Policy) -> int:
    """Sum, over chapters, of the goods' value less what is pledged, at the chapter's LTV."""
    return sum(
        max(0, goods.value - goods.pledged)
        * parts_per_million(policy.ltv_of(goods.chapter))
        // MILLION
        for goods in stock
    )


def limit(circumstances: Circumstances, pd: float, lend: bool, policy: Policy) -> Limit:
    """Suggest a limit.

    Parameters
    ----------
    circumstances : Circumstances
    pd : float
        Probability of default within a year, in (0, 1].
    lend : bool
        Whether the policy lends in the enterprise's grade.
    policy : Policy
    """
    loss_rate = max(pd, float(policy.pd_floor)) * float(policy.lgd)
    ceilings: dict[Constraint, int] = {
        "collateral": collateral(circumstances.stock, policy),
        "working_capital": circumstances.outbound_year
        * parts_per_million(policy.working_capital_share)
        // MILLION,
        "expected_loss": int(policy.expected_loss_budget_fen / loss_rate),
        "lender_cap": policy.cap_fen,
    }
    binding = min(ceilings, key=lambda name: ceilings[name])
    free = ceilings[binding] - circumstances.drawn
    amount = max(0, free) // policy.step_fen * policy.step_fen
    if free <= 0 < ceilings[binding]:
        binding = "drawn"
    if not lend:
        amount, binding = 0, "grade"
    return Limit(
        amount=amount,
        binding=binding,
        collateral=ceilings["collateral"],
        working_capital=ceilings["working_capital"],
        expected_loss=ceilings["expected_loss"],
        lender_cap=ceilings["lender_cap"],
        drawn=circumstances.drawn,
    )
