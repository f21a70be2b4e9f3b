"""The parameters of the world, frozen. Every figure says where it comes from or why it is so.

Where no source is named, the figure is an estimate of the practice of small commodity traders at
a Chinese port, or was set so that what comes out of the world (default rates, shares, volumes:
``docs/simulator.md``) is plausible. Outcomes themselves are never set.
"""

from dataclasses import dataclass, field
from datetime import date

from simulator.activity import Activity
from simulator.counterparty import Partnership
from simulator.credit_terms import Acceptance, Margin, Recovery
from simulator.frauds.dials import Frauds
from simulator.scenarios import SCENARIOS, scenario
from simulator.shocks import HISTORY, Shock
from supervision.errors import UsageError

VERSION = "world-1"
"""Version of the world's rules: worlds of different versions are not comparable."""
LAST_YEAR = 2022
"""Every world ends on the last day of this year: shrimp, the port's first good, has prices until
October 2023."""
MOST_MONTHS = 96
"""The longest world begins in January 2015."""


@dataclass(frozen=True)
class Trade:
    """How goods are bought and sold."""

    late_start_share: float = 0.25
    """Share of enterprises that start trading after the world begins."""
    parts_a_lot: float = 1.9
    """Sales into which an ordinary lot is cut."""
    stock_days: float = 30.0
    """Days of sales that an enterprise of ordinary skill keeps in stock."""
    transit_days: tuple[int, int] = (18, 42)
    deposit_share: float = 0.20
    """Share of a lot's cost paid when it is ordered; the rest falls due after it was received."""
    margin: float = 0.080
    """Gross margin on the price of import, ordinary skill and health."""
    margin_skill: float = 0.008
    margin_health: float = 0.021
    margin_noise: float = 0.020
    """Spread of the margin from sale to sale."""
    demand_health: float = 0.35
    """Effect of health on the logarithm of demand."""
    health_years: float = 1.0
    """Time in which a deviation of an enterprise's health falls to a third."""
    fixed_cost_share: float = 0.032
    """Fixed costs as a share of ordinary turnover: rent, wages, tax, entertainment."""
    storage_monthly: float = 0.004
    """Storage, insurance and decay a month as a share of the stock's value."""
    in_storage_share: float = 0.13
    parts_a_day: int = 3
    """Parts of lots that the busiest can sell in a day."""
    near_end_days: int = 60
    """Days before the end of their shelf life from which frozen goods are cleared, the first."""
    near_end_discount: float = 0.40
    violation_daily: float = 0.2
    """Chance a day that an enterprise of little honesty and in distress sells goods that it has
    pledged, without a release."""
    failure_lost_demand: float = 0.8
    """Share of a failed buyer's demand that is lost at first."""
    lost_demand_days: float = 110.0
    """Days in which that falls to a third, as other customers are found."""
    agent_share: float = 0.30
    """Share of enterprises that import mostly through an agent."""


@dataclass(frozen=True)
class Supervision:
    """How goods are inspected, counted and watched, and how much goes wrong."""

    inspection_share: float = 0.065
    amended_share: float = 0.03
    count_days: int = 9
    """Days between counts of free stock."""
    pledged_count_days: int = 7
    """Days between counts of pledged stock: lenders ask for one a week."""
    moved_a_count: float = 0.03
    """Share of counts after which a parcel is put on another pile."""
    sensor_days: int = 7
    """Days between the sampled readings of a sensor in a cold store."""
    exception_a_count: float = 0.007
    """Exceptions a count of an owner and a warehouse of ordinary care."""
    warehouses: int = 40
    sensor_silent_share: float = 0.10
    """Share of cold stores' months without readings."""
    manual_warehouse_share: float = 0.25


@dataclass(frozen=True)
class ColdChain:
    """How frozen goods spoil."""

    excursions_monthly: float = 0.008
    """Temperature excursions of a parcel a month, at ordinary care of warehouse and owner."""
    spoils_share: float = 0.4
    """Share of excursions that spoil goods, rather than being noticed in time."""
    spoilt_part: tuple[float, float] = (1.3, 5.0)
    """Beta distribution of the part of a parcel that such an excursion spoils: a fifth."""
    breakdowns_yearly: float = 0.03
    """Breakdowns of the cold store of one pile a year: whatever stands there is struck."""
    breakdown_part: tuple[float, float] = (0.3, 1.0)
    """Least and greatest part of a parcel that a breakdown spoils."""


