from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator import writer
from simulator.clock import DAY, HOUR
from simulator.dirt import Fault, spoilt
from simulator.feeds import Feeds
from simulator.names import Lateness
from simulator.outages import Outages
from simulator.simulation import live, settled, simulate
from simulator.world import Dirt, World
from simulator.writer import Writer
from supervision.arrays import MISSING
from supervision.cargo_code import CargoCode, CargoCodeError
from supervision.contract.columns import columns
from supervision.contract.fields import LATEST

COUNT = 4_000
CLEAN = Dirt(0.0, 0.0, 0.0, 0.0, 0.0)


def _block() -> dict[str, np.ndarray]:
    names = [c.name for c in columns("custody")]
    block = {name: np.full(COUNT, MISSING, np.int64) for name in names}
    block["message_id"] = np.arange(1, COUNT + 1)
    block["provider_id"] = np.arange(COUNT) % 3
    block["occurred_at"] = 10**15 + np.arange(COUNT) * DAY // 100
    block["recorded_at"] = block["occurred_at"] + DAY
    block["_arrival"] = block["recorded_at"].copy()
    block["_fault"] = np.zeros(COUNT, np.int64)
    for name in ("kind", "cargo_code", "enterprise_id", "warehouse", "unit"):
        block[name] = np.zeros(COUNT, np.int64)
    block["quantity"] = np.arange(COUNT) + 100
    return block


def _spoilt(dirt: Dirt) -> dict[str, np.ndarray]:
    return spoilt("custody", _block(), dirt, COUNT + 1, np.random.default_rng(3))[0]


def test_without_dirt_a_block_stays_as_it_was() -> None:
    before, after = _block(), _spoilt(CLEAN)
    assert all((before[name] == after[name]).all() for name in before)


def test_a_duplicate_is_the_same_row_again_and_arrives_later() -> None:
    after = _spoilt(Dirt(0.1, 0.0, 0.0, 0.0, 0.0))
    extra = slice(COUNT, None)
    assert 0.07 * COUNT < len(after["message_id"][extra]) < 0.13 * COUNT
    original = after["message_id"][extra] - 1
    for name in after:
        if name != "_arrival":
            assert (after[name][extra] == after[name][original]).all()
    assert (after["_arrival"][extra] > after["_arrival"][original]).all()


def test_a_correction_is_a_reversal_by_the_same_provider_and_then_the_right_fact() -> None:
    truth, after = _block(), _spoilt(Dirt(0.0, 0.1, 0.0, 0.0, 0.0))
    reversals = np.flatnonzero(after["reverses"] != MISSING)
    assert 0.07 * COUNT < len(reversals) < 0.13 * COUNT
    wrong = after["reverses"][reversals] - 1
    restated = reversals + len(reversals)
    assert (after["provider_id"][reversals] == after["provider_id"][wrong]).all()
    assert (after["recorded_at"][reversals] > after["recorded_at"][wrong]).all()
    assert (after["recorded_at"][restated] > after["recorded_at"][reversals]).all()
    for name in ("kind", "quantity", "unit", "warehouse"):
        assert (after[name][reversals] == MISSING).all()
        assert (after[name][restated] == truth[name][wrong]).all()
    assert (after["occurred_at"][restated] == truth["occurred_at"][wrong]).all()
    assert (after["occurred_at"][wrong] != truth["occurred_at"][wrong]).all()
    assert len(set(after["message_id"].tolist())) == len(after["message_id"])


def test_what_is_spoilt_beyond_repair_comes_beside_the_good_row() -> None:
    after = _spoilt(Dirt(0.0, 0.0, 0.0, 0.05, 0.05))
    truth = _block()
    assert all((after[name][:COUNT] == truth[name]).all() for name in truth)
    assert set(after["_fault"][COUNT:].tolist()) == {int(Fault.UNIT), int(Fault.MISTYPED)}


def test_a_provider_that_was_down_records_in_a_burst_and_in_the_same_order() -> None:
    down = Outages(np.array([1]), np.array([10 * DAY]), np.array([31 * DAY]), DAY)
    recorded = np.sort(np.random.default_rng(2).integers(0, 60 * DAY, 3_000))
    provider = np.arange(3_000) % 2
    moved = down.deferred(provider, recorded)
    assert (moved[provider == 0] == recorded[provider == 0]).all()
    theirs = moved[provider == 1]
    assert (np.diff(theirs) >= 0).all()
    assert (theirs >= recorded[provider == 1]).all()
    assert not ((theirs >= 10 * DAY) & (theirs < 31 * DAY)).any()
    burst = ((theirs >= 31 * DAY) & (theirs < 32 * DAY)).sum()
    assert burst == ((recorded >= 10 * DAY) & (recorded < 32 * DAY))[provider == 1].sum()


def test_outages_are_few_last_weeks_and_spare_the_registries() -> None:
    world = World(enterprises=50, months=96, seed=4)
    port = settled(world)
    found, names = port.feeds.outages, port.names
    assert 5 < len(found.provider) < 60
    days = (found.last - found.first) // DAY
    assert (days >= world.dirt.outage_days[0]).all()
    assert (days <= world.dirt.outage_days[1]).all()
    spared = {names.titles, names.pledges, names.registry, names.price_feed, names.court}
    assert not spared & set(found.provider.tolist())
    order = np.lexsort((found.first, found.provider))
    same = np.diff(found.provider[order]) == 0
    assert (found.first[order][1:][same] > found.last[order][:-1][same] + DAY).all()


