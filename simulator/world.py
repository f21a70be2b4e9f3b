"""The parameters of the world, frozen. Every figure says where it comes from or why it is so.

Where no source is named, the figure is an estimate of the practice of small commodity traders at
a Chinese port, or was set so that what comes out of the world (default rates, shares, volumes:
``docs/simulator.md``) is plausible. Outcomes themselves are never set.
"""

from dataclasses import dataclass, field
from datetime import date

VERSION = "0.1"
"""Version of the world's rules: worlds of different versions are not comparable."""


@dataclass(frozen=True)
class Shock:
    """A time in which demand, prices or the border are disturbed for some families of goods.

    Attributes
    ----------
    first, last : datetime.date
        First and last day.
    families : tuple of str
        Families of goods that it strikes.
    demand : float
        Factor on demand.
    discount : float
        Share by which buyers press the price below the market's.
    inspection : float
        Factor on the share of lots inspected.
    delay_days : int
        Days that clearance takes longer.
    lateness_days : float
        Days that buyers pay later.
    failures : float
        Factor on the failures of buyers, of whatever family.
    """

    first: date
    last: date
    families: tuple[str, ...]
    demand: float
    discount: float
    inspection: float
    delay_days: int
    lateness_days: float
    failures: float


_ALL = ("cold", "grain", "metal", "oil", "fibre", "feed")
_SHOCKS = (
    # The first quarter of 2020: trade stood still, buyers paid late.
    Shock(date(2020, 2, 1), date(2020, 4, 15), _ALL, 0.40, 0.06, 1.0, 7, 35.0, 4.0),
    # Finds of the virus on packages of imported frozen food (June and November 2020) emptied the
    # cold chain twice: markets closed, every container was tested.
    Shock(date(2020, 6, 15), date(2020, 8, 31), ("cold",), 0.40, 0.13, 2.0, 12, 25.0, 3.0),
    Shock(date(2020, 11, 10), date(2021, 1, 20), ("cold",), 0.50, 0.08, 2.0, 12, 15.0, 2.0),
)


@dataclass(frozen=True)
class Trade:
    """How goods are bought and sold."""

    lots_a_month_median: float = 1.8
    lots_a_month_sigma: float = 0.55
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
    margin_health: float = 0.017
    margin_noise: float = 0.020
    """Spread of the margin from sale to sale."""
    demand_health: float = 0.22
    """Effect of health on the logarithm of demand."""
    health_years: float = 0.7
    """Time in which a deviation of an enterprise's health falls to a third."""
    fixed_cost_share: float = 0.032
    """Fixed costs as a share of ordinary turnover: rent, wages, tax, entertainment."""
    storage_monthly: float = 0.004
    """Storage, insurance and decay a month as a share of the stock's value."""
    in_storage_share: float = 0.10
    buyers_fail_yearly: float = 0.010
    """Share of buyers from outside the world that fail in a quiet year."""
    violation_daily: float = 0.2
    """Chance a day that an enterprise of little honesty and in distress sells goods that it has
    pledged, without a release."""
    failure_lost_demand: float = 0.4
    """Share of a failed buyer's demand that is lost at first."""
    agent_share: float = 0.30
    """Share of enterprises that import mostly through an agent."""


@dataclass(frozen=True)
class Supervision:
    """How goods are inspected, counted and watched, and how much goes wrong."""

    inspection_share: float = 0.065
    amended_share: float = 0.03
    count_days: int = 30
    """Days between counts of free stock."""
    pledged_count_days: int = 8
    sensor_days: int = 14
    """Days between the sampled readings of a sensor in a cold store."""
    exception_a_count: float = 0.010
    """Exceptions a count of an owner and a warehouse of ordinary care."""
    warehouses: int = 40
    sensor_silent_share: float = 0.10
    """Share of cold stores' months without readings."""
    manual_warehouse_share: float = 0.25


@dataclass(frozen=True)
class Lending:
    """How banks and factors lend."""

    financed_share: float = 0.62
    """Share of enterprises that look for financing."""
    two_lenders_share: float = 0.36
    core_link_share: float = 0.15
    banks: int = 8
    factors: int = 3
    yearly_rate: float = 0.075
    tenor_days: tuple[int, int] = (90, 120)
    parts: tuple[int, int] = (3, 8)
    facility_months: int = 12
    facility_turnover_months: float = 1.9
    """Facility in months of ordinary turnover."""
    renewed_share: float = 0.24
    default_days: int = 90
    enforcement_days: int = 45
    """Days from default until the lender enforces its pledge."""
    enforcement_discount: float = 0.15
    patience_days: tuple[int, int] = (60, 300)
    """Days in default after which an enterprise with negative net worth is declared insolvent."""
    guarantee_share: float = 0.34
    mishaps_yearly: float = 0.12
    """Claims a year of the ordinary enterprise that have nothing to do with its trade: a lawsuit, a
    tax assessment, an owner's other venture. No feature can see one coming."""
    mishap_turnover_months: float = 1.6
    """Median of a mishap in months of turnover."""
    mishap_sigma: float = 0.8
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


@dataclass(frozen=True)
class World:
    """Everything that, with the seed, decides what happens.

    Attributes
    ----------
    enterprises, months, seed : int
    first : datetime.date
        First day of the world.
    """

    enterprises: int = 2_000
    months: int = 48
    seed: int = 1
    first: date = date(2019, 1, 1)
    trade: Trade = field(default_factory=Trade)
    supervision: Supervision = field(default_factory=Supervision)
    lending: Lending = field(default_factory=Lending)
    dirt: Dirt = field(default_factory=Dirt)
    shocks: tuple[Shock, ...] = _SHOCKS
