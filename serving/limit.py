"""The suggested limit: the smallest of four ceilings, less what is drawn already.

Amounts are whole fen and shares whole parts per million, so the only float is the PD.
``docs/limits.md`` works an example by hand; a test works the same one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from serving.policy import MILLION, Policy, parts_per_million
from training.model.lgd import LIQUID_CHAPTERS, Security

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
    controlled : float
        Share of its pledges that are static; 0 where nothing is pledged, or goods were released
        without authority.
    """

    stock: tuple[Stock, ...]
    outbound_year: int
    drawn: int
    controlled: float = 0.0


@dataclass(frozen=True)
class ExpectedLoss:
    """What is lost on average in a year, if the limit is drawn in full.

    Attributes
    ----------
    pd : float
        With which it was reckoned.
    lgd : float
    security : Security
        On which the LGD rests.
    exposure : int
        EAD: what is drawn already and the limit, fen.
    amount : int
        PD x LGD x EAD, fen, rounded down.
    """

    pd: float
    lgd: float
    security: Security
    exposure: int
    amount: int


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
    loss : ExpectedLoss
    """

    amount: int
    binding: Constraint
    collateral: int
    working_capital: int
    expected_loss: int
    lender_cap: int
    drawn: int
    loss: ExpectedLoss


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
    pd = max(pd, float(policy.pd_floor))
    goods = collateral(circumstances.stock, policy)
    need = circumstances.outbound_year * parts_per_million(policy.working_capital_share) // MILLION
    # The LGD is that of the largest exposure that the other ceilings allow: a smaller one is
    # secured no worse.
    largest = max(min(goods, need, policy.cap_fen), circumstances.drawn)
    secured = security(circumstances, goods, largest)
    lgd = policy.lgd_of(secured)
    ceilings: dict[Constraint, int] = {
        "collateral": goods,
        "working_capital": need,
        "expected_loss": int(policy.expected_loss_budget_fen / (pd * lgd)),
        "lender_cap": policy.cap_fen,
    }
    binding = min(ceilings, key=lambda name: ceilings[name])
    free = ceilings[binding] - circumstances.drawn
    amount = max(0, free) // policy.step_fen * policy.step_fen
    if free <= 0 < ceilings[binding]:
        binding = "drawn"
    if not lend:
        amount, binding = 0, "grade"
    exposure = circumstances.drawn + amount
    return Limit(
        amount=amount,
        binding=binding,
        collateral=ceilings["collateral"],
        working_capital=ceilings["working_capital"],
        expected_loss=ceilings["expected_loss"],
        lender_cap=ceilings["lender_cap"],
        drawn=circumstances.drawn,
        loss=ExpectedLoss(pd, lgd, secured, exposure, int(pd * lgd * exposure)),
    )


def security(circumstances: Circumstances, goods: int, exposure: int) -> Security:
    """How an exposure is secured by what is pledged already and by the free goods.

    Parameters
    ----------
    circumstances : Circumstances
    goods : int
        What the free goods are lent on, fen.
    exposure : int
        Fen.
    """
    value = sum(stock.value for stock in circumstances.stock)
    liquid = sum(s.value for s in circumstances.stock if s.chapter in LIQUID_CHAPTERS)
    pledged = sum(min(stock.pledged, stock.value) for stock in circumstances.stock)
    return Security(
        secured=min(1.0, (goods + pledged) / exposure) if exposure else 0.0,
        liquid=liquid / value if value else 0.0,
        controlled=circumstances.controlled,
    )
