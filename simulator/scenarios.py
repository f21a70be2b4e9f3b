"""The scenarios: what may happen besides history, each as data.

All fall into 2021, so that a model trained on the years before meets them unprepared.
"""

from dataclasses import dataclass
from datetime import date

from simulator.shocks import FAMILIES, Shock
from supervision.errors import UsageError


@dataclass(frozen=True)
class Slump:
    """A fall of all prices below the path that they would have taken.

    Attributes
    ----------
    first, bottom, last : datetime.date
        The fall begins, ends, and the recovery ends.
    depth : tuple of (str, float)
        Share of its price that each family loses by the bottom.
    recovered : float
        Share of the loss made good by the last day; the rest stays lost.
    """

    first: date
    bottom: date
    last: date
    depth: tuple[tuple[str, float], ...]
    recovered: float


@dataclass(frozen=True)
class Scenario:
    """What happens besides history.

    Attributes
    ----------
    name, title : str
    shocks : tuple of Shock
        Added to the world's own.
    slump : Slump or None
    closures : tuple of (datetime.date, datetime.date)
        First and last days on which nothing is declared, received or released.
    new_fraud : datetime.date or None
        Day from which the pattern of fraud occurs that occurs nowhere else.
    """

    name: str
    title: str
    shocks: tuple[Shock, ...] = ()
    slump: Slump | None = None
    closures: tuple[tuple[date, date], ...] = ()
    new_fraud: date | None = None


SCENARIOS = (
    Scenario("baseline", "history and nothing else"),
    Scenario(
        "cold-chain-shock",
        "two import shocks strike the cold chain in 2021, as hard as those of 2020",
        shocks=(
            Shock(date(2021, 3, 15), date(2021, 5, 31), ("cold",),
                  demand=0.40, discount=0.13, inspection=2.0, delay_days=12, lateness_days=25.0),
            Shock(date(2021, 9, 1), date(2021, 11, 15), ("cold",),
                  demand=0.45, discount=0.10, inspection=2.0, delay_days=12, lateness_days=20.0),
        ),
    ),
    Scenario(
        "price-crash",
        "all prices fall by 35 to 45 per cent from July to September 2021",
        # Buyers who await a lower price buy less, and dispute what they bought at a higher one.
        shocks=(Shock(date(2021, 7, 1), date(2021, 9, 30), FAMILIES,
                      demand=0.80, discount=0.03, lateness_days=8.0),),
        # The deeper, the more a good's price moves anyway: metals and fuels before food.
        slump=Slump(
            date(2021, 7, 1),
            date(2021, 9, 30),
            date(2022, 9, 30),
            (("cold", 0.35), ("feed", 0.36), ("wood", 0.37), ("grain", 0.38), ("fibre", 0.40),
             ("oil", 0.42), ("metal", 0.43), ("energy", 0.45)),
            recovered=0.5,
        ),
    ),
    Scenario(
        "port-closure",
        "the port is closed for six weeks from 9 August 2021",
        # After it the cargo of six weeks comes at once.
        shocks=(Shock(date(2021, 9, 20), date(2021, 10, 31), FAMILIES,
                      delay_days=8, lateness_days=8.0),),
        closures=((date(2021, 8, 9), date(2021, 9, 19)),),
    ),
    Scenario(
        "new-fraud",
        "from July 2021 a pattern of fraud that never occurred before",
        new_fraud=date(2021, 7, 1),
    ),
)  # fmt: skip
"""Every scenario; the first is the default."""


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises
    ------
    UsageError
        If there is none.
    """
    for known in SCENARIOS:
        if known.name == name:
            return known
    raise UsageError(
        f"expected one of the scenarios {', '.join(known.name for known in SCENARIOS)}, "
        f"found {name!r:.80}; choose one of them"
    )
