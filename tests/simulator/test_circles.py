"""Related traders: who learns of their ties, and when a lot may go round."""

import numpy as np
import pytest

from simulator.frauds import circles
from simulator.frauds.schemes import Circle
from simulator.port import Port
from simulator.simulation import settled
from simulator.world import World
from supervision.contract.fields import LATEST


@pytest.fixture
def port() -> Port:
    """Four enterprises that trade; the second has a parcel."""
    port = settled(World(enterprises=4, months=12, seed=1))
    port.state.trading[:] = True
    lot = port.lots.add(1, owner=1, quantity=900)
    port.parcels.add(1, lot=lot, owner=1, quantity=900, lot_quantity=900, order=-1)
    return port


def test_the_registry_learns_of_some_rings_only(port: Port) -> None:
    circles.form(port, Circle([1, 2, 3], told=False))
    assert not len(port.feeds.drain(LATEST)["enterprise"]["kind"])
    circles.form(port, Circle([1, 2, 3], told=True))
    told = port.feeds.drain(LATEST)["enterprise"]
    ties = set(zip(told["enterprise_id"].tolist(), told["party"].tolist(), strict=True))
    assert {(1, 2), (2, 3), (3, 1)} <= ties


def test_a_lot_goes_to_the_next_only_while_it_is_free_and_that_one_trades(port: Port) -> None:
    parcel = port.parcels.live
    ring = Circle([1, 2, 3], told=True, parcel=int(parcel[0]))
    assert circles.goods(port, ring).tolist() == parcel.tolist()
    port.parcels["pledged"][parcel] = 100
    assert not len(circles.goods(port, ring))
    port.parcels["pledged"][parcel] = 0
    port.state.trading[2] = False
    assert not len(circles.goods(port, ring))
    port.state.trading[2] = True
    assert not len(circles.goods(port, Circle([2, 1], told=True, parcel=int(parcel[0]))))
    assert np.array_equal(circles.goods(port, ring), parcel)
