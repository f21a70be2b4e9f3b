from dataclasses import replace

import numpy as np
import pytest

from simulator import partners
from simulator.books import Account, PartnerAccount
from simulator.counterparty import Partners, Partnership, customer_count, customer_goods
from simulator.goods import GOODS
from simulator.names import SUPPLIERS_A_GOOD
from simulator.port import NEVER, Port
from simulator.simulation import live, settled
from simulator.world import World
from supervision.credit_code import is_credit_code

QUIET = Partnership(
    customer=replace(Partnership().customer, margin_health=0.0, mishaps_yearly=0.0),
    supplier=replace(Partnership().supplier, margin_health=0.0, mishaps_yearly=0.0),
    resale_health=0.0,
)


def _port(terms: Partnership = QUIET) -> Port:
    return settled(World(enterprises=40, months=12, seed=1, partnership=terms))


def _ruin(who: Partners, rows: list[int], arrears: int = 10**15) -> None:
    """Arrears that nobody ever earns back."""
    who.arrears[rows] = arrears


def test_customers_are_few_enough_to_be_shared_and_are_named_like_enterprises() -> None:
    assert customer_count(10) == 60
    assert customer_count(2_000) == 600
    port = _port()
    first = port.names.buyers_at
    codes = port.names.parties[first : first + port.names.buyers]
    assert all(is_credit_code(code) for code in codes)
    assert len(set(port.names.parties)) == len(port.names.parties)
    assert len(port.customers.good) == port.names.buyers == 60


def test_customers_deal_in_every_good_as_often_as_the_port_does() -> None:
    goods = customer_goods(6_000)
    weights = np.array([good.weight for good in GOODS])
    found = np.bincount(goods, minlength=len(GOODS)) / len(goods)
    assert found == pytest.approx(weights / weights.sum(), abs=0.01)


def test_most_enterprises_hang_on_their_first_customer() -> None:
    who = settled(World(enterprises=300, months=1, seed=1)).who
    largest = who.buyer_weights.max(axis=1)
    assert ((largest >= 0.35) & (largest <= 0.6)).mean() > 0.6
    assert who.buyer_weights.sum(axis=1) == pytest.approx(1.0)
    shared = np.bincount(who.buyers[:, 0], minlength=90)
    assert (shared > 1).sum() > 50


def test_a_failed_supplier_is_followed_by_the_next_living_one_of_its_good() -> None:
    who = _port().suppliers
    first = 2 * SUPPLIERS_A_GOOD
    last = first + SUPPLIERS_A_GOOD - 1
    who.failed_day[[first, first + 1, last]] = 5
    asked = np.array([first, first + 1, first + 2, last, last - 1])
    expected = [first + 2, first + 2, first + 2, first + 2, last - 1]
    assert partners.living(who, asked).tolist() == expected


def test_where_all_suppliers_of_a_good_failed_the_search_ends() -> None:
    who = _port().suppliers
    who.failed_day[:SUPPLIERS_A_GOOD] = 5
    assert partners.living(who, np.array([3])).tolist() == [3]


def test_without_misfortune_nobody_fails() -> None:
    port = _port()
    for day in range(200):
        port.day = day
        partners.earn(port)
    assert (port.suppliers.failed_day == NEVER).all()
    assert (port.customers.short_since == NEVER).all()


def test_whoever_leaves_something_unpaid_for_more_than_ninety_days_fails_then() -> None:
    port = _port()
    _ruin(port.suppliers, [3, 7])
    for day in range(95):
        port.day = day
        partners.earn(port)
        if day == 90:
            assert (port.suppliers.failed_day == NEVER).all()
    assert np.flatnonzero(port.suppliers.failed_day == 91).tolist() == [3, 7]
    assert (port.suppliers.failed_day != NEVER).sum() == 2
    assert (port.suppliers.books.cash[[3, 7]] == 0).all()


def test_arrears_that_are_paid_in_time_are_forgotten() -> None:
    port = _port()
    port.suppliers.arrears[5] = port.suppliers.books.cash[5] + 1000
    for day in range(120):
        port.day = day
        partners.earn(port)
    assert port.suppliers.failed_day[5] == NEVER
    assert port.suppliers.short_since[5] == NEVER


def test_what_a_customer_bought_is_turned_into_cash_at_a_margin() -> None:
    port = _port()
    who, bought = port.customers, 10**9
    who.turnover[:] = 0
    who.stock[:] = bought
    before = who.books.cash.copy()
    prices = port.prices.spot
    prices[:] = prices[0]
    port.prices.demand[:] = 1.0
    for day in range(300):
        port.day = day
        partners.earn(port)
    assert (who.stock < bought // 10_000).all()
    assert (who.books.cash - before) / bought == pytest.approx(1.05, abs=0.001)


def test_owners_take_out_only_what_stands_above_their_target() -> None:
    port = _port()
    who = port.suppliers
    rich = who.books.cash > who.target
    before = who.books.cash.copy()
    partners.owners_take(port)
    assert rich.any()
    assert (who.books.cash[rich] < before[rich]).all()
    assert (who.books.cash[rich] >= who.target[rich]).all()
    assert (who.books.cash[~rich] == before[~rich]).all()


def test_what_enterprises_have_from_customers_is_what_these_paid() -> None:
    port = _port(Partnership())
    starts = port.clock.month_days
    for month in range(6):
        for day in range(starts[month], starts[month + 1]):
            port.day = day
            live(port, month if day == starts[month] else None)
        assert partners.difference(port) == 0
    sold = port.books.total(Account.CUSTOMERS)
    assert sold == -port.customers.books.total(PartnerAccount.SELLERS) > 0
    port.customers.books.receive_each(PartnerAccount.SELLERS, np.ones(60, np.int64))
    assert partners.difference(port) == 60


def test_the_truth_tells_who_failed_when() -> None:
    port = _port()
    port.customers.failed_day[4] = 10
    told = partners.told(port)
    assert told["party"][:60] == port.names.parties[port.names.buyers_at :][:60]  # type: ignore[index]
    failed = told["failed_at"].to_pylist()  # type: ignore[attr-defined]
    assert failed[4] == port.clock.midnight(10)
    assert sum(at is not None for at in failed) == 1
