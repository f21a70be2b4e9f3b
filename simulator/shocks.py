"""The times in which trade was disturbed between 2015 and 2022, as data.

When and whom each shock strikes is history; how hard, is a dial: set so that the default rate of
financed enterprises is 1.5 to 3 per cent in calm years and 5 to 8 in 2016 and 2020. A shock
defaults nobody: it slows sales, presses prices and delays payments, and cash does the rest.
"""

from dataclasses import dataclass
from datetime import date

FAMILIES = ("cold", "grain", "metal", "oil", "fibre", "feed", "energy", "wood")
"""Every family of :data:`simulator.goods.GOODS`."""


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
    """

    first: date
    last: date
    families: tuple[str, ...]
    demand: float = 1.0
    discount: float = 0.0
    inspection: float = 1.0
    delay_days: int = 0
    lateness_days: float = 0.0


HISTORY = (
    # The commodity slump: mills and refineries bought little and paid late, until prices turned
    # in the spring of 2016. Traders of food felt it through their buyers' credit only.
    Shock(date(2015, 6, 1), date(2016, 2, 29), ("metal", "energy"),
          demand=0.45, discount=0.11, lateness_days=40.0),
    Shock(date(2015, 6, 1), date(2016, 2, 29), ("fibre", "wood", "oil", "feed", "grain"),
          demand=0.55, discount=0.09, lateness_days=30.0),
    Shock(date(2015, 9, 1), date(2016, 2, 29), ("cold",),
          demand=0.65, discount=0.07, lateness_days=20.0),
    # The trade conflict with the United States: duties on soy beans, grain and cotton from July
    # 2018, a truce in December; cargo under way was cleared late and sold at the market's mercy.
    Shock(date(2018, 7, 6), date(2019, 1, 15), ("grain", "fibre"),
          demand=0.85, discount=0.02, inspection=1.5, delay_days=5, lateness_days=6.0),
    # The first quarter of 2020: trade stood still, buyers paid late.
    Shock(date(2020, 2, 1), date(2020, 4, 15), FAMILIES,
          demand=0.40, discount=0.24, delay_days=10, lateness_days=80.0),
    # Finds of the virus on packages of imported frozen food (June and November 2020) emptied the
    # cold chain twice: markets closed, every container was tested.
    Shock(date(2020, 6, 15), date(2020, 8, 31), ("cold",),
          demand=0.40, discount=0.13, inspection=2.0, delay_days=12, lateness_days=25.0),
    Shock(date(2020, 11, 10), date(2021, 1, 20), ("cold",),
          demand=0.75, discount=0.05, inspection=2.0, delay_days=12, lateness_days=10.0),
    # Port cities locked down in the spring of 2022: cargo came in, lorries did not.
    Shock(date(2022, 4, 1), date(2022, 5, 31), FAMILIES,
          demand=0.80, discount=0.01, delay_days=10, lateness_days=10.0),
)  # fmt: skip
"""What happened, in every scenario."""
