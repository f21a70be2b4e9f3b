import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import simulator.prices
from simulator.clock import Clock
from simulator.goods import GOODS
from simulator.prices import prices
from simulator.world import World
from supervision.errors import UsageError

CLOCK = Clock(date(2019, 1, 1), 48)
SHRIMP, COPPER = 0, 4


def test_the_middle_of_a_month_has_the_world_banks_price_in_fen_a_ton() -> None:
    found = prices(CLOCK, (), np.random.default_rng(1)).spot
    folder = Path(simulator.prices.__file__).parent / "data"
    with (folder / "pink_sheet_monthly.csv").open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if r["month"] == "2020-07")
    # 1 July 2020 is the middle of its year: 6.90 yuan a dollar, falling slowly until 2021.
    day = (date(2020, 7, 15) - CLOCK.first).days
    for place, kilograms in ((SHRIMP, 1), (COPPER, 1000)):
        dollars_a_ton = float(row[GOODS[place].series]) * 1000 / kilograms
        assert found[day, place] == pytest.approx(dollars_a_ton * 6.9 * 100, rel=0.005)


def test_between_the_middles_prices_move_every_day_as_much_as_the_series_does() -> None:
    found = prices(CLOCK, (), np.random.default_rng(1)).spot
    daily = np.std(np.diff(np.log(found[:, COPPER])))
    assert 0.005 < daily < 0.015
    assert (np.diff(found[:, COPPER]) != 0).mean() > 0.99


def test_two_seeds_walk_differently_between_the_same_months() -> None:
    one, two = (prices(CLOCK, (), np.random.default_rng(seed)).spot for seed in (1, 2))
    assert (one != two).mean() > 0.9
    middle = (date(2021, 3, 15) - CLOCK.first).days
    assert (one[middle] == two[middle]).all()


def test_a_shock_strikes_its_families_on_its_days_only() -> None:
    shock = World().shocks[1]
    found = prices(CLOCK, (shock,), np.random.default_rng(1))
    inside = slice((shock.first - CLOCK.first).days, (shock.last - CLOCK.first).days + 1)
    assert (found.demand[inside, SHRIMP] == shock.demand).all()
    assert (found.demand[:, COPPER] == 1.0).all()
    assert found.delay[:, SHRIMP].sum() == shock.delay_days * ((shock.last - shock.first).days + 1)


def test_a_world_longer_than_the_series_is_refused_and_told_how_long_it_may_be() -> None:
    with pytest.raises(UsageError, match=r"2023-10.*at most 57 months.*found 60"):
        prices(Clock(date(2019, 1, 1), 60), (), np.random.default_rng(1))
