"""What each scenario claims is seen in the streams and the truth of a small world."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.clock import DAY, Clock
from simulator.frauds.dials import Frauds
from simulator.goods import GOODS
from simulator.scenarios import SCENARIOS, scenario
from simulator.simulation import simulate
from simulator.world import World

MONTHS = 24
CLOCK = Clock(date(2021, 1, 1), MONTHS)
NAMES = [known.name for known in SCENARIOS]
WILLING = Frauds(carousels_per_thousand=200.0, carousel_yearly=60.0)
"""So many who would, that even a small world sees the new pattern of fraud."""
COLD = [good.hs_code for good in GOODS if good.cold]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("scenarios")
    for name in NAMES:
        world = World(enterprises=40, months=MONTHS, seed=3, scenario=name, frauds=WILLING)
        simulate(world, folder / name)
    return {name: folder / name for name in NAMES}


def _midnight(when: date) -> int:
    return CLOCK.midnight((when - CLOCK.first).days)


def _columns(folder: Path, stream: str, *names: str) -> list[np.ndarray]:
    table = pq.read_table(folder / f"{stream}.parquet", columns=list(names))
    return [table[name].to_numpy(zero_copy_only=False) for name in names]


def _within(at: np.ndarray, first: date, last: date) -> np.ndarray:
    """Whether moments lie between two days, both counted."""
    return (at >= _midnight(first)) & (at < _midnight(last + timedelta(days=1)))


def _price(folder: Path, when: date) -> dict[str, float]:
    """What each good cost on a day, as the price feed told it."""
    kind, code, price, at = _columns(
        folder, "valuation", "kind", "hs_code", "unit_price", "occurred_at"
    )
    rows = (kind == "market_price") & _within(at, when, when)
    return {good.hs_code: float(np.median(price[rows & (code == good.hs_code)])) for good in GOODS}


def _kinds(folder: Path, stream: str, first: date, last: date) -> Counter[Any]:
    """How often each kind of fact happened between two days."""
    kind, at = _columns(folder, stream, "kind", "occurred_at")
    return Counter(kind[_within(at, first, last)].tolist())


def _inspected(folder: Path, cold: bool) -> float:
    """Share of declarations that are inspected while the scenario's shocks last."""
    kind, code, at, lot = _columns(
        folder, "declaration", "kind", "hs_code", "occurred_at", "cargo_code"
    )
    declared = (kind == "declared") & (np.isin(code, COLD) == cold)
    struck = np.zeros(len(at), np.bool_)
    for shock in scenario("cold-chain-shock").shocks:
        struck |= _within(at, shock.first, shock.last)
    inspected = (kind == "inspected") & np.isin(lot, lot[declared])
    return float((inspected & struck).sum() / (declared & struck).sum())


@pytest.mark.parametrize("name", NAMES)
def test_a_world_says_which_scenario_it_was(worlds: dict[str, Path], name: str) -> None:
    facts = json.loads((worlds[name] / "world.json").read_text(encoding="utf-8"))
    assert facts["scenario"] == facts["parameters"]["scenario"] == name
    assert all(facts["messages"][stream] > 0 for stream in ("custody", "title", "declaration"))


def test_until_its_scenario_begins_a_world_is_the_baseline(worlds: dict[str, Path]) -> None:
    begins = {
        "cold-chain-shock": date(2021, 3, 15),
        "price-crash": date(2021, 7, 1),
        "port-closure": date(2021, 8, 9),
        "new-fraud": date(2021, 7, 1),
    }
    for name, first in begins.items():
        last = first - timedelta(days=1)
        for stream, kind in (("declaration", "declared"), ("title", "transferred")):
            found, base = (
                _kinds(worlds[which], stream, CLOCK.first, last)[kind]
                for which in (name, "baseline")
            )
            # Some messages are told twice or with a wrong day: which, is drawn anew in each world.
            assert found == pytest.approx(base, rel=0.03)


def test_in_a_crash_the_prices_that_are_told_fall(worlds: dict[str, Path]) -> None:
    slump = scenario("price-crash").slump
    assert slump is not None
    for good in GOODS:
        share = {
            when: _price(worlds["price-crash"], when)[good.hs_code]
            / _price(worlds["baseline"], when)[good.hs_code]
            for when in (date(2021, 6, 15), slump.bottom)
        }
        assert share[date(2021, 6, 15)] == pytest.approx(1.0, rel=1e-6)
        assert share[slump.bottom] == pytest.approx(1.0 - dict(slump.depth)[good.family], rel=1e-4)


def test_while_the_port_is_closed_nothing_is_declared_received_or_released(
    worlds: dict[str, Path],
) -> None:
    ((first, last),) = scenario("port-closure").closures
    for stream, kinds in (
        ("declaration", ["declared"]),
        ("custody", ["received", "released"]),
        ("title", ["transferred"]),
    ):
        for kind in kinds:
            assert _kinds(worlds["port-closure"], stream, first, last)[kind] == 0
            assert _kinds(worlds["baseline"], stream, first, last)[kind] > 20
    # What lies in the port is looked after.
    assert _kinds(worlds["port-closure"], "custody", first, last)["counted"] > 20
    # Then the cargo of six weeks comes at once.
    week = (last + timedelta(days=1), last + timedelta(days=3))
    held, usual = (
        _kinds(worlds[n], "declaration", *week)["declared"] for n in ("port-closure", "baseline")
    )
    assert held > 3 * usual


def test_the_cold_chain_is_inspected_more_and_orders_less(worlds: dict[str, Path]) -> None:
    shock, base = worlds["cold-chain-shock"], worlds["baseline"]
    factor = scenario("cold-chain-shock").shocks[0].inspection
    assert _inspected(shock, True) / _inspected(base, True) == pytest.approx(factor, rel=0.4)
    assert _inspected(shock, False) / _inspected(base, False) == pytest.approx(1.0, rel=0.4)
    (second, until) = (date(2021, 5, 1), date(2022, 3, 31))
    sold = []
    for folder in (shock, base):
        kind, code, at = _columns(folder, "declaration", "kind", "hs_code", "occurred_at")
        rows = (kind == "declared") & np.isin(code, COLD) & _within(at, second, until)
        sold.append(int(rows.sum()))
    assert sold[0] < 0.9 * sold[1]


def test_the_new_fraud_occurs_in_its_scenario_alone_and_from_its_day(
    worlds: dict[str, Path],
) -> None:
    first = scenario("new-fraud").new_fraud
    assert first is not None
    for name in NAMES:
        found = pq.read_table(worlds[name] / "truth" / "frauds.parquet").to_pylist()
        days = [row["first_at"] for row in found if row["pattern"] == "pledge_carousel"]
        assert (len(days) > 0) == (name == "new-fraud")
        assert all(_midnight(first) <= at < _midnight(date(2022, 12, 31)) + DAY for at in days)
