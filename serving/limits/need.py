"""The working-capital gap: what a trade ties up, less what pays for it already.

References
----------
Measures for the administration of working-capital loans (流动资金贷款管理办法, 2024), annex: the
need is sales x (1 - margin) x (1 + growth) / turns a year, with turns = 360 / (days of stock + days
of receivables - days of payables + days of prepayments - days of advances).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.limits.amounts import MILLION, DaysOf, Fen, Share, Terms, parts_per_million

YEAR = 360
"""Days of a year, as the measures count them."""

Origin = Literal["request", "policy"]
"""Who said so: the lender in its request, or its policy in general."""


class Funding(BaseModel):
    """What a lender knows of an enterprise's funding, and the record does not.

    Attributes
    ----------
    own_funds_fen : int or None
        Own funds in working capital.
    other_funding_fen : int or None
        From others than lenders: shareholders' loans, advances.
    payable_days : int or None
        How long suppliers wait for their money.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    own_funds_fen: Annotated[
        Fen | None, Field(description="own funds in working capital (自有资金)")
    ] = None
    other_funding_fen: Annotated[
        Fen | None, Field(description="from others than lenders (其他渠道提供的营运资金)")
    ] = None
    payable_days: Annotated[
        DaysOf | None, Field(description="days of payables (应付账款周转天数)")
    ] = None


class WorkingCapitalTerms(Terms):
    """What a lender assumes of an enterprise's working capital.

    Attributes
    ----------
    margin, growth : Decimal
        Profit margin of sales, and growth of sales in the year to come.
    most_stock_days : int
        Stock that would last longer is not need but stock that does not sell.
    most_receivable_days : int
    payable_days, prepayment_days, advance_days : int
        What the record does not tell.
    own_funds_share : Decimal
        Of the need, taken as paid from own funds.
    registered_capital_share : Decimal
        Of the registered capital, taken as own funds where that is more. It is subscribed and
        need not be paid in.
    other_funding_share : Decimal
        Of the need.
    """

    margin: Share = Decimal("0.05")
    growth: Share = Decimal(0)
    most_stock_days: DaysOf = 180
    most_receivable_days: DaysOf = 180
    payable_days: DaysOf = 0
    prepayment_days: DaysOf = 0
    advance_days: DaysOf = 0
    own_funds_share: Share = Decimal(0)
    registered_capital_share: Share = Decimal(0)
    other_funding_share: Share = Decimal(0)


@dataclass(frozen=True)
class Trade:
    """What the record tells of an enterprise's trade.

    Attributes
    ----------
    sales : int
        Of the last 365 days, fen.
    stock : int
        In custody now, fen.
    receivable_days : int
        Days of sales outstanding.
    registered_capital : int
        Fen; 0 where it is not on record.
    """

    sales: int
    stock: int = 0
    receivable_days: int = 0
    registered_capital: int = 0


@dataclass(frozen=True)
class Need:
    """Needed working capital and who pays for it, fen and days.

    Attributes
    ----------
    needed : int
    own_funds, other_funding : int
    own_funds_from, other_funding_from, payable_days_from : str
    stock_days, receivable_days, payable_days : int
    cycle_days : int
        All days together, prepayments and advances included; 360 / cycle are the turns a year.
    share_of_sales : int or None
        Parts per million, where the policy states a share instead of days.
    """

    needed: int
    own_funds: int
    other_funding: int
    own_funds_from: Origin
    other_funding_from: Origin
    payable_days_from: Origin
    stock_days: int
    receivable_days: int
    payable_days: int
    cycle_days: int
    share_of_sales: int | None = None

    @property
    def to_lend(self) -> int:
        """What lenders, all together, may pay for."""
        return max(0, self.needed - self.own_funds - self.other_funding)


def need(
    trade: Trade,
    terms: WorkingCapitalTerms,
    stated: Funding | None = None,
    share_of_sales: Decimal | None = None,
) -> Need:
    """Measure the need of working capital.

    Parameters
    ----------
    trade : Trade
    terms : WorkingCapitalTerms
    stated : Funding, optional
        What the lender says in its request; goes before the terms.
    share_of_sales : Decimal, optional
        Take this share of the sales instead of the formula.
    """
    stated = stated or _UNSTATED
    cost = trade.sales * (MILLION - parts_per_million(terms.margin)) // MILLION
    stock = min(terms.most_stock_days, YEAR * trade.stock // cost) if cost else 0
    receivable = min(terms.most_receivable_days, trade.receivable_days)
    payable = terms.payable_days if stated.payable_days is None else stated.payable_days
    cycle = stock + receivable - payable + terms.prepayment_days - terms.advance_days
    cycle = max(0, cycle)
    needed = cost * (MILLION + parts_per_million(terms.growth)) * cycle // (YEAR * MILLION)
    share = None if share_of_sales is None else parts_per_million(share_of_sales)
    if share is not None:
        needed = trade.sales * share // MILLION
    own, other = stated.own_funds_fen, stated.other_funding_fen
    return Need(
        needed=needed,
        own_funds=_assumed_funds(needed, trade, terms) if own is None else own,
        other_funding=_part(needed, terms.other_funding_share) if other is None else other,
        own_funds_from="policy" if own is None else "request",
        other_funding_from="policy" if other is None else "request",
        payable_days_from="policy" if stated.payable_days is None else "request",
        stock_days=stock,
        receivable_days=receivable,
        payable_days=payable,
        cycle_days=cycle,
        share_of_sales=share,
    )


_UNSTATED = Funding()


def _assumed_funds(needed: int, trade: Trade, terms: WorkingCapitalTerms) -> int:
    capital = _part(trade.registered_capital, terms.registered_capital_share)
    return max(_part(needed, terms.own_funds_share), capital)


def _part(amount: int, share: Decimal) -> int:
    return amount * parts_per_million(share) // MILLION
