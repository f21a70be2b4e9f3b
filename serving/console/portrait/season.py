"""Seasonality: which months of the year carry the trade, and how the last year went."""

from dataclasses import dataclass

import numpy as np

from features.facts import Facts, standing
from serving.console.portrait.balance import of_kind
from supervision.arrays import MISSING, Columns, Integers

_YEAR = 12
_MOST_YEARS = 3
_HOUR = 3_600_000_000
_PORT = 8 * _HOUR
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Month:
    """One month of the calendar.

    Attributes
    ----------
    number : int
        1 for January.
    usual : float
        Its share of a year, over all years that are looked at.
    last : float
        Its share of the last twelve months.
    fen : int
        Of the last twelve months.
    """

    number: int
    usual: float
    last: float
    fen: int


@dataclass(frozen=True)
class Season:
    """Twelve months of the calendar, January first.

    Attributes
    ----------
    months : tuple of Month
    years : int
        Whole years that are looked at, three at most.
    """

    months: tuple[Month, ...]
    years: int

    @property
    def strongest(self) -> Month:
        """The month that usually carries most."""
        return max(self.months, key=lambda month: month.usual)

    @property
    def weakest(self) -> Month:
        """The month that usually carries least."""
        return min(self.months, key=lambda month: month.usual)


def declared_season(facts: Facts, enterprise: int, as_of: int) -> Season | None:
    """Seasonality of what was declared to customs."""
    rows = _rows(facts, "declaration", enterprise, as_of)
    return season(of_kind(rows, "declaration", "declared"), "declared_value", as_of)


def sold_season(facts: Facts, enterprise: int, as_of: int) -> Season | None:
    """Seasonality of sales, by the title registry."""
    rows = _rows(facts, "title", enterprise, as_of)
    return season(of_kind(rows, "title", "transferred"), "price", as_of)


def season(rows: Columns, amount: str, as_of: int) -> Season | None:
    """Spread amounts over the calendar's months at the port.

    Only months that have ended count, and only whole years before the last of them.

    Parameters
    ----------
    rows : Columns
        Rows that stand.
    amount : str
        A column, fen.
    as_of : int
        UTC microseconds.

    Returns
    -------
    Season or None
        None before a whole year is on record, or where it holds no amount.
    """
    stated = rows[amount] != MISSING
    months, fen = months_of(rows["occurred_at"][stated]), rows[amount][stated]
    end = int(months_of(np.array([as_of]))[0])
    if not len(months):
        return None
    years = min((end - int(months.min())) // _YEAR, _MOST_YEARS)
    sums = np.zeros((max(years, 1), _YEAR), np.int64)
    first = end - _YEAR * years
    inside = (months >= first) & (months < end)
    ago = (end - 1 - months[inside]) // _YEAR
    np.add.at(sums, (ago, months[inside] % _YEAR), fen[inside])
    total, last = int(sums.sum()), int(sums[0].sum())
    if years < 1 or total == 0:
        return None
    return Season(
        tuple(
            Month(
                place + 1,
                int(sums[:, place].sum()) / total,
                int(sums[0, place]) / last if last else 0.0,
                int(sums[0, place]),
            )
            for place in range(_YEAR)
        ),
        years,
    )


def months_of(micros: Integers) -> Integers:
    """Months at the port of some times, counted from January 1970.

    Examples
    --------
    >>> months_of(np.array([0, 31 * 86_400_000_000])).tolist()
    [0, 1]
    """
    days = ((micros + _PORT) // _DAY).astype("datetime64[D]")
    return np.asarray(days.astype("datetime64[M]").astype(np.int64))


def _rows(facts: Facts, table: str, enterprise: int, as_of: int) -> Columns:
    columns = facts.tables[table]
    stands = standing(columns, enterprise, as_of)
    return {name: values[stands] for name, values in columns.items()}