def test_what_a_provider_told_while_down_is_recorded_after_it_returned() -> None:
    down = Outages(np.array([0]), np.array([10 * DAY]), np.array([31 * DAY]), DAY)
    lateness = np.array([int(Lateness.SYSTEM)])
    feeds = Feeds(lateness, CLEAN, LATEST, np.random.default_rng(1), down)
    at = np.arange(12 * DAY, 25 * DAY, DAY // 10)
    feeds.emit("custody", "counted", at, provider=0, enterprise=0, cargo=0, warehouse=0, quantity=1)
    assert not len(feeds.drain(31 * DAY)["custody"]["message_id"])
    late = feeds.drain(LATEST)["custody"]
    assert len(late["message_id"]) == len(at)
    assert (late["recorded_at"] >= 31 * DAY).all()


@pytest.mark.parametrize(
    ("kind", "median", "high"),
    [
        (Lateness.CUSTOMS, (2.8, 3.2), (36, 48)),
        (Lateness.SYSTEM, (5.7, 6.3), (57, 72)),
        (Lateness.MANUAL, (44, 52), (66, 72)),
        (Lateness.NEXT_DAY, (19, 21), (28, 30)),
        (Lateness.SLOW, (400, 440), (680, 720)),
        (Lateness.COURT, (870, 930), (1370, 1440)),
    ],
)
def test_every_kind_of_provider_is_as_late_as_it_should_be(
    kind: Lateness, median: tuple[float, float], high: tuple[float, float]
) -> None:
    feeds = Feeds(np.array([int(kind)]), CLEAN, LATEST, np.random.default_rng(6))
    at = np.full(40_000, 10**15)
    feeds.emit("custody", "counted", at, provider=0, enterprise=0, cargo=0, warehouse=0, quantity=1)
    block = feeds.drain(LATEST)["custody"]
    hours = (block["recorded_at"] - block["occurred_at"]) / HOUR
    assert median[0] < np.median(hours) < median[1]
    assert high[0] < np.quantile(hours, 0.95) < high[1]


def test_every_cargo_code_checks_but_those_that_were_spoilt_on_purpose(tmp_path: Path) -> None:
    port = settled(World(enterprises=30, months=3, seed=2, dirt=Dirt(bad_codes=0.03)))
    for day in range(port.clock.days):
        port.day = day
        live(port, port.clock.month_days.index(day) if day in port.clock.month_days else None)
    blocks = dict(port.feeds.drain(LATEST))
    meant = {s: (block["cargo_code"], block["_fault"]) for s, block in blocks.items()}
    with Writer(tmp_path, port.names, port.codes, 2) as writing:
        writing.write(blocks)
    found: Counter[int] = Counter()
    for stream, (lots, faults) in meant.items():
        told = pq.read_table(tmp_path / f"{stream}.parquet", columns=["cargo_code"])
        texts = told["cargo_code"].to_pylist()
        for text, lot, fault in zip(texts, lots.tolist(), faults.tolist(), strict=True):
            if lot == MISSING:
                assert text is None
                continue
            found[fault] += 1
            if fault == Fault.MISTYPED:
                with pytest.raises(CargoCodeError):
                    CargoCode.parse(text)
            else:
                code = CargoCode.parse(text)
                assert code.is_issued_under(port.key) == (fault != Fault.FORGED)
                assert (text == port.codes.texts([lot])[0]) == (fault != Fault.FORGED)
    assert found[Fault.MISTYPED] > 5 < found[Fault.FORGED]
    assert found[0] > 2_000


def test_after_a_failure_of_the_writers_thread_no_block_is_taken(tmp_path: Path) -> None:
    port = settled(World(enterprises=10, months=2, seed=1))
    taken: list[int] = []

    def write_on() -> None:
        with Writer(tmp_path, port.names, port.codes, 1) as writing:
            writing.write({"custody": {"message_id": np.zeros(3, np.int64)}})
            while len(taken) < 10:
                writing.write({})
                taken.append(1)

    with pytest.raises(KeyError, match="provider_id"):
        write_on()
    assert len(taken) < 10


def test_long_and_short_vocabularies_are_written_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(enterprises=8, months=3, seed=2)
    simulate(world, tmp_path / "short")
    monkeypatch.setattr(writer, "_SHORT", 3)
    simulate(world, tmp_path / "long")
    for stream in ("custody", "declaration", "valuation"):
        one, other = (
            pq.read_table(tmp_path / name / f"{stream}.parquet") for name in ("short", "long")
        )
        assert one.num_rows > 50
        assert one.equals(other)


def test_a_failure_of_the_writers_thread_is_not_lost(tmp_path: Path) -> None:
    port = settled(World(enterprises=10, months=2, seed=1))
    broken = {"custody": {"message_id": np.zeros(3, np.int64)}}
    with (
        pytest.raises(KeyError, match="provider_id"),
        Writer(tmp_path, port.names, port.codes, 1) as writing,
    ):
        writing.write(broken)
