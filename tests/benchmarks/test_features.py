"""The contestants of the features' benchmark find the same, and its figures mean what they say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.features.agreement import agreement
from benchmarks.features.batch import TWELVE, Comparison, Contestant, compare
from benchmarks.features.contestants import duckdb_20, engine, engine_20, oracle, pandas_20
from benchmarks.features.ground import POINTS, Ground, Store, Task
from benchmarks.features.messages import connect, write_messages
from benchmarks.features.online import READERS, from_tables, measure, subjects
from benchmarks.features.online import engine as engine_online
from benchmarks.features.replicas import replicate
from benchmarks.features.report import markdown
from benchmarks.features.results import SERVED, Online, Results
from benchmarks.features.rounds import Cost, Spread, in_turn, ratio
from benchmarks.features.twenty import NAMES, sql_at
from features.calendar import DAY, show_time
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.online import facts_of
from features.snapshots.publishing import publish
from features.table import FeatureTable
from supervision.mirror import Mirror
from supervision.packed.packing import pack
from supervision.record import Record

Port = Any


@pytest.fixture(scope="session")
def ground(recorded_port: Port) -> Ground:
    """The tests' port as the benchmark sees it."""
    ground = Ground(recorded_port.folder)
    write_messages(ground.mirror, ground.database)
    return ground


def _run(ground: Ground, contestant: Callable[[Task], None], name: str) -> None:
    out = ground.answer(name, TWELVE)
    out.parent.mkdir(exist_ok=True)
    contestant(Task(ground, POINTS[TWELVE], 1, out))


def test_points_end_with_the_world() -> None:
    assert {show_time(int(points[-1])) for points in POINTS.values()} == {
        "2023-01-01T00:00:00+08:00"
    }
    assert [len(points) for points in POINTS.values()] == [12, 24, 52]
    assert set(np.diff(POINTS["52 weeks"]).tolist()) == {7 * DAY}


def test_all_contestants_find_the_same(ground: Ground) -> None:
    for name, module in (
        ("engine", engine),
        ("engine_20", engine_20),
        ("pandas_20", pandas_20),
        ("duckdb_20", duckdb_20),
        ("oracle", oracle),
    ):
        _run(ground, module.run, name)
    found = agreement(ground, TWELVE)
    assert {told["differing"] for told in found.values()} == {0}
    enterprises = len(FeatureTable.read(ground.answer("engine", TWELVE))) // 12
    assert found["pandas_20"]["cells"] == 20 * 12 * enterprises
    assert found["oracle"]["cells"] > found["pandas_20"]["cells"]


def test_the_twenty_have_something_to_say(ground: Ground) -> None:
    _run(ground, pandas_20.run, "told")
    rows = pq.read_table(ground.answer("told", TWELVE))
    for name in NAMES:
        values = rows.column(name).to_numpy()
        assert len(np.unique(values[~np.isnan(values)])) > 1, name


def test_agreement_notices_a_wrong_cell(ground: Ground, tmp_path: Path) -> None:
    for name, module in (("engine", engine), ("pandas_20", pandas_20)):
        ground.answer(name, TWELVE).unlink(missing_ok=True)
        _run(ground, module.run, name)
    path = ground.answer("pandas_20", TWELVE)
    rows = pq.read_table(path)
    place = rows.column_names.index("stock_value_now")
    wrong = rows.column(place).to_numpy().copy()
    wrong[7] += 1
    pq.write_table(rows.set_column(place, "stock_value_now", [wrong]), path)
    assert agreement(ground, TWELVE)["pandas_20"]["differing"] == 1
    path.unlink()


def test_sql_of_one_enterprise_says_what_the_engine_says(ground: Ground) -> None:
    at = int(POINTS[TWELVE][-1])
    record = Record.open(ground.record)
    with connect(ground, 1) as connection:
        for number in record.enterprises()[:5].tolist():
            result = connection.execute(sql_at(number, at))
            names = [told[0] for told in result.description]
            told = dict(zip(names, result.fetchone() or (), strict=True))
            spine = Spine(np.array([number]), np.array([at]))
            matrix = evaluate(facts_of(record, [number]), spine)
            for name in NAMES:
                value = np.nan if told[name] is None else float(told[name])
                expected = matrix.values[0, matrix.names.index(name)]
                np.testing.assert_allclose(value, expected, rtol=1e-12, err_msg=name)
    record.close()


