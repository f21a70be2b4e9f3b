"""What goods cost at the port each day: World Bank series, made daily, in fen per 1,000 kg."""

import csv
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.clock import Clock
from simulator.goods import GOODS
from simulator.scenarios import SCENARIOS, Scenario, Slump
from simulator.shocks import Shock
from supervision.errors import UsageError

_DATA = Path(__file__).parent / "data"
_DAYS_A_MONTH = 365.25 / 12

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Prices:
    """Prices and disturbances of every day of the world.

    Attributes
    ----------
    spot : int64 [days + 1 x goods]
        Fen per 1,000 kg.
    micro_cny_per_usd : int64 [days + 1]
        Rate of exchange, millionths of a yuan for a dollar.
    slump : float64 [days + 1 x goods]
        The scenario's factor on prices; it is part of ``spot``.
    demand, discount : float64 [days + 1 x goods]
        The shocks' factor on demand and the discount that buyers press for.
    inspection : float64 [days + 1 x goods]
        Factor on the share of lots inspected.
    delay : int64 [days + 1 x goods]
        Days that clearance takes longer.
    lateness : float64 [days + 1 x goods]
        Days that buyers pay later.
    closed : bool [days + 1]
        Whether nothing is declared, received or released.
    """

    spot: _Ints
    micro_cny_per_usd: _Ints
    slump: _Floats
    demand: _Floats
    discount: _Floats
    inspection: _Floats
    delay: _Ints
    lateness: _Floats
    closed: npt.NDArray[np.bool_]

    def closed_before(self, day: int) -> int:
        """For how many days on end, up to the day before, the port was closed."""
        open_ = np.flatnonzero(~self.closed[:day])
        return day - 1 - int(open_[-1]) if len(open_) else day


def prices(
    clock: Clock,
    shocks: tuple[Shock, ...],
    rng: np.random.Generator,
    scenario: Scenario = SCENARIOS[0],
) -> Prices:
    """Daily prices of all goods, the shocks that strike them and the days of a closed port.

    Each monthly mean stands in the middle of its month; between two of them runs a Brownian
    bridge of the logarithm, with the daily volatility of the series' own monthly changes.

    Raises
    ------
    UsageError
        If the world would last longer than the series.
    """
    months, logs = _monthly()
    middles = np.array([(date.fromisoformat(f"{m}-15") - clock.first).days for m in months])
    if middles[0] > 0 or middles[-1] < clock.days:
        raise UsageError(
            f"the price series last from {months[0]} to {months[-1]}: expected a world within "
            f"them, found {clock.months} months from {clock.first}"
        )
    days = np.arange(clock.days + 1)
    rate = _cny_per_usd(clock, days)
    slump = _slump(clock, scenario.slump)
    path = np.exp(_daily(days, middles, logs, rng)) * rate[:, None] * slump * 100
    return Prices(
        np.rint(path).astype(np.int64),
        np.rint(rate * 1e6).astype(np.int64),
        slump,
        *_disturbances(clock, shocks + scenario.shocks),
        _closed(clock, scenario),
    )


def redrawn(prices: Prices, clock: Clock, from_day: int, rng: np.random.Generator) -> Prices:
    """Prices that are the same up to a day and go another way after it.

    The logarithm of each further month's price changes as in a month of the series drawn at
    random, the same month for all goods, so that these move together as they did; it is made
    daily as in :func:`prices`. Shocks, the scenario and the rate of exchange stay.
    """
    _, logs = _monthly()
    days = np.arange(from_day, clock.days + 1)
    count = int(np.ceil((days[-1] - from_day) / _DAYS_A_MONTH)) + 1
    knots = np.rint(from_day + np.arange(count + 1) * _DAYS_A_MONTH).astype(np.int64)
    changes = np.diff(logs, axis=0)[rng.integers(0, len(logs) - 1, count)]
    path = _daily(days, knots, np.vstack((np.zeros(len(GOODS)), np.cumsum(changes, axis=0))), rng)
    known = prices.micro_cny_per_usd[days, None] * prices.slump[days]
    spot = prices.spot.copy()
    spot[days] = np.rint(spot[from_day] * np.exp(path) * (known / known[0])).astype(np.int64)
    return replace(prices, spot=spot)


