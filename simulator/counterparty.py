"""Customers and suppliers of the port's enterprises: what they are, own and live by."""

from dataclasses import dataclass

import numpy as np

from simulator.books import Books
from simulator.goods import GOODS
from simulator.table import Floats, Ints

_GOLDEN = 0.6180339887498949


def customer_count(enterprises: int) -> int:
    """How many customers a world has: few enough that several enterprises share each."""
    return max(60, round(0.3 * enterprises))


def customer_goods(count: int) -> Ints:
    """The good that each customer deals in most: as frequent as with the port's enterprises.

    Known before anybody is drawn, so that enterprises can choose customers of their own family;
    every stretch of numbers holds every good.
    """
    limits = np.cumsum([good.weight for good in GOODS])
    spread = (np.arange(count) + 0.5) * _GOLDEN % 1.0
    found: Ints = np.searchsorted(limits, spread * limits[-1], side="right").astype(np.int64)
    return np.minimum(found, len(GOODS) - 1)


@dataclass(frozen=True)
class Living:
    """How an enterprise that trades with the port's enterprises lives; estimates of practice.

    Shares are of its turnover a month, months are of that turnover.
    """

    margin: float
    """Gross margin of its other business at ordinary health."""
    margin_health: float
    margin_skill: float
    margin_price: float
    """Gain in margin when its goods' price doubles within sixty days."""
    margin_discount: float
    """What it loses in margin of a shock's discount; above 1 as it sells to the weakest."""
    fixed_cost_share: float
    equity_months: float
    """Median of the worth that owners leave in it."""
    equity_sigma: float
    health_years: float
    """Time in which a deviation of its health falls to a third."""
    mishaps_yearly: float
    """Claims a year that have nothing to do with its trade."""
    mishap_months: float
    mishap_sigma: float
    fails_after_days: int = 90
    """Days that anything may lie unpaid."""


@dataclass(frozen=True)
class Partnership:
    """How the port's enterprises hang on those they sell to and buy from.

    With these figures 1 to 1.5 of a hundred customers fail in a calm year and 3 to 5 in a year of
    shocks (``docs/simulator.md``); none of it is drawn.
    """

    customer: Living = Living(
        margin=0.260,
        margin_health=0.060,
        margin_skill=0.006,
        margin_price=0.020,
        margin_discount=0.9,
        fixed_cost_share=0.226,
        equity_months=1.0,
        equity_sigma=0.45,
        health_years=0.8,
        mishaps_yearly=0.03,
        mishap_months=0.8,
        mishap_sigma=0.7,
    )
    supplier: Living = Living(
        margin=0.120,
        margin_health=0.030,
        margin_skill=0.006,
        margin_price=0.060,
        margin_discount=0.0,
        fixed_cost_share=0.085,
        equity_months=2.2,
        equity_sigma=0.45,
        health_years=0.9,
        mishaps_yearly=0.05,
        mishap_months=0.8,
        mishap_sigma=0.7,
    )
    other_business: float = 1.2
    """Median of a customer's other turnover against what it buys from the port's enterprises."""
    other_business_sigma: float = 0.8
    resale_days: tuple[int, int] = (20, 60)
    """Days in which customers sell what they bought, evenly."""
    resale_margin: float = 0.050
    resale_health: float = 0.020
    price_passed: float = 0.6
    """Share of a move of prices that reaches what lies in a customer's store."""
    habit_days: float = 5.0
    """Mean days by which customers of ordinary temper pay late for no reason."""
    cut_off_days: int = 75
    """Days past due from which nobody sells to a customer any more."""
    pressed_credit: float = 1.6
    """Factor on the days of credit that a seller gives its largest customer."""
    withdrawn_share: float = 0.35
    """Part of the worth above their target that owners take out a month."""


@dataclass
class Partners:
    """Customers, or suppliers; arrays over them, all latent.

    Attributes
    ----------
    books : Books
        Cash, in accounts of :class:`~simulator.books.PartnerAccount`.
    good : int64
        The good that it deals in most; it deals in that good's family.
    health, skill : float64
        Standard normal; health wanders.
    turnover : int64
        Other business a month, fen.
    target : int64
        Worth above which owners take money out, fen.
    habit : float64
        Mean days that it pays late for no reason: a temper.
    resale : float64
        Days in which it sells what it bought: half of it lies half as long.
    stock : int64
        Goods bought from the port's enterprises, fen at today's prices.
    arrears : int64
        Costs and losses that cash did not cover, fen.
    short_since : int64
        Day since which there are arrears, ``NEVER`` if there are none.
    overdue : int64
        Days that its oldest invoice lies unpaid.
    failed_day : int64
        ``NEVER`` while it lives.
    """

    books: Books
    good: Ints
    health: Floats
    skill: Floats
    turnover: Ints
    target: Ints
    habit: Floats
    resale: Floats
    stock: Ints
    arrears: Ints
    short_since: Ints
    overdue: Ints
    failed_day: Ints
