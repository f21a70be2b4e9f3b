"""Warehouses and control agents: what of the lender's cases lies with them, and their record."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np

from features.calendar import DAY
from features.facts import Flags
from features.families.warehouses import LEAST_CLIENTS
from serving.console.portfolio.concentration import Concentration, Portion, concentration
from serving.console.portfolio.custody_book import CustodyBook, own
from supervision.arrays import MISSING, Columns, Integers

By = Literal["warehouse", "agent"]
FEWEST = LEAST_CLIENTS - 1
"""Other clients of a keeper below which nothing is told of them."""


@dataclass(frozen=True)
class Reports:
    """What was reported within a year.

    Attributes
    ----------
    exceptions, mismatches, counts : int
        Exceptions, those among them that are counts which disagreed, and counts.
    clients : int
        Enterprises of which something was counted.
    """

    exceptions: int = 0
    mismatches: int = 0
    counts: int = 0
    clients: int = 0

    @property
    def rate(self) -> float | None:
        """Exceptions per count."""
        return self.exceptions / self.counts if self.counts else None


@dataclass(frozen=True)
class Keeper:
    """One warehouse or control agent.

    Attributes
    ----------
    portion : Portion
        Of the goods in custody of the lender's cases; its key is the name.
    lots : int
    stale : int
        Lots that were neither received nor counted for as long as the policy allows.
    cases : Reports
        Of the lender's cases.
    last_count : int or None
        Of any lot of the cases within a year, UTC microseconds.
    others : float or None
        Exceptions per count of all other clients; None of fewer than five.
    """

    portion: Portion
    lots: int
    stale: int
    cases: Reports
    last_count: int | None
    others: float | None


@dataclass(frozen=True)
class Keepers:
    """All warehouses, or all control agents.

    Attributes
    ----------
    keepers : tuple of Keeper
        Those with the most goods first, then those with none.
    spread : Concentration
    """

    keepers: tuple[Keeper, ...]
    spread: Concentration


@dataclass(frozen=True)
class Ground:
    """What keepers are judged by.

    Attributes
    ----------
    enterprises : Integers
        Numbers of the names of the lender's cases.
    names : mapping of int to str
        Of warehouses and agents.
    stale_after : int or None
        Days without a receipt or a count; None if the policy asks for none.
    """

    enterprises: Integers
    names: Mapping[int, str]
    stale_after: int | None


def keepers(book: CustodyBook, by: By, ground: Ground, cap: Decimal | None) -> Keepers:
    """Tell what lies with each keeper, and what it reported.

    Parameters
    ----------
    book : CustodyBook
    by : str
    ground : Ground
    cap : Decimal or None
        Largest share of the goods.
    """
    lots, mine = own(book.lots, ground.enterprises), own(book.keeping, ground.enterprises)
    at = np.where(lots[by] == MISSING, -1, lots[by])
    spread = concentration(
        (
            (ground.names.get(place), str(enterprise), value)
            for place, enterprise, value in zip(
                at.tolist(), lots["enterprise"].tolist(), lots["value"].tolist(), strict=True
            )
        ),
        cap,
    )
    portions = {portion.key: portion for portion in spread.portions}
    since = MISSING if ground.stale_after is None else book.as_of - ground.stale_after * DAY
    old = lots["confirmed"] < since
    theirs = ~np.isin(book.keeping["enterprise"], ground.enterprises)
    found = []
    for place in _numbers(mine[by], at):
        name, here, there = ground.names[place], mine[by] == place, at == place
        told = _reports(mine, here)
        found.append(
            Keeper(
                portion=portions.get(name) or Portion(name, 0, 0, 0.0, is_over=False),
                lots=int(np.count_nonzero(there)),
                stale=int(np.count_nonzero(there & old)),
                cases=told,
                last_count=int(mine["last_count"][here].max()) if told.counts else None,
                others=_others(book.keeping, (book.keeping[by] == place) & theirs),
            )
        )
    found.sort(key=lambda one: (-one.portion.amount, one.portion.key or ""))
    return Keepers(tuple(found), spread)


def numbers_of(book: CustodyBook, enterprises: Integers) -> list[int]:
    """Numbers of all names that are needed to tell of some enterprises' keepers."""
    lots, mine = own(book.lots, enterprises), own(book.keeping, enterprises)
    return _numbers(*(columns[by] for columns in (lots, mine) for by in ("warehouse", "agent")))


def _numbers(*parts: Integers) -> list[int]:
    found = np.unique(np.concatenate(parts))
    return [int(number) for number in found if number >= 0]


def _reports(columns: Columns, chosen: Flags) -> Reports:
    counted = columns["counts"][chosen] > 0
    return Reports(
        exceptions=int(columns["exceptions"][chosen].sum()),
        mismatches=int(columns["mismatches"][chosen].sum()),
        counts=int(columns["counts"][chosen].sum()),
        clients=len(np.unique(columns["enterprise"][chosen][counted])),
    )


def _others(columns: Columns, chosen: Flags) -> float | None:
    told = _reports(columns, chosen)
    return told.rate if told.clients >= FEWEST else None
