"""Everyone and every place that a message can name; inside the world they are numbers."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from simulator.counterparty import customer_count
from simulator.goods import GOODS
from simulator.table import Ints
from simulator.world import World
from supervision.credit_code import ALPHABET, with_check_character

REGIONS = ("350200", "310115", "370200", "440300", "330200", "120116")
"""GB/T 2260: Xiamen, Pudong, Qingdao, Shenzhen, Ningbo, Tianjin Binhai."""
PORTS = ("CNXMN", "CNSHA", "CNTAO", "CNYTN", "CNNGB", "CNTXG")
INDUSTRY_OF = {
    "cold": "F5124",
    "grain": "F5111",
    "metal": "F5164",
    "oil": "F5121",
    "fibre": "F5114",
    "feed": "F5113",
    "energy": "F5161",
    "wood": "F5115",
}
"""GB/T 4754-2017 by family of goods: wholesale of meat and seafood, of grain, of metals and ores,
of edible oil, of cotton, of feed, of coal, of the produce of forests."""
INDUSTRIES = tuple(sorted(set(INDUSTRY_OF.values())))
MODES = ("0110", "1233", "0654")
"""Customs supervision modes: general trade, bonded storage, processing with imported material."""
COUNTRIES = tuple(sorted({country for good in GOODS for country, _ in good.origins}))
CURRENCIES = ("USD", "CNY")
PILES = 12
"""Piles in each warehouse."""
SUPPLIERS_A_GOOD = 40
CORES = 25
AGENTS = 30
_ORGANISATIONS = 31**8


class Lateness(IntEnum):
    """How long a kind of provider takes to record what happened."""

    CUSTOMS = 0
    SYSTEM = 1
    MANUAL = 2
    NEXT_DAY = 3
    SLOW = 4
    COURT = 5
    REGISTRY = 6
    FEED = 7
    PAPER = 8


@dataclass(frozen=True)
class Names:
    """The tables of names; every attribute that ends in ``_at`` is the place of a first one.

    Attributes
    ----------
    parties : list of str
        Enterprises first, then customers and suppliers, lenders, core enterprises, agents and
        persons.
    providers : list of str
    lateness : int64 array
        The :class:`Lateness` of each provider.
    places : list of str
        Warehouses, then the piles of each.
    """

    parties: list[str]
    buyers_at: int
    buyers: int
    suppliers_at: int
    lenders_at: int
    cores_at: int
    agents_at: int
    persons_at: int
    providers: list[str]
    lateness: Ints
    registry: int
    customs_at: int
    carriers_at: int
    tax: int
    quarantine: int
    insurers_at: int
    warehouses_at: int
    appraisers_at: int
    price_feed: int
    titles: int
    pledges: int
    lending_at: int
    court: int
    places: list[str]
    piles_at: int


def names(world: World, regions: Ints, rng: np.random.Generator) -> Names:
    """Name everyone.

    Parameters
    ----------
    regions : int64 [enterprises]
        Place of each enterprise's region in :data:`REGIONS`.
    """
    count = world.enterprises
    buyers = customer_count(count)
    start = int(rng.integers(_ORGANISATIONS))
    codes = [
        _credit_code(REGIONS[int(region)], start + 7_919 * 31 * place)
        for place, region in enumerate(
            np.concatenate((regions, rng.integers(0, len(REGIONS), CORES + AGENTS + buyers)))
        )
    ]
    parties = [
        codes[:count],
        codes[count + CORES + AGENTS :],
        [
            f"SUPP-{good.origins[place % len(good.origins)][0]}-{good.hs_code[:4]}-{place:03d}"
            for good in GOODS
            for place in range(SUPPLIERS_A_GOOD)
        ],
        _lenders(world),
        codes[count : count + CORES + AGENTS],
        [f"PERSON-{place:06d}" for place in range(1, count + 1)],
    ]
    at = np.cumsum([0] + [len(part) for part in parties])
    providers, lateness, first = _providers(world)
    warehouses = [f"WH-{place:03d}" for place in range(1, world.supervision.warehouses + 1)]
    piles = [f"{house}-P{pile:02d}" for house in warehouses for pile in range(1, PILES + 1)]
    return Names(
        parties=[name for part in parties for name in part],
        buyers_at=int(at[1]),
        buyers=buyers,
        suppliers_at=int(at[2]),
        lenders_at=int(at[3]),
        cores_at=int(at[4]),
        agents_at=int(at[4]) + CORES,
        persons_at=int(at[5]),
        providers=providers,
        lateness=lateness,
        **first,
        places=warehouses + piles,
        piles_at=len(warehouses),
    )


def _credit_code(region: str, number: int) -> str:
    """A company's code: department 9, category 1, region, nine characters of organisation."""
    rest, letters = number % _ORGANISATIONS, ""
    for _ in range(9):
        rest, digit = divmod(rest, 31)
        letters = ALPHABET[digit] + letters
    return with_check_character(f"91{region}{letters}")


def _lenders(world: World) -> list[str]:
    return [f"BANK-{place:02d}" for place in range(1, world.lending.banks + 1)] + [
        f"FACTOR-{place:02d}" for place in range(1, world.lending.factors + 1)
    ]


def _providers(world: World) -> tuple[list[str], Ints, dict[str, int]]:
    """Providers with their lateness, and the places of each kind's first."""
    manual = round(world.supervision.manual_warehouse_share * world.supervision.warehouses)
    small = world.lending.banks - 3
    groups: tuple[tuple[str, list[str], Lateness], ...] = (
        ("registry", ["SAMR-REGISTRY"], Lateness.NEXT_DAY),
        ("customs_at", [f"CUSTOMS-{port}" for port in PORTS], Lateness.CUSTOMS),
        ("carriers_at", [f"CARRIER-{place:02d}" for place in range(1, 5)], Lateness.PAPER),
        ("tax", ["TAX-OFFICE"], Lateness.REGISTRY),
        ("quarantine", ["QUARANTINE"], Lateness.PAPER),
        ("insurers_at", ["INSURER-01", "INSURER-02"], Lateness.PAPER),
        (
            "warehouses_at",
            [f"WH-{place:03d}" for place in range(1, world.supervision.warehouses + 1)],
            Lateness.SYSTEM,
        ),
        ("appraisers_at", [f"APPRAISER-{place}" for place in range(1, 4)], Lateness.NEXT_DAY),
        ("price_feed", ["PRICE-FEED"], Lateness.FEED),
        ("titles", ["TITLE-REGISTRY"], Lateness.REGISTRY),
        ("pledges", ["PLEDGE-REGISTRY"], Lateness.REGISTRY),
        ("lending_at", _lenders(world), Lateness.NEXT_DAY),
        ("court", ["COURT"], Lateness.COURT),
    )
    providers: list[str] = []
    lateness: list[int] = []
    first: dict[str, int] = {}
    for name, members, kind in groups:
        first[name] = len(providers)
        providers += members
        lateness += [int(kind)] * len(members)
    kinds = np.array(lateness, np.int64)
    # Every fourth warehouse keeps its books by hand; small banks and factors report by file.
    kinds[first["warehouses_at"] : first["warehouses_at"] + 4 * manual : 4] = Lateness.MANUAL
    kinds[first["lending_at"] + small : first["court"]] = Lateness.SLOW
    return providers, kinds, first
