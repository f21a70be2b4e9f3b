from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.declarations import divided, shares
from simulator.futures import branch
from simulator.imports import declare, order, receive
from simulator.issuing import issue, sealed
from simulator.port import NEVER, Port
from simulator.simulation import live, settled
from simulator.table import Ints
from simulator.world import World
from supervision.cargo_code import CargoCode
from supervision.contract.columns import column

DAYS = 120
KIND = column("declaration", "kind")


@pytest.fixture(scope="module")
def lived() -> Port:
    port = settled(World(enterprises=80, months=12, seed=11))
    starts = port.clock.month_days
    for day in range(DAYS):
        port.day = day
        live(port, starts.index(day) if day in starts else None)
    return port


@pytest.fixture
def port(lived: Port) -> Port:
    """A port after some months, of a test's own, where nothing is told or over-valued."""
    own = branch(lived, np.random.default_rng(5), lived.prices)
    own.lots["overstated"][own.lots.live] = 0
    return own


def _ordered(port: Port) -> Ints:
    """Lots that are under way, of living suppliers."""
    lots = port.lots.live
    (received,) = port.lots.of(lots, "received")
    return np.asarray(lots[received == 0], np.int64)


@given(
    st.lists(
        st.tuples(st.integers(1, 10**12), st.lists(st.floats(0.01, 100.0), min_size=1, max_size=9)),
        min_size=1,
        max_size=6,
    )
)
def test_shares_add_up_to_the_whole(parts: list[tuple[int, list[float]]]) -> None:
    total = np.array([whole for whole, _ in parts], np.int64)
    place = np.repeat(np.arange(len(parts)), [len(weights) for _, weights in parts])
    weight = np.concatenate([np.array(weights) for _, weights in parts])
    found = shares(total, weight, place)
    assert (found >= 0).all()
    assert (np.bincount(place, weights=found) == total).all()


def test_the_bills_of_a_lot_add_up_to_it(port: Port) -> None:
    lots = _ordered(port)
    bills = divided(port, lots)
    quantity, cost = port.lots.of(lots, "quantity", "cost")
    count = np.bincount(bills.place)
    assert count.max() > 10
    assert count.min() == 1
    assert (bills.quantity > 0).all()
    assert (bills.value > 0).all()
    assert len(set(bills.number.tolist())) == len(bills.number)
    assert (np.bincount(bills.place, weights=bills.quantity) == quantity).all()
    declared = np.bincount(bills.place, weights=bills.value)
    assert (declared[count > 1] == cost[count > 1]).all()
    alone = declared[count == 1] / cost[count == 1]
    assert 0.5 < np.quantile(alone, [0.01]).item() <= np.median(alone) == pytest.approx(1.0)


def test_an_over_valued_lot_is_declared_at_more_than_it_cost(port: Port) -> None:
    lots = _ordered(port)
    port.lots["overstated"][lots] = 50
    bills = divided(port, lots)
    count = np.bincount(bills.place)
    declared = np.bincount(bills.place, weights=bills.value)
    cost = port.lots["cost"][lots]
    assert (declared[count > 1] == cost[count > 1] * 150 // 100).all()


def test_a_lot_has_one_message_of_receipt_and_a_number_for_each_declaration() -> None:
    port = settled(World(enterprises=60, months=12, seed=3))
    starts = port.clock.month_days
    for day in range(100):
        port.day = day
        live(port, starts.index(day) if day in starts else None)
    blocks = port.feeds.drain(port.clock.midnight(100))
    told = blocks["declaration"]
    declared = told["kind"] == KIND.code("declared")
    numbers = Counter(told["number"][declared].tolist())
    # A message that was recorded twice, or corrected, names its number again.
    assert np.mean([times > 1 for times in numbers.values()]) < 0.03
    others = set(told["number"][~declared & (told["kind"] >= 0)].tolist())
    assert len(others - set(numbers)) < 0.2 * len(others)
    custody = blocks["custody"]
    received = custody["kind"] == column("custody", "kind").code("received")
    lots = Counter(custody["cargo_code"][received].tolist())
    assert np.mean([times > 1 for times in lots.values()]) < 0.03
    assert len(numbers) > 2 * len(lots)


def test_what_a_failed_supplier_did_not_ship_never_comes(port: Port) -> None:
    lots = _ordered(port)
    ships, supplier = port.lots.of(lots, "ships", "supplier")
    later = lots[ships > port.day]
    (gone,) = port.lots.of(later[:1], "supplier")
    known = port.suppliers.failed_day[gone].copy()
    assert (known == NEVER).all()
    cash = port.books.cash.copy()
    port.suppliers.failed_day[gone] = port.day
    declare(port)
    port.suppliers.failed_day[gone] = known
    under_way = set(port.lots.live.tolist())
    for lot, day, whose in zip(lots.tolist(), ships.tolist(), supplier.tolist(), strict=True):
        if whose == gone[0] and day >= port.day:
            assert lot not in under_way
        elif day > port.day:
            assert lot in under_way
    assert (port.books.cash == cash).all()


def test_nothing_is_declared_or_received_while_the_port_is_closed(port: Port) -> None:
    open_, port.day = port.prices, port.day + 30
    closed = open_.closed.copy()
    closed[port.day] = True
    port.prices = replace(open_, closed=closed)
    waiting, parcels, number = _ordered(port), port.parcels.size, port.declarations
    assert (port.lots["eta"][waiting] <= port.day).any()
    declare(port)
    receive(port)
    assert (port.lots["received"][waiting] == 0).all()
    assert (port.parcels.size, port.declarations) == (parcels, number)
    port.day, port.prices = port.day + 1, open_
    declare(port)
    receive(port)
    assert port.declarations > number
    assert port.parcels.size > parcels
    late = waiting[port.lots["eta"][waiting] <= port.day - 1]
    assert (port.lots["received"][late] > port.day).all()


def test_nobody_orders_while_asleep(port: Port) -> None:
    spells = port.who.spells
    every = replace(spells, days=spells.every)
    port.who, awake = replace(port.who, spells=every), port.who
    before = port.lots.size
    order(port, port.position())
    assert port.lots.size == before
    port.who = awake


def test_codes_issued_together_are_those_issued_one_by_one(port: Port) -> None:
    lots = _ordered(port)
    issue(port, lots)
    for text in port.codes.texts(lots.tolist()):
        code = CargoCode.parse(text)
        parts = (code.owner, code.commodity, code.batch, code.origin, code.transit)
        assert str(CargoCode.issue(*parts, port.key)) == text
    assert len(set(port.codes.texts(lots.tolist()))) == len(lots) > 20
    assert sealed([], port.key) == []