def _daily(days: _Ints, knots: _Ints, logs: _Floats, rng: np.random.Generator) -> _Floats:
    """Logarithms at knots made daily: lines between them, and a Brownian bridge on each line.

    The bridges are drawn for all days between the first and the last knot, so that the same
    seed gives a day the same price however long the world is.
    """
    span = np.arange(knots[0], knots[-1] + 1)
    steps = rng.standard_normal((len(span), logs.shape[1])) * _volatility()
    walk = np.cumsum(steps, axis=0)
    at = np.minimum(np.searchsorted(knots, days, side="right") - 1, len(knots) - 2)
    share = ((days - knots[at]) / (knots[at + 1] - knots[at]))[:, None]
    ties = logs - walk[knots - span[0]]
    lines = ties[at] * (1.0 - share) + ties[at + 1] * share
    return np.asarray(lines + walk[days - span[0]], np.float64)


@cache
def _monthly() -> tuple[list[str], _Floats]:
    """Months, and the logarithm of US dollars per 1,000 kg of every good."""
    with (_DATA / "pink_sheet_monthly.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = [[float(row[good.series]) * 1000 / good.kilograms for good in GOODS] for row in rows]
    return [row["month"] for row in rows], np.log(np.array(table, np.float64))


@cache
def _volatility() -> _Floats:
    """Standard deviation of a day's change of each good's logarithm."""
    _, logs = _monthly()
    return np.asarray(np.std(np.diff(logs, axis=0), axis=0) / np.sqrt(_DAYS_A_MONTH), np.float64)


def _cny_per_usd(clock: Clock, days: _Ints) -> _Floats:
    """Yuan a dollar by day: between the middles of years, so that New Year makes no jump."""
    with (_DATA / "cny_per_usd.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    knots = [(date(int(row["year"]), 7, 1) - clock.first).days for row in rows]
    return np.interp(days, knots, [int(row["micro_cny_per_usd"]) / 1e6 for row in rows])


def _days(clock: Clock, first: date, last: date) -> slice:
    """The days of the world from one date to another, both counted."""
    begin, end = (first - clock.first).days, (last - clock.first).days + 1
    return slice(max(begin, 0), max(end, 0))


def _slump(clock: Clock, slump: Slump | None) -> _Floats:
    """The factor on prices of every day and good."""
    if slump is None:
        return np.ones((clock.days + 1, len(GOODS)))
    knots = [(day - clock.first).days for day in (slump.first, slump.bottom, slump.last)]
    lost = np.interp(np.arange(clock.days + 1), knots, (0.0, 1.0, 1.0 - slump.recovered))
    depth = dict(slump.depth)
    deepest = np.array([depth[good.family] for good in GOODS])
    return np.asarray(1.0 - lost[:, None] * deepest, np.float64)


def _closed(clock: Clock, scenario: Scenario) -> npt.NDArray[np.bool_]:
    closed = np.zeros(clock.days + 1, np.bool_)
    for first, last in scenario.closures:
        closed[_days(clock, first, last)] = True
    return closed


def _disturbances(
    clock: Clock, shocks: tuple[Shock, ...]
) -> tuple[_Floats, _Floats, _Floats, _Ints, _Floats]:
    shape = (clock.days + 1, len(GOODS))
    demand, discount, inspection = np.ones(shape), np.zeros(shape), np.ones(shape)
    delay, lateness = np.zeros(shape, np.int64), np.zeros(shape)
    for shock in shocks:
        days = _days(clock, shock.first, shock.last)
        struck = np.array([good.family in shock.families for good in GOODS])
        demand[days, struck] *= shock.demand
        discount[days, struck] += shock.discount
        inspection[days, struck] *= shock.inspection
        delay[days, struck] += shock.delay_days
        lateness[days, struck] += shock.lateness_days
    return demand, discount, inspection, delay, lateness
