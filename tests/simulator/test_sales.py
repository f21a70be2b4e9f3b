import numpy as np
import pytest

from simulator import sales
from simulator.books import PartnerAccount
from simulator.port import NEVER, Debt, Port
from simulator.simulation import live, settled
from simulator.table import Ints
from simulator.world import World

DAY = 200


@pytest.fixture
def port() -> Port:
    """A port half a year old, with nothing sold that is not paid."""
    port = settled(World(enterprises=40, months=12, seed=2))
    starts = port.clock.month_days
    for day in range(DAY):
        port.day = day
        live(port, starts.index(day) if day in starts else None)
    port.sales.close(port.sales.live)
    port.day = DAY
    port.feeds.drain(port.clock.midnight(DAY))
    return port


def _sold(port: Port, customer: int, price: list[int], due: list[int]) -> Ints:
    return port.sales.add(
        len(price),
        seller=np.arange(len(price)),
        buyer=port.names.buyers_at + customer,
        lot=0,
        price=np.array(price),
        due=np.array(due),
        pays=np.array(due),
        in_storage=0,
        buyer_place=0,
    )


def _purse(port: Port, customer: int, fen: int) -> None:
    cash = port.customers.books.cash[customer]
    port.customers.books.pay(PartnerAccount.OWNERS, np.array([customer]), np.array([cash - fen]))


def test_a_customer_pays_in_order_of_due_days_as_far_as_its_cash_goes(port: Port) -> None:
    rows = _sold(port, 7, [500, 300, 400], [DAY - 3, DAY - 9, DAY - 1])
    _purse(port, 7, 850)
    before = port.books.cash[:3].copy()
    sales.collect(port)
    assert port.sales.live.tolist() == [rows[2]]
    assert (port.books.cash[:3] - before).tolist() == [500, 300, 0]
    assert port.customers.books.cash[7] == 50
    assert port.customers.overdue[7] == 1


def test_nobody_pays_before_it_means_to(port: Port) -> None:
    _sold(port, 7, [500], [DAY + 1])
    _purse(port, 7, 850)
    sales.collect(port)
    assert len(port.sales.live) == 1
    assert port.customers.overdue[7] == 0


def test_a_customer_ninety_one_days_late_fails_and_its_sellers_lose_the_rest(port: Port) -> None:
    _sold(port, 7, [500], [DAY - 90])
    _sold(port, 9, [800], [DAY - 91])
    _purse(port, 7, 0)
    _purse(port, 9, 0)
    sales.collect(port)
    port.state.lost_demand[:] = 0.0
    sales.fail_customers(port)
    assert np.flatnonzero(port.customers.failed_day == DAY).tolist() == [9]
    assert port.sales["buyer"][port.sales.live].tolist() == [port.names.buyers_at + 7]
    hung = (port.who.buyers == 9).any(axis=1) & (
        (port.who.buyers == 9) * port.who.buyer_weights > 0
    ).any(axis=1)
    assert hung.any()
    assert ((port.state.lost_demand > 0) == hung).all()
    told = port.feeds.drain(port.clock.midnight(port.clock.days))["outcome"]
    court = told["enterprise_id"] == port.names.buyers_at + 9
    assert court.any()
    assert (told["amount"][court] == 800).all()


def test_nobody_sells_to_a_customer_that_failed_or_is_far_behind(port: Port) -> None:
    who = port.who
    seller = np.repeat(np.arange(40), 50)
    first, second = who.buyers[0, 0], who.buyers[1, 0]
    port.customers.failed_day[first] = 1
    port.customers.overdue[second] = port.world.partnership.cut_off_days + 1
    place, buyer = sales._customer(port, seller, who.goods[seller, 0])
    assert not np.isin(buyer, [first, second]).any()
    own = place >= 0
    assert (who.buyers[seller[own], place[own]] == buyer[own]).all()
    port.customers.failed_day[who.buyers[2]] = 1
    place, buyer = sales._customer(port, np.array([2]), who.goods[[2], 0])
    assert place.tolist() == [-1]
    assert port.customers.failed_day[buyer[0]] == NEVER
    port.customers.failed_day[:] = 1
    assert sales._customer(port, np.array([2]), who.goods[[2], 0])[1].tolist() == [-1]


def test_nothing_is_sold_while_the_port_is_closed(port: Port) -> None:
    size, stock = port.sales.size, port.parcels["quantity"][port.parcels.live]
    port.prices.closed[DAY] = True
    sales.sell(port, port.position())
    assert port.sales.size == size
    assert (port.parcels["quantity"][port.parcels.live] == stock).all()
    port.prices.closed[DAY] = False
    sales.sell(port, port.position())
    assert port.sales.size > size


def test_frozen_goods_near_the_end_of_their_shelf_life_are_sold_first_and_cheaply(
    port: Port,
) -> None:
    lots = port.lots.add(2, good=0, owner=3, quantity=10_000)
    rows = port.parcels.add(
        2,
        lot=lots,
        owner=3,
        good=0,
        quantity=10_000,
        lot_quantity=10_000,
        since=np.array([5, 50]),
        made=np.array([DAY - 100, DAY - 500]),
        order=-1,
    )
    assert sales.near_end(port, rows).tolist() == [False, True]
    others = port.parcels.live[port.parcels["owner"][port.parcels.live] == 3]
    port.parcels.close(others[others < rows[0]])
    port.state.trading[3] = True
    port.state.lost_demand[:] = port.state.distress[:] = 0.0
    while port.parcels["quantity"][rows].sum() == 20_000:
        sales.sell(port, port.position())
    assert port.parcels["quantity"][rows].argmin() == 1
    mine = port.sales.live[port.sales["lot"][port.sales.live] == lots[1]]
    sold = 10_000 - port.parcels["quantity"][rows[1]]
    per_ton = port.sales["price"][mine].sum() * 1000 / sold
    assert 0.5 < per_ton / port.spot[0] < 0.75


def test_what_an_ended_enterprise_never_paid_to_another_is_written_off(port: Port) -> None:
    sale = port.sales.add(1, seller=1, buyer=5, lot=0, price=700, due=DAY, pays=NEVER, in_storage=1)
    port.debts.add(1, owner=5, amount=700, due=DAY, kind=Debt.TRADE, ref=sale)
    port.state.trading[5] = True
    sales.collect(port)
    assert sale[0] in port.sales.live
    port.state.trading[5] = False
    sales.collect(port)
    assert sale[0] not in port.sales.live


def test_the_busiest_sell_several_parts_a_day(port: Port) -> None:
    port.state.health[:] = 12.0
    assert sales.demand(port).max() == port.world.trade.parts_a_day
    rows = port.parcels.live
    size = port.sales.size
    sales.sell(port, port.position())
    new = np.arange(size, port.sales.size)
    sellers = port.sales["seller"][new]
    most = np.bincount(sellers, minlength=40)
    assert most.max() > 1
    held = np.bincount(port.parcels["owner"][rows], minlength=40)
    assert (most <= np.minimum(held, port.world.trade.parts_a_day)).all()