def test_replicas_have_the_features_of_their_originals(ground: Ground, tmp_path: Path) -> None:
    many = Ground(tmp_path / "many")
    replicate(ground, many, 3)
    _run(ground, engine.run, "once")
    _run(many, engine.run, "thrice")
    once = FeatureTable.read(ground.answer("once", TWELVE))
    thrice = FeatureTable.read(many.answer("thrice", TWELVE))
    assert len(thrice) == 3 * len(once)
    assert len(np.unique(thrice.enterprise_id)) == 3 * len(np.unique(once.enterprise_id))
    np.testing.assert_array_equal(thrice.values, np.tile(once.values, (3, 1)))


def test_replicas_share_neither_lots_nor_buyers_but_the_market(
    ground: Ground, tmp_path: Path
) -> None:
    many = Ground(tmp_path / "many")
    replicate(ground, many, 2)
    rows = pq.read_table(many.mirror / "title.parquet")
    half = rows.num_rows // 2
    for name in ("enterprise_id", "cargo_code", "buyer", "number", "position"):
        values = rows.column(name).to_numpy()
        first, second = np.unique(values[:half]), np.unique(values[half:])
        assert len(first) == len(second)
        assert not len(np.intersect1d(first, second))
    market = [pq.read_metadata(g.mirror / "market.parquet").num_rows for g in (ground, many)]
    assert market[0] == market[1]
    enterprise = rows.column("enterprise_id").to_numpy()
    assert (np.diff(enterprise) >= 0).all()


def test_online_asks_everyone_in_every_counted_round(ground: Ground, recorded_port: Port) -> None:
    numbers, counts = subjects(recorded_port.mirror)
    assert len(numbers) == 30
    assert (counts > 0).all()
    ask = engine_online(from_tables(recorded_port.record, ground.on_sqlite))
    found = measure({"engine": ask}, numbers[:2], rounds=3)["engine"]
    assert len(found.read) == len(found.evaluate) == 6
    assert min(found.read) > 0 < min(found.evaluate)


def test_all_ways_to_read_give_the_same_features(ground: Ground, tmp_path: Path) -> None:
    at = int(POINTS[TWELVE][-1])
    store, record = Store(tmp_path), Record.open(ground.record)
    pack(record, store.packed, Mirror(store.mirror), lambda *_: None)
    publish(record, store.snapshots, at)
    reads = [reader(record, store) for reader in READERS.values()]
    for number in record.enterprises()[:4].tolist():
        spine = Spine(np.array([number]), np.array([at]))
        first, *others = (evaluate(read(number, at), spine).values for read in reads)
        for other in others:
            np.testing.assert_array_equal(first, other)
    record.close()


def _costs(*seconds: float) -> list[Cost]:
    return [Cost(one, one, 0.5, 0.0) for one in seconds]


def test_a_ratio_compares_within_a_round() -> None:
    # The machine was ten times slower in the second round: the ratio does not see it.
    assert ratio([_costs(2, 20, 2)], [_costs(1, 10, 1)]) == Spread(2, 2, 2)
    assert ratio([_costs(6, 6)], [_costs(3, 1), _costs(2, 2)]) == Spread(4.5, 3, 6)


def test_rounds_are_interleaved() -> None:
    order: list[str] = []

    def run(key: str) -> Cost:
        order.append(key)
        return Cost(len(order), 0, 0, 0)

    found = in_turn(["a", "b"], 3, run)
    assert "".join(order) == "abbaab"
    assert [cost.seconds for cost in found["a"]] == [1, 4, 5]


def _results(oracle_seconds: float) -> Results:
    costs = {
        Contestant("engine", TWELVE, 1): _costs(10, 10, 12),
        Contestant("oracle", TWELVE, 1): _costs(*[oracle_seconds] * 3),
    }
    online = Online.of(SERVED, [1.0] * 99 + [9.0], [0.5] * 100)
    return Results({}, 1_000, costs, {}, 0, {}, [online], [1_000])


def test_a_report_says_what_is_missed() -> None:
    met = {one.title: one.met for one in _results(29).comparisons}
    assert met["DuckDB's oracle / engine, 1 thread"] is False
    assert met[f"{SERVED}: p50, ms"] is True
    assert Comparison("", Spread(2, 2, 2), most=2.0).met is True
    assert "| 2.90 | 2.42 | 2.90 | at least 3 | **no** | 2.90 |" in markdown(_results(29))
    assert "| at least 3 | yes | 4.00 |" in markdown(_results(40))


def test_what_was_left_out_is_not_compared() -> None:
    assert [one.title for one in compare({Contestant("engine", TWELVE, 1): _costs(1)})] == []


def test_quantiles_are_of_reading_and_evaluating_together() -> None:
    one = Online.of("", [1.0, 2.0, 3.0], [3.0, 2.0, 10.0])
    assert (one.reading, one.p50, one.asked) == (2.0, 4.0, 3)
    assert one.p99 == pytest.approx(12.82)
