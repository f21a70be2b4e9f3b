from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.goods import GOODS
from simulator.prices import Prices, prices, redrawn
from simulator.scenarios import SCENARIOS, scenario
from simulator.world import World
from supervision.errors import UsageError

CLOCK = Clock(date(2019, 1, 1), 48)
NAMES = [known.name for known in SCENARIOS]


def _drawn(name: str) -> Prices:
    return prices(CLOCK, (), np.random.default_rng(1), scenario(name))


def _day(when: date) -> int:
    return (when - CLOCK.first).days


def test_there_are_five_scenarios_and_the_first_adds_nothing() -> None:
    assert NAMES == ["baseline", "cold-chain-shock", "price-crash", "port-closure", "new-fraud"]
    base = _drawn("baseline")
    assert (base.demand == 1.0).all()
    assert (base.slump == 1.0).all()
    assert not base.closed.any()


def test_an_unknown_scenario_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UsageError, match=r"baseline, cold-chain-shock.*found 'flood'"):
        World(scenario="flood")


def test_in_a_crash_all_prices_fall_in_three_months_and_half_comes_back_in_a_year() -> None:
    share = _drawn("price-crash").spot / _drawn("baseline").spot
    assert share[: _day(date(2021, 7, 1)) + 1] == pytest.approx(1.0)
    bottom = share[_day(date(2021, 9, 30))]
    assert ((bottom >= 0.549) & (bottom <= 0.651)).all()
    assert 1.0 - share[_day(date(2022, 9, 30))] == pytest.approx((1.0 - bottom) / 2, abs=1e-3)


def test_a_crash_lies_in_the_futures_too() -> None:
    today, after = _day(date(2021, 6, 30)), _day(date(2021, 9, 30))
    crash, base = (
        redrawn(_drawn(name), CLOCK, today, np.random.default_rng(3)).spot
        for name in ("price-crash", "baseline")
    )
    assert ((crash[after] / base[after] >= 0.549) & (crash[after] / base[after] <= 0.651)).all()


def test_the_port_is_closed_for_six_weeks() -> None:
    closed = _drawn("port-closure").closed
    assert closed.sum() == 42
    assert closed[_day(date(2021, 8, 9))]
    assert not closed[_day(date(2021, 9, 20))]


def test_two_import_shocks_strike_the_cold_chain_alone_within_a_year() -> None:
    demand = _drawn("cold-chain-shock").demand
    cold = np.array([good.cold for good in GOODS])
    assert (demand[:, ~cold] == 1.0).all()
    struck = (demand[:, cold] < 1.0).all(axis=1)
    begins = np.flatnonzero(np.diff(struck.astype(int)) == 1)
    assert len(begins) == 2
    assert begins[1] - begins[0] < 365


def test_only_one_scenario_has_the_new_fraud_and_all_differ_from_2021_only() -> None:
    assert [name for name in NAMES if scenario(name).new_fraud] == ["new-fraud"]
    assert scenario("new-fraud").new_fraud == date(2021, 7, 1)
    before, base = _day(date(2021, 1, 1)), _drawn("baseline")
    for name in NAMES:
        found = _drawn(name)
        assert (found.spot[:before] == base.spot[:before]).all()
        assert (found.demand[:before] == 1.0).all()


def test_the_days_for_which_the_port_was_closed_are_counted_up_to_the_day_before() -> None:
    found = _drawn("port-closure")
    reopens = _day(date(2021, 9, 20))
    assert found.closed_before(reopens) == 42
    assert found.closed_before(reopens + 1) == 0
    assert found.closed_before(reopens - 1) == 41
    shut = replace(found, closed=np.ones_like(found.closed))
    assert shut.closed_before(5) == 5
