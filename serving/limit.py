"""The suggested limit: the smallest of four ceilings, less what is drawn already.

Amounts are whole fen and shares whole parts per million, so the only float is the PD.
``docs/limits.md`` works an example by hand; a test works the same one.
"""

from dataclasses import dataclass
from typing import Literal

from serving.limits.amounts import MILLION, UNKNOWN
from serving.limits.collateral import Collateral, collateral
from serving.limits.lines import Lines, lines
from serving.limits.lot import Lot
from serving.limits.need import Funding, Need, Trade, need
from serving.policy import Policy
from training.model.lgd import LIQUID_CHAPTERS, Security

Constraint = Literal[
    "collateral", "working_capital", "expected_loss", "lender_cap", "drawn", "grade"
]


@dataclass(frozen=True)
class Circumstances:
    """What is known of an enterprise that its limit rests on.

    Attributes
    ----------
    lots : tuple of Lot
        In custody, or pledged.
    outbound_year : int
        Value that left to buyers in the last 365 days, fen.
    drawn : int
        What it owes on all its facilities now, fen.
    controlled : float
        Share of its pledges that are static; 0 where nothing is pledged, or goods were released
        without authority.
    receivable_days : int
        Days of sales outstanding.
    registered_capital : int
        Fen; 0 where it is not on record.
    """

    lots: tuple[Lot, ...]
    outbound_year: int
    drawn: int
    controlled: float = 0.0
    receivable_days: int = 0
    registered_capital: int = 0

    @property
    def trade(self) -> Trade:
        """What the need of working capital is measured by."""
        return Trade(
            sales=self.outbound_year,
            stock=sum(lot.value for lot in self.lots),
            receivable_days=self.receivable_days,
            registered_capital=self.registered_capital,
        )


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
        What lenders, all together, may lend.
    drawn : int
    loss : ExpectedLoss
    need : Need
        Behind the working capital.
    goods : Collateral
        Behind the collateral.
    lines : Lines
        Of the goods, if the limit is drawn in full.
    """

    amount: int
    binding: Constraint
    collateral: int
    working_capital: int
    expected_loss: int
    lender_cap: int
    drawn: int
    loss: ExpectedLoss
    need: Need
    goods: Collateral
    lines: Lines

    @property
    def gap(self) -> int:
        """The working-capital gap: what is needed and nobody pays for yet."""
        return max(0, self.working_capital - self.drawn)


def limit(
    circumstances: Circumstances,
    pd: float,
    lend: bool,
    policy: Policy,
    funding: Funding | None = None,
) -> Limit:
    """Suggest a limit.

    Parameters
    ----------
    circumstances : Circumstances
    pd : float
        Probability of default within a year, in (0, 1].
    lend : bool
        Whether the policy lends in the enterprise's grade.
    policy : Policy
    funding : Funding, optional
        What the lender says of the enterprise's funding.
    """
    pd = max(pd, float(policy.pd_floor))
    drawn = circumstances.drawn
    goods = collateral(circumstances.lots, policy.ltv_cap, policy.eligible, policy.haircut)
    needed = need(
        circumstances.trade, policy.working_capital, funding, policy.working_capital_share
    )
    # The LGD is that of the largest exposure that the other ceilings allow: a smaller one is
    # secured no worse.
    largest = max(min(goods.lending_value, needed.to_lend, policy.cap_fen), drawn)
    secured = security(circumstances, goods.lending_value, largest)
    lgd = policy.lgd_of(secured)
    ceilings: dict[Constraint, int] = {
        "collateral": goods.lending_value,
        "working_capital": needed.to_lend,
        "expected_loss": int(policy.expected_loss_budget_fen / (pd * lgd)),
        "lender_cap": policy.cap_fen,
    }
    binding = min(ceilings, key=lambda name: ceilings[name])
    free = ceilings[binding] - drawn
    amount = max(0, free) // policy.step_fen * policy.step_fen
    if free <= 0 < ceilings[binding]:
        binding = "drawn"
    if not lend:
        amount, binding = 0, "grade"
    exposure = drawn + amount
    return Limit(
        amount=amount,
        binding=binding,
        collateral=ceilings["collateral"],
        working_capital=ceilings["working_capital"],
        expected_loss=ceilings["expected_loss"],
        lender_cap=ceilings["lender_cap"],
        drawn=drawn,
        loss=ExpectedLoss(pd, lgd, secured, exposure, int(pd * lgd * exposure)),
        need=needed,
        goods=goods,
        lines=lines(exposure, *_securing(goods, policy), policy.lines),
    )


def _securing(goods: Collateral, policy: Policy) -> tuple[int, int]:
    """Value of the goods that secure loans, fen, and their mean loan to value, per million.

    Where nothing secures, the loan to value is the policy's default: some goods would have to.
    """
    value, carried = goods.securing
    if not carried:
        return 0, max(1, policy.ltv_cap(UNKNOWN))
    return value, carried * MILLION // value


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
    value = liquid = pledged = 0
    for lot in circumstances.lots:
        value += lot.value
        liquid += lot.value if lot.chapter in LIQUID_CHAPTERS else 0
        pledged += min(lot.pledged, lot.value)
    return Security(
        secured=min(1.0, (goods + pledged) / exposure) if exposure else 0.0,
        liquid=liquid / value if value else 0.0,
        controlled=circumstances.controlled,
    )
