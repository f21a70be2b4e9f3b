"""Parameters of lenders: whom they accept, when they call for more, what a failure costs them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Acceptance:
    """The core-enterprise rule by which lenders chose in the past.

    A lender accepts a link to a core enterprise of a good rating, or goods in store that carry
    the facility; a few others it accepts because it knows them. It looks at what is past due now,
    and at nothing else.
    """

    core_rating: int = 6
    """Worst rating of a core enterprise on whose name a lender lends (1 best, 10 worst)."""
    least_ltv: float = 0.55
    """Goods are accepted as collateral whose price moves so little that this loan to value, or a
    higher one, is usual: seafood is not."""
    cover: float = 1.3
    """Loan value of the free accepted goods in store, as a share of the facility asked for, from
    which it is granted: whoever keeps more in store than it asks for fails less often."""
    customer_cover: float = 0.45
    """The same for one to whom the lender has lent before."""
    exceptions: float = 0.012
    """Chance an application that a lender grants what its rule refuses."""
    retry_days: tuple[int, int] = (120, 330)
    """Days until one who was refused asks again."""
    gives_up: float = 0.40
    """Share of the refused who never ask that lender again."""
    cancel_days: int = 30
    """Days past due, with anybody, from which a lender takes back a facility not drawn upon."""
    asks_again: float = 0.96
    """Share of those whose facility ended in order who ask for another within weeks."""


@dataclass(frozen=True)
class Margin:
    """Margin calls on goods pledged, and the terms of a pledge.

    The lines are falls of the price against a loan drawn at the full loan to value: practice has
    the alert at 5 to 10 %, the close-out at 15 to 20 %.
    """

    alert_fall: float = 0.07
    close_out_fall: float = 0.17
    check_days: int = 7
    """Days between a lender's valuations of what it holds."""
    top_up_working_days: tuple[int, int] = (3, 5)
    reacts: float = 0.4
    """Chance a day that an owner who can top up does so before the last day."""
    dynamic_share: float = 0.30
    """Share of pledges whose goods may be exchanged above a floor."""


@dataclass(frozen=True)
class Recovery:
    """What becomes of a claim on one who does not pay.

    A court's auction may start at 70 % of the appraisal and, where nobody bids, at 56 %
    (最高人民法院关于人民法院网络司法拍卖若干问题的规定 (2016)); goods that nobody bids
    for are sold off below that. A lender that closes out by contract sells on the market. Set so
    that a loss given default is 15 to 30 % under good control and 35 to 60 % otherwise.
    """

    auction_discount: float = 0.64
    close_out_discount: float = 0.12
    disputed_discount: float = 0.80
    """Further discount where the pledge was dynamic, the warehouse careless or goods were missing:
    others claim the goods, or they are mixed with what is not pledged."""
    careful_house: float = 1.25
    """Factor on exceptions up to which a warehouse counts as careful; the median is 1."""
    enforcement_cost: float = 0.16
    """Court, storage in arrears and transport, as a share of the proceeds."""
    liquidation_discount: float = 0.60
    """Off the market's price of goods that a liquidator sells."""
    receivables_value: float = 0.10
    """Share of their face for which a liquidator sells claims on customers."""
    liquidation_cost: float = 0.40
    """Share of the estate that the procedure, wages and arrears of tax take first."""
    loss_sale: float = 0.05
    """Loss on a close-out, as a share of the loan, from which it counts as a sale at a loss."""
    restructured_monthly: float = 0.03
    """Chance a month that a lender restructures a facility 45 to 90 days past due."""
    material_share: float = 0.001
    """Materiality of what lies unpaid: a share of the enterprise's ordinary monthly turnover,"""
    material_least: int = 100_000
    """and at least this many fen (1,000 yuan)."""