@dataclass(frozen=True)
class Lending:
    """How banks and factors lend."""

    financed_share: float = 0.85
    """Share of enterprises that look for financing."""
    two_lenders_share: float = 0.80
    core_link_share: float = 0.15
    banks: int = 8
    factors: int = 3
    yearly_rate: float = 0.075
    tenor_days: tuple[int, int] = (90, 120)
    parts: tuple[int, int] = (3, 8)
    facility_months: int = 12
    facility_turnover_months: float = 1.4
    """Facility in months of ordinary turnover."""
    renewed_share: float = 0.30
    default_days: int = 90
    enforcement_days: int = 45
    """Days from default until the lender enforces its pledge."""
    patience_days: tuple[int, int] = (60, 300)
    """Days in default after which an enterprise with negative net worth is declared insolvent."""
    guarantee_share: float = 0.28
    mishaps_yearly: float = 0.053
    """Claims a year of the ordinary enterprise that have nothing to do with its trade: a lawsuit, a
    tax assessment, an owner's other venture. No feature can see one coming."""
    mishaps_in_slump: float = 7.5
    """How many times more of them there would be if demand fell to nothing."""
    mishap_turnover_months: float = 1.6
    """Median of a mishap in months of turnover."""
    mishap_sigma: float = 0.8
    ventures_yearly: float = 0.025
    """Other ventures a year that the owners of the ordinary enterprise begin and feed from it."""
    venture_months: tuple[int, int] = (6, 20)
    venture_turnover_share: float = 0.14
    """Median of what they take a month, as a share of its turnover."""
    withdrawn_share: float = 0.35
    """Part of the worth above their capital that owners take out a month."""
    withdrawn_cash_share: float = 0.6
    """Part of the cash not needed for what is soon due that they take at most."""
    support_monthly: float = 0.07
    """Chance a month that the owners of an enterprise that has lost a third of its capital put
    new money in."""
    support_share: float = 0.35
    """What they put in, as a share of the capital."""
    equity_turnover_months: float = 2.9
    """Median equity in months of ordinary turnover."""
    equity_sigma: float = 0.35


@dataclass(frozen=True)
class Dirt:
    """How feeds are spoilt, as shares of messages."""

    duplicates: float = 0.005
    corrections: float = 0.005
    reordered: float = 0.005
    unit_mistakes: float = 0.0005
    bad_codes: float = 0.0005
    outages_yearly: float = 0.06
    """Outages a year of a warehouse's, customs office's or lender's system: three or four a year
    in the whole port."""
    outage_days: tuple[int, int] = (14, 35)
    catching_up_days: float = 1.0
    """Days in which a provider records what lay unrecorded while it was down."""


@dataclass(frozen=True)
class World:
    """Everything that, with the seed, decides what happens.

    Attributes
    ----------
    enterprises, seed : int
    months : int
        The last of 2022.
    scenario : str
        Name of one of :data:`simulator.scenarios.SCENARIOS`.
    shocks : tuple of Shock
        Those of every scenario.

    Raises
    ------
    UsageError
        If it is empty, too long, has a seed below 0 or a scenario that does not exist.
    """

    enterprises: int = 2_000
    months: int = 48
    seed: int = 1
    scenario: str = SCENARIOS[0].name
    activity: Activity = field(default_factory=Activity)
    trade: Trade = field(default_factory=Trade)
    partnership: Partnership = field(default_factory=Partnership)
    supervision: Supervision = field(default_factory=Supervision)
    cold_chain: ColdChain = field(default_factory=ColdChain)
    lending: Lending = field(default_factory=Lending)
    acceptance: Acceptance = field(default_factory=Acceptance)
    margin: Margin = field(default_factory=Margin)
    recovery: Recovery = field(default_factory=Recovery)
    dirt: Dirt = field(default_factory=Dirt)
    frauds: Frauds = field(default_factory=Frauds)
    shocks: tuple[Shock, ...] = HISTORY

    def __post_init__(self) -> None:
        if self.enterprises < 1 or self.seed < 0:
            raise UsageError(
                f"expected at least 1 enterprise and a seed of 0 or more, found "
                f"{self.enterprises} and {self.seed}"
            )
        if not 1 <= self.months <= MOST_MONTHS:
            raise UsageError(
                f"expected at least 1 and at most {MOST_MONTHS} months, the last of them "
                f"{LAST_YEAR}-12, found {self.months}"
            )
        scenario(self.scenario)

    @property
    def first(self) -> date:
        """First day of the world, so many months before its last."""
        years, place = divmod(12 * (LAST_YEAR + 1) - self.months, 12)
        return date(years, place + 1, 1)
