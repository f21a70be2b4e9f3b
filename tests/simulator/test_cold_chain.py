"""Excursions, breakdowns of cold stores, shelf life."""

from dataclasses import replace

import numpy as np

from simulator import cold_chain
from simulator.feeds import Feeds
from simulator.goods import GOODS
from simulator.names import PILES
from simulator.port import Port
from simulator.simulation import settled
from simulator.world import ColdChain, Dirt, World
from supervision.contract.columns import column
from supervision.contract.fields import LATEST

COUNT, HELD = 300, 10_000
COLD = next(place for place, good in enumerate(GOODS) if good.cold)
DRY = next(place for place, good in enumerate(GOODS) if good.shelf_months == 0)
EXCEPTION = column("custody", "exception")
KIND = column("custody", "kind")


def _port(dials: ColdChain, good: int = COLD, honesty: float = 1.0) -> Port:
    """A port with one parcel for each of some enterprises, made 40 days ago."""
    port = settled(World(enterprises=COUNT, months=12, seed=5, cold_chain=dials))
    clean = replace(Dirt(), duplicates=0.0, corrections=0.0, unit_mistakes=0.0, bad_codes=0.0)
    port.feeds = Feeds(port.names.lateness, clean, LATEST, np.random.default_rng(1))
    port.day = 100
    port.house_honesty[:] = honesty
    port.cold_house_silent[:] = False
    lots = port.lots.add(COUNT, good=good, owner=np.arange(COUNT), quantity=HELD)
    house = np.arange(COUNT) % len(port.house_care)
    port.parcels.add(
        COUNT,
        lot=lots,
        owner=np.arange(COUNT),
        good=good,
        quantity=HELD,
        warehouse=house,
        pile=house * PILES,
        since=90,
        made=60,
    )
    return port


CALM = ColdChain(excursions_monthly=0.0, breakdowns_yearly=0.0)
WARM = replace(CALM, excursions_monthly=30.0, spoils_share=1.0)
BROKEN = replace(CALM, breakdowns_yearly=100.0)


def _kept(port: Port) -> None:
    lot, held, lost = port.parcels.of(port.parcels.numbers, "lot", "quantity", "lost")
    assert (held >= 0).all()
    assert (held + lost == HELD).all()
    assert (port.lots["short"][lot] == lost).all()


def test_an_excursion_that_sensors_see_is_told_with_what_it_spoilt() -> None:
    port = _port(WARM)
    cold_chain.spoil(port)
    _kept(port)
    parcels = port.parcels.numbers
    spoilt = parcels[port.parcels["lost"][parcels] > 0]
    assert len(spoilt) > 20
    custody = port.feeds.drain(LATEST)["custody"]
    rows = custody["exception"] == EXCEPTION.code("temperature_excursion")
    told = dict(
        zip(custody["cargo_code"][rows].tolist(), custody["short_quantity"][rows], strict=True)
    )
    assert told.keys() >= set(port.parcels["lot"][spoilt].tolist())
    assert all(told[int(lot)] == port.lots["short"][lot] for lot in port.parcels["lot"][spoilt])
    warm = custody["reading"][custody["kind"] == KIND.code("sensor")]
    assert len(warm) >= len(spoilt)
    assert (warm > -12_000).all()
    assert (port.parcels["unseen"][spoilt] == 0).all()


def test_where_sensors_are_silent_nothing_is_told_until_the_next_count() -> None:
    port = _port(WARM)
    port.cold_house_silent[:] = True
    cold_chain.spoil(port)
    _kept(port)
    lost, unseen = port.parcels.of(port.parcels.numbers, "lost", "unseen")
    assert lost.sum() > 0
    assert (lost == unseen).all()
    assert not len(port.feeds.drain(LATEST)["custody"]["message_id"])


def test_a_warehouse_that_admits_nothing_still_has_its_sensors() -> None:
    port = _port(WARM, honesty=0.0)
    cold_chain.spoil(port)
    custody = port.feeds.drain(LATEST)["custody"]
    assert len(custody["kind"]) > 0
    assert (custody["kind"] == KIND.code("sensor")).all()


def test_a_breakdown_strikes_every_parcel_of_a_pile_on_one_day() -> None:
    port = _port(BROKEN)
    cold_chain.spoil(port)
    _kept(port)
    lost, pile = port.parcels.of(port.parcels.numbers, "lost", "pile")
    struck = np.unique(pile[lost > 0])
    assert 0 < len(struck) < len(np.unique(pile))
    assert (lost[np.isin(pile, struck)] > 0).all()
    assert (np.isin(pile, struck).sum()) > len(struck)


def test_what_is_past_its_shelf_life_is_destroyed_and_told_of_as_a_matter_of_its_papers() -> None:
    port = _port(CALM)
    old, fresh = port.parcels.live[::3], np.setdiff1d(port.parcels.live, port.parcels.live[::3])
    port.parcels["made"][old] = 100 - 31 * GOODS[COLD].shelf_months
    cold_chain.expire(port)
    _kept(port)
    assert port.parcels.live.tolist() == fresh.tolist()
    custody = port.feeds.drain(LATEST)["custody"]
    assert (custody["exception"] == EXCEPTION.code("document_mismatch")).all()
    assert custody["short_quantity"].tolist() == [HELD] * len(old)


def test_what_keeps_is_never_past_its_shelf_life() -> None:
    port = _port(CALM, DRY)
    port.parcels["made"][port.parcels.live] = -10_000
    cold_chain.expire(port)
    cold_chain.spoil(port)
    assert len(port.parcels.live) == COUNT


def test_goods_spoil_by_the_same_law_when_nobody_is_told() -> None:
    loud, quiet = _port(WARM), _port(WARM)
    quiet.feeds.muted = True
    for port in (loud, quiet):
        for day in range(100, 130):
            port.day = day
            cold_chain.spoil(port)
        _kept(port)
    left = [port.parcels["quantity"][port.parcels.live].sum() for port in (loud, quiet)]
    assert abs(int(left[0]) - int(left[1])) < 0.1 * COUNT * HELD
    assert not len(quiet.feeds.drain(LATEST)["custody"]["message_id"])
