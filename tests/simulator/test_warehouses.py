"""What warehouses count, find and admit."""

import numpy as np
import pytest

from simulator import warehouses
from simulator.feeds import Block
from simulator.names import PILES
from simulator.port import Port
from simulator.simulation import settled
from simulator.world import World
from supervision.contract.columns import column
from supervision.contract.fields import LATEST

COUNT, HELD = 400, 10_000


@pytest.fixture
def port() -> Port:
    """A port with one parcel for each of some enterprises, all due to be counted."""
    port = settled(World(enterprises=COUNT, months=12, seed=3))
    port.day = 100
    lots = port.lots.add(COUNT, good=0, owner=np.arange(COUNT), quantity=HELD)
    house = np.arange(COUNT) % len(port.house_care)
    port.parcels.add(
        COUNT,
        lot=lots,
        owner=np.arange(COUNT),
        quantity=HELD,
        lot_quantity=HELD,
        warehouse=house,
        pile=house * PILES,
        since=90,
        made=60,
        next_count=100,
        next_reading=1_000,
    )
    return port


def told(port: Port, kind: str) -> Block:
    custody = port.feeds.drain(LATEST)["custody"]
    rows = (custody["kind"] == column("custody", "kind").code(kind)) & (custody["_fault"] == 0)
    return {name: values[rows] for name, values in custody.items()}


def test_pledged_stock_is_counted_weekly(port: Port) -> None:
    parcels = port.parcels.live
    port.parcels["pledged"][parcels] = HELD // 2
    warehouses.watch(port)
    wait = port.parcels["next_count"][parcels] - port.day
    assert 6 <= np.median(wait) <= 8
    assert len(np.unique(told(port, "counted")["cargo_code"])) == COUNT


def test_who_admits_everything_tells_at_the_next_count_what_was_lost(port: Port) -> None:
    port.house_honesty[:] = 1.0
    parcels = port.parcels.live
    warehouses.lose(port, parcels, np.full(COUNT, 700))
    warehouses.watch(port)
    found = told(port, "exception")
    mismatch = column("custody", "exception").code("count_mismatch")
    assert (port.parcels["unseen"][parcels] == 0).all()
    rows = found["exception"] == mismatch
    assert len(np.unique(found["cargo_code"][rows])) == COUNT
    assert (found["short_quantity"][rows] >= 700).all()


def test_who_admits_nothing_states_what_ought_to_be_there(port: Port) -> None:
    port.house_honesty[:] = 0.0
    parcels = port.parcels.live
    warehouses.lose(port, parcels, np.full(COUNT, 700))
    warehouses.watch(port)
    blocks = port.feeds.drain(LATEST)["custody"]
    kinds = column("custody", "kind")
    counted = (blocks["kind"] == kinds.code("counted")) & (blocks["_fault"] == 0)
    assert (blocks["quantity"][counted] == HELD).all()
    assert not (blocks["kind"] == kinds.code("exception")).any()
    assert (port.parcels["unseen"][parcels] >= 700).all()


def test_what_is_lost_is_kept_account_of_and_nothing_falls_below_zero(port: Port) -> None:
    parcels = port.parcels.live
    warehouses.lose(port, parcels, np.where(parcels % 2 == 0, HELD, 250))
    lot, held, lost = port.parcels.of(parcels, "lot", "quantity", "lost")
    assert (held + port.lots["short"][lot] == HELD).all()
    assert (lost == port.lots["short"][lot]).all()
    assert len(port.parcels.live) == COUNT // 2


def test_the_same_is_lost_whether_or_not_anybody_is_told(port: Port) -> None:
    port.feeds.muted = True
    for day in range(100, 160):
        port.day = day
        warehouses.watch(port)
    assert not len(port.feeds.drain(LATEST)["custody"]["message_id"])
    assert port.parcels["lost"][port.parcels.live].sum() > 0
    assert (port.parcels["next_count"][port.parcels.live] > 150).all()


def test_the_truth_of_providers_names_every_warehouse_with_its_honesty(port: Port) -> None:
    found = warehouses.told(port)
    honesty = np.asarray(found["honesty"])
    assert np.isfinite(honesty).sum() == len(port.house_care)
    assert len(honesty) == len(port.names.providers)
