"""Monthly prices in yuan: the World Bank's series, and the year's rate of exchange."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from serving.haircuts.carried import PRICES, RATES
from supervision.errors import CargoworthyError

Floats = npt.NDArray[np.float64]

_MICRO = 1e6


@dataclass(frozen=True)
class MonthlyPrices:
    """Prices month by month.

    Attributes
    ----------
    months : tuple of str
        YYYY-MM, without gaps.
    logs : dict of str to float64 array
        By series: logarithm of the month's mean in yuan; NaN where none was published.
    """

    months: tuple[str, ...]
    logs: dict[str, Floats]

    @classmethod
    def read(cls, prices: Path = PRICES, rates: Path = RATES) -> Self:
        """Read prices in US dollars and turn them into yuan.

        Months beyond the last year of the rates are left out. Between the middles of two years
        the rate runs in a line, so that New Year makes no jump.

        Raises
        ------
        CargoworthyError
            If a file has not the form that is expected, or the months have a gap.
        """
        per_usd = _rates(rates)
        years = np.array(sorted(per_usd))
        names, rows = _rows(prices, "month")
        kept = [row for row in rows if years[0] <= int(row["month"][:4]) <= years[-1]]
        months = tuple(row["month"] for row in kept)
        times = np.array([int(month[:4]) + (int(month[5:]) - 0.5) / 12 for month in months])
        if len(times) < 2 or (np.abs(np.diff(times) - 1 / 12) > 1e-6).any():
            raise CargoworthyError(
                f"expected months without gaps in {prices}, found {len(months)} between "
                f"{years[0]} and {years[-1]}; give the World Bank's monthly table as CSV"
            )
        rate = np.interp(times, years + 0.5, [per_usd[int(year)] for year in years])
        usd = {name: np.array([_price(row[name]) for row in kept]) for name in names}
        return cls(months, {name: np.log(values * rate) for name, values in usd.items()})


def _price(text: str) -> float:
    """A published price; NaN where the cell is empty."""
    try:
        price = float(text)
    except ValueError:
        return np.nan
    return price if price > 0 else np.nan


def _rates(path: Path) -> dict[int, float]:
    """Yuan for a US dollar, by year."""
    names, rows = _rows(path, "year")
    if names != ["micro_cny_per_usd"] or not rows:
        raise CargoworthyError(
            f"expected the columns year and micro_cny_per_usd in {path}, found {names[:3]}; "
            f"compare it with {RATES.name}"
        )
    return {int(row["year"]): int(row["micro_cny_per_usd"]) / _MICRO for row in rows}


def _rows(path: Path, key: str) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names = list(reader.fieldnames or ())
        if not names or names[0] != key:
            raise CargoworthyError(
                f"expected a CSV file whose first column is {key} at {path}, found {names[:3]}"
            )
        return names[1:], list(reader)
