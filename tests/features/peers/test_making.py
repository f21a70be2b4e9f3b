from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from features.batch.building import build
from features.calendar import month_end
from features.cli import app
from features.peers.file import read
from features.peers.group import SIZES, Group
from features.peers.making import newest_month, peers_of
from features.table import FeatureTable
from supervision.errors import CargoworthyError

NAMES = ("size_class_now", "declared_value_sum_365d", "outbound_value_sum_365d", "turnover_90d")


def table_of(rows: list[tuple[float, ...]]) -> FeatureTable:
    codes = np.array([f"E{place:04d}" for place in range(len(rows))])
    as_of = np.full(len(rows), month_end("2022-12"), np.int64)
    return FeatureTable(codes, as_of, NAMES, np.array(rows, float), "c" * 64, "r" * 32, 7)


def test_only_groups_of_thirty_that_trade_are_measured() -> None:
    metal = [(2.0, 1.0, 0.0, float(i)) for i in range(30)]
    food = [(2.0, 0.0, 1.0, 100.0 + i) for i in range(29)]
    idle = [(2.0, 0.0, 0.0, 1e9) for _ in range(40)]
    unregistered = [(np.nan, 1.0, 1.0, 1e6)]
    table = table_of(metal + food + idle + unregistered)
    goods = {str(code): 15 if i < 30 else 4 for i, code in enumerate(table.enterprise_id)}
    found = peers_of(table, goods)
    assert list(found.spreads) == [Group(), Group("small"), Group("small", 15)]
    numbers = {group: spreads["turnover_90d"].number for group, spreads in found.spreads.items()}
    assert list(numbers.values()) == [60, 59, 30]
    assert (found.as_of, found.position) == (month_end("2022-12"), 7)
    group, spread = found.spread(Group("small", 4), "turnover_90d") or pytest.fail("no spread")
    assert (group, spread.number) == (Group("small"), 59)
    assert found.spread(Group("micro", 15), "turnover_90d") == (
        Group(),
        found.spreads[Group()]["turnover_90d"],
    )


def test_a_feature_that_few_of_a_group_have_falls_back_by_itself() -> None:
    rows = [(2.0, 1.0, 1.0, float(i) if i < 29 else np.nan) for i in range(40)]
    rows += [(2.0, 1.0, 1.0, 5.0) for _ in range(10)]
    table = table_of(rows)
    goods = {str(code): 15 for code in table.enterprise_id[:40]}
    found = peers_of(table, goods)
    assert "turnover_90d" not in found.spreads[Group("small", 15)]
    assert (found.spread(Group("small", 15), "turnover_90d") or pytest.fail("none"))[0] == Group(
        "small"
    )
    assert found.spread(Group("small", 15), "no_such_feature") is None


def test_the_command_measures_the_newest_month_of_a_table(
    recorded_port: Any, tmp_path: Path
) -> None:
    out, table_path = tmp_path / "peers.json", tmp_path / "features.parquet"
    build(
        recorded_port.record,
        recorded_port.mirror,
        table_path,
        np.asarray(recorded_port.month_ends[-2:]),
        lambda *_: None,
    )
    words = ["peers", str(table_path), "--out", str(out), "--database", recorded_port.url]
    done = CliRunner().invoke(app, [*words, "--mirror", str(recorded_port.mirror.folder)])
    assert done.exit_code == 0, done.output
    found = read(out)
    assert found.as_of == recorded_port.month_ends[-1]
    assert found.record == recorded_port.record.identity()
    whole = FeatureTable.read(table_path)
    newest = whole.values[whole.as_of == found.as_of]
    column = {name: newest[:, place] for place, name in enumerate(whole.names)}
    trades = (column["declared_value_sum_365d"] > 0) | (column["outbound_value_sum_365d"] > 0)
    small = trades & (column["size_class_now"] == list(SIZES).index("small"))
    for group, members in ((Group(), trades), (Group("small"), small)):
        if members.sum() < 30:
            continue
        for name, values in column.items():
            known = values[members & ~np.isnan(values)]
            if len(known) < 30:
                assert name not in found.spreads[group]
                continue
            shares = (np.arange(100) + 0.5) / 100
            wanted = np.quantile(known, shares, method="inverted_cdf")
            assert found.spreads[group][name].quantiles.tolist() == wanted.tolist(), name
    assert Group() in found.spreads


def test_a_table_of_another_record_is_refused(recorded_port: Any, tmp_path: Path) -> None:
    table_of([(2.0, 1.0, 1.0, 1.0)]).write(tmp_path / "features.parquet")
    words = ["peers", str(tmp_path / "features.parquet"), "--database", recorded_port.url]
    words += ["--mirror", str(recorded_port.mirror.folder), "--out", str(tmp_path / "peers.json")]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, CargoworthyError)
    assert "build the table again" in str(done.exception)
    assert not (tmp_path / "peers.json").exists()


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    empty = FeatureTable(
        np.array([], np.str_), np.array([], np.int64), NAMES, np.empty((0, 4)), "c", "r", 0
    )
    empty.write(tmp_path / "features.parquet")
    with pytest.raises(CargoworthyError, match="to have rows"):
        newest_month(tmp_path / "features.parquet")
