"""What goods cost at the port each day: World Bank series, made daily, in fen per 1,000 kg."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.clock import Clock
from simulator.goods import GOODS
from simulator.world import Shock
from supervision.errors import UsageError

_DATA = Path(__file__).parent / "data"
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Prices:
    """Prices and disturbances of every day of the world.

    Attributes
    ----------
    spot : int64 [days + 1 x goods]
        Fen per 1,000 kg.
    micro_cny_per_usd : int64 [days + 1]
        Rate of exchange, millionths of a yuan for a dollar.
    demand, discount : float64 [days + 1 x goods]
        The shocks' factor on demand and the discount that buyers press for.
    inspection : float64 [days + 1 x goods]
        Factor on the share of lots inspected.
    delay : int64 [days + 1 x goods]
        Days that clearance takes longer.
    lateness : float64 [days + 1 x goods]
        Days that buyers pay later.
    failures : float64 [days + 1]
        Factor on the failures of buyers.
    """

    spot: npt.NDArray[np.int64]
    micro_cny_per_usd: npt.NDArray[np.int64]
    demand: npt.NDArray[np.float64]
    discount: npt.NDArray[np.float64]
    inspection: npt.NDArray[np.float64]
    delay: npt.NDArray[np.int64]
    lateness: npt.NDArray[np.float64]
    failures: npt.NDArray[np.float64]


def prices(clock: Clock, shocks: tuple[Shock, ...], rng: np.random.Generator) -> Prices:
    """Daily prices of all goods and the shocks that strike them.

    Each monthly mean stands in the middle of its month; between two of them runs a Brownian
    bridge of the logarithm, with the daily volatility of the series' own monthly changes.

    Raises
    ------
    UsageError
        If the world would last longer than the series.
    """
    months, usd = _monthly()
    middles = np.array([(date.fromisoformat(f"{m}-15") - clock.first).days for m in months])
    days = np.arange(clock.days + 1)
    if days[-1] > middles[-1]:
        last = date.fromisoformat(f"{months[-1]}-01")
        raise UsageError(
            f"the price series end in {months[-1]}: expected at most "
            f"{(last.year - clock.first.year) * 12 + last.month - clock.first.month} months "
            f"from {clock.first}, found {clock.months}"
        )
    spot = np.empty((len(days), len(GOODS)), np.int64)
    rate = _cny_per_usd(clock, days)
    for place, good in enumerate(GOODS):
        logs = np.log(usd[:, place] * (1000 / good.kilograms))
        volatility = float(np.std(np.diff(logs))) / np.sqrt(_DAYS_A_MONTH)
        path = np.interp(days, middles, logs) + volatility * _bridge(days, middles, rng)
        spot[:, place] = np.rint(np.exp(path) * rate * 100).astype(np.int64)
    return Prices(spot, np.rint(rate * 1e6).astype(np.int64), *_disturbances(clock, shocks))


def _bridge(
    days: npt.NDArray[np.int64], knots: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """A Brownian motion tied to 0 at every knot, of unit daily volatility."""
    span = np.arange(min(int(knots[0]), int(days[0])), int(knots[-1]) + 1)
    walk = np.cumsum(rng.standard_normal(len(span)))
    tied = walk - np.interp(span, knots, walk[knots - span[0]])
    return np.asarray(tied[days - span[0]], np.float64)


def _monthly() -> tuple[list[str], npt.NDArray[np.float64]]:
    """Months and US dollars a unit of every good's series."""
    with (_DATA / "pink_sheet_monthly.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = [[float(row[good.series]) for good in GOODS] for row in rows]
    return [row["month"] for row in rows], np.array(table, np.float64)


def _cny_per_usd(clock: Clock, days: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Yuan a dollar by day: between the middles of years, so that New Year makes no jump."""
    with (_DATA / "cny_per_usd.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    knots = [(date(int(row["year"]), 7, 1) - clock.first).days for row in rows]
    return np.interp(days, knots, [int(row["micro_cny_per_usd"]) / 1e6 for row in rows])


def _disturbances(
    clock: Clock, shocks: tuple[Shock, ...]
) -> tuple[
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
    npt.NDArray[np.int64],
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
]:
    shape = (clock.days + 1, len(GOODS))
    demand, discount, inspection = np.ones(shape), np.zeros(shape), np.ones(shape)
    delay, lateness = np.zeros(shape, np.int64), np.zeros(shape)
    failures = np.ones(clock.days + 1)
    for shock in shocks:
        begin, end = (shock.first - clock.first).days, (shock.last - clock.first).days + 1
        days = slice(max(begin, 0), max(end, 0))
        failures[days] *= shock.failures
        for place, good in enumerate(GOODS):
            if good.family in shock.families:
                demand[days, place] *= shock.demand
                discount[days, place] += shock.discount
                inspection[days, place] *= shock.inspection
                delay[days, place] += shock.delay_days
                lateness[days, place] += shock.lateness_days
    return demand, discount, inspection, delay, lateness, failures
