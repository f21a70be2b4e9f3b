from datetime import date

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.goods import GOODS
from simulator.names import INDUSTRY_OF
from simulator.prices import prices
from simulator.shocks import FAMILIES, HISTORY, Shock

CLOCK = Clock(date(2015, 1, 1), 96)
SHRIMP, COPPER = 0, 4


def test_a_shock_strikes_its_families_on_its_days_only() -> None:
    shock = Shock(date(2020, 6, 15), date(2020, 8, 31), ("cold",), 0.4, 0.13, 2.0, 12, 25.0)
    found = prices(CLOCK, (shock,), np.random.default_rng(1))
    days = np.arange(CLOCK.days + 1)
    begin, end = (shock.first - CLOCK.first).days, (shock.last - CLOCK.first).days
    inside = (days >= begin) & (days <= end)
    assert (found.demand[:, SHRIMP] == np.where(inside, 0.4, 1.0)).all()
    assert (found.discount[:, SHRIMP] == np.where(inside, 0.13, 0.0)).all()
    assert (found.inspection[:, SHRIMP] == np.where(inside, 2.0, 1.0)).all()
    assert (found.delay[:, SHRIMP] == np.where(inside, 12, 0)).all()
    assert (found.lateness[:, SHRIMP] == np.where(inside, 25.0, 0.0)).all()
    assert (found.demand[:, COPPER] == 1.0).all()


def test_shocks_at_once_add_up() -> None:
    one = Shock(date(2020, 1, 1), date(2020, 1, 31), ("cold",), demand=0.5, delay_days=3)
    two = Shock(date(2020, 1, 15), date(2020, 2, 15), ("cold",), demand=0.8, delay_days=4)
    found = prices(CLOCK, (one, two), np.random.default_rng(1))
    day = (date(2020, 1, 20) - CLOCK.first).days
    assert found.demand[day, SHRIMP] == pytest.approx(0.4)
    assert found.delay[day, SHRIMP] == 7


def test_a_shock_before_the_world_does_nothing() -> None:
    clock = Clock(date(2021, 6, 1), 19)
    early = Shock(date(2020, 2, 1), date(2020, 4, 15), FAMILIES, demand=0.4)
    assert (prices(clock, (early,), np.random.default_rng(1)).demand == 1.0).all()


@pytest.mark.parametrize("shock", HISTORY)
def test_history_lies_in_the_world_and_makes_trade_worse(shock: Shock) -> None:
    assert CLOCK.first <= shock.first < shock.last <= date(2022, 12, 31)
    assert set(shock.families) <= set(FAMILIES)
    assert 0.0 < shock.demand <= 1.0 <= shock.inspection
    assert min(shock.discount, shock.delay_days, shock.lateness_days) >= 0


def test_stress_stands_in_2015_2016_and_2020_and_not_in_2017() -> None:
    demand = prices(CLOCK, HISTORY, np.random.default_rng(1)).demand.mean(axis=1)
    years = CLOCK.calendar(np.arange(CLOCK.days)) // 10_000
    means = {year: demand[:-1][years == year].mean() for year in range(2015, 2023)}
    assert means[2017] == 1.0
    assert max(means[2015], means[2020]) < min(means[2018], means[2019], means[2021], means[2022])


def test_every_good_has_a_known_family_with_an_industry() -> None:
    assert {good.family for good in GOODS} == set(FAMILIES) <= set(INDUSTRY_OF)
    assert len({good.hs_code for good in GOODS}) == len(GOODS) == 16
    assert all(len(good.hs_code) == 10 for good in GOODS)
    assert all((12 <= good.shelf_months <= 24) == good.cold for good in GOODS)
