"""Pledges: parts that are released, and what enforcement brings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.goods import GOODS
from simulator.lending import grant_standard, lend, pledge
from simulator.pledges import enforce, release, request_release
from simulator.port import Port
from simulator.simulation import settled
from simulator.world import World
from supervision.contract.columns import column

_GOOD = 3


def _port(held: int, covered: list[int]) -> Port:
    """One enterprise that has pledged one parcel again and again."""
    port = settled(World(enterprises=1, months=3, seed=1))
    port.state.trading[:] = True
    grant_standard(port, np.array([0]))
    lot = port.lots.add(1, good=_GOOD, owner=0, quantity=held)
    parcel = port.parcels.add(1, lot=lot, good=_GOOD, owner=0, quantity=held, order=-1)
    count = len(covered)
    facility = np.repeat(port.facilities.live, count)
    receipts = pledge(
        port, facility, np.repeat(parcel, count), np.array(covered), np.full(count, 7_000)
    )
    port.receipts["parts"][receipts] = 3
    lend(port, facility, np.full(count, 7_000), np.full(count, 3), receipts)
    return port


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=4))
def test_no_more_is_sold_than_is_there_however_often_it_was_pledged(
    held: int, covered: list[int]
) -> None:
    port = _port(held, covered)
    before = int(port.books.cash[0])
    proceeds = enforce(port, port.receipts.live, np.full(len(covered), 0.25))
    left = int(port.parcels["quantity"][np.array([0])][0])
    assert left == max(held - sum(covered), 0)
    assert port.parcels["pledged"][np.array([0])][0] == 0
    assert proceeds.sum() <= (held - left) * port.spot[_GOOD] / 1000 * 0.75
    assert port.books.cash[0] - before == proceeds.sum()
    assert len(port.receipts.live) == 0
    assert port.books.difference() == 0


def test_in_a_future_the_same_is_sold_and_nobody_is_told() -> None:
    loud, muted = _port(1_000, [600, 300]), _port(1_000, [600, 300])
    muted.feeds.muted = True
    discount = np.array([0.25, 0.25])
    brought = [enforce(port, port.receipts.live, discount).tolist() for port in (loud, muted)]
    assert brought[0] == brought[1]
    until = loud.clock.midnight(loud.day + 60)
    assert len(loud.feeds.drain(until)["pledge"]["kind"]) > 0
    told = muted.feeds.drain(until)["pledge"]["kind"]
    assert column("pledge", "kind").code("enforced") not in told.tolist()


def test_the_parts_of_a_receipt_are_freed_the_morning_after() -> None:
    port = _port(1_000, [600])
    receipt = port.receipts.live
    request_release(port, np.repeat(receipt, 2))
    assert port.parcels["pledged"][np.array([0])][0] == 600
    port.day += 1
    release(port)
    assert port.parcels["pledged"][np.array([0])][0] == 200
    request_release(port, receipt)
    port.day += 1
    release(port)
    assert port.parcels["pledged"][np.array([0])][0] == 0
    assert len(port.receipts.live) == 0


def test_dearer_goods_bring_more() -> None:
    port = _port(1_000, [600])
    worth = 600 * int(port.spot[_GOOD]) // 1000
    found = enforce(port, port.receipts.live, np.array([0.5]))
    assert found[0] == pytest.approx(worth / 2, abs=1)
    assert GOODS[_GOOD].ltv < 1.0
