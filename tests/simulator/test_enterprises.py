import numpy as np
import pytest

from simulator.activity import Activity, bill_counts, season
from simulator.enterprises import Enterprises
from simulator.goods import GOODS
from simulator.names import SUPPLIERS_A_GOOD
from simulator.simulation import settled
from simulator.world import World


@pytest.fixture(scope="module")
def who() -> Enterprises:
    return settled(World(enterprises=3_000, months=24, seed=2)).who


def test_size_has_a_heavy_tail_that_bills_and_turnover_share(who: Enterprises) -> None:
    turnover = np.quantile(who.turnover, [0.5, 0.95])
    assert 4.0 < turnover[1] / turnover[0] < 8.0
    bills = np.quantile(who.bills, [0.5, 0.95])
    assert 6.0 < bills[1] / bills[0] < 14.0
    logs = np.log(np.stack((who.turnover, who.bills)))
    assert 0.4 < np.corrcoef(logs)[0, 1] < 0.9
    assert who.lots_a_month.max() <= Activity().most_lots
    assert (who.turnover > 0).all()
    assert (who.equity > who.turnover // 2).all()


def test_capital_and_costs_grow_with_turnover(who: Enterprises) -> None:
    months = who.equity / who.turnover
    small = who.turnover < np.median(who.turnover)
    assert abs(np.median(months[small]) / np.median(months[~small]) - 1.0) < 0.1
    assert (who.fixed_costs < 0.1 * who.turnover).all()


def test_everybody_has_goods_and_suppliers_of_them(who: Enterprises) -> None:
    assert (who.goods[:, 0] >= 0).all()
    assert who.good_weights.sum(axis=1) == pytest.approx(1.0)
    assert who.suppliers.min() >= 0
    assert who.suppliers.max() < SUPPLIERS_A_GOOD
    vietnam = [country for country, _ in GOODS[0].origins].index("VN")
    of_shrimp = who.suppliers[who.goods[:, 0] == 0, 0] % len(GOODS[0].origins)
    assert (of_shrimp == vietnam).mean() > 0.5


def test_the_least_active_sleep_most(who: Enterprises) -> None:
    asleep = np.mean([~who.spells.awake(day) for day in range(0, 700, 7)], axis=0)
    assert 0.01 < asleep.mean() < 0.12
    busy = who.lots_a_month > np.median(who.lots_a_month)
    assert asleep[~busy].mean() > asleep[busy].mean()


def test_seasons_are_mild_and_even_out() -> None:
    year = np.array([season(day) for day in range(1, 366)])
    assert year.mean(axis=0) == pytest.approx(1.0, abs=0.01)
    assert year.min() > 0.7
    assert year.max() < 1.3
    assert np.ptp(year, axis=0).min() > 0.1


def test_a_lot_has_one_bill_or_more_and_none_without_cargo() -> None:
    rng = np.random.default_rng(0)
    usual = np.full(500, 40.0)
    small = bill_counts(Activity(), usual, np.full(500, 500), rng)
    assert (small == 1).all()
    large = bill_counts(Activity(), usual, np.full(500, 10**7), rng)
    assert large.min() >= 1
    assert large.max() <= Activity().most_bills
    assert 30 < large.mean() < 50
