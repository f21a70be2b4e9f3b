"""Figures of a written world, counted again here by other means."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator import contagion
from simulator.figures import Figures, figures
from simulator.plausible import CALM, PLAUSIBLE, judged
from simulator.simulation import Summary, simulate
from simulator.world import World

Rows = dict[str, list[dict[str, Any]]]
DAY = 86_400_000_000


@pytest.fixture(scope="module")
def found(written: tuple[Path, Summary]) -> Figures:
    return figures(written[0])


def test_counts_are_those_of_the_rows(found: Figures, rows: Rows) -> None:
    assert found.messages == {stream: len(rows[stream]) for stream in rows}
    custody = [row["kind"] for row in rows["custody"] if row["kind"]]
    value = found.figures["custody_exceptions"].value
    assert value == pytest.approx(custody.count("exception") / len(custody))
    declared = [row for row in rows["declaration"] if row["kind"] == "declared"]
    agents = sum(row["trading_party"] != row["enterprise_id"] for row in declared)
    assert found.figures["agent_imports"].value == pytest.approx(agents / len(declared))


def test_of_a_world_without_trade_there_is_little_to_tell_and_nothing_breaks(
    tmp_path: Path,
) -> None:
    simulate(World(enterprises=1, months=1), tmp_path / "w")
    found = figures(tmp_path / "w")
    assert found.messages["declaration"] == found.messages["custody"] == 0
    assert found.financed_share == 0.0
    unknown = ("double_pledges", "renewed_at_maturity", "lgd_otherwise", "release_parts_median")
    assert all(found.figures[name].value is None for name in unknown)
    # Nothing is as far as can be from something.
    assert found.distances["value_per_kg"] == found.distances["delivery_delay"] == 1.0


def test_a_month_of_an_enterprise_that_trades_counts_even_if_nothing_was_declared(
    written: tuple[Path, Summary], found: Figures, rows: Rows
) -> None:
    truth = written[0] / "truth"
    names = pq.read_table(truth / "enterprises.parquet")["enterprise_id"].to_pylist()
    months = pq.read_table(truth / "months.parquet").to_pylist()
    ends = sorted({row["as_of"] for row in months})
    counts: Counter[tuple[str, int]] = Counter(
        (row["enterprise_id"], next((end for end in ends if row["occurred_at"] < end), 0))
        for row in rows["declaration"]
        if row["kind"] == "declared"
    )
    each = [counts[names[row["enterprise"]], row["as_of"]] for row in months if row["trading"]]
    assert found.figures["declarations_a_month_mean"].value == pytest.approx(np.mean(each))
    assert found.figures["declarations_none_share"].value == pytest.approx(
        each.count(0) / len(each)
    )


def test_lateness_is_that_of_the_rows(
    written: tuple[Path, Summary], found: Figures, rows: Rows
) -> None:
    kinds = {
        row["provider_id"]: row["lateness"]
        for row in pq.read_table(written[0] / "truth" / "providers.parquet").to_pylist()
    }
    hours = defaultdict(list)
    for stream in rows.values():
        for row in stream:
            late = row["recorded_at"] - row["occurred_at"]
            if 0 <= late < 100 * DAY:
                hours[kinds[row["provider_id"]]].append(late / 3_600_000_000)
    for kind in ("customs", "system", "next_day"):
        value = found.figures[f"lateness_{kind}_median_h"].value
        assert value == pytest.approx(np.median(hours[kind]), abs=0.05)


def test_every_range_belongs_to_a_figure_or_to_a_good(found: Figures) -> None:
    told = {name.rsplit("_", 1)[0] if name[-4:].isdigit() else name for name in found.figures}
    ranges = {plausible.name for plausible in PLAUSIBLE}
    assert {
        name for name in ranges if "default_rate_financed" not in name and "ltv" not in name
    } <= told
    assert all(plausible.low < plausible.high for plausible in PLAUSIBLE)


def test_a_figure_is_judged_by_its_range_and_one_of_a_year_by_that_of_its_kind() -> None:
    values = {f"{CALM.name}_2017": 0.02, f"{CALM.name}_2018": 0.2, "core_link": None, "new": 1.0}
    marks = [figure.inside for figure in judged(values).values()]
    assert marks == [True, False, None, None]


def test_a_seller_counts_when_the_buyer_that_failed_was_its_largest(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    when = 1_000 * DAY
    partners = {"party": ["C1", "C2"], "kind": ["customer"] * 2, "failed_at": [when, None]}
    pq.write_table(pa.table(partners), tmp_path / "truth" / "partners.parquet")
    sales = [
        # A sold most to C1, but long ago; B sells most to C1; D's largest is C2.
        ("A", "C1", when - 400 * DAY, 900),
        ("A", "C2", when - 10 * DAY, 10),
        ("A", "C1", when - 10 * DAY, 5),
        ("B", "C1", when - 20 * DAY, 60),
        ("B", "C1", when - 30 * DAY, 60),
        ("B", "C2", when - 30 * DAY, 100),
        ("D", "C1", when - 30 * DAY, 1),
        ("D", "C2", when - 30 * DAY, 2),
    ]
    seller, buyer, at, price = (list(column) for column in zip(*sales, strict=True))
    title = {"kind": ["transferred"] * len(sales), "enterprise_id": seller, "buyer": buyer}
    pq.write_table(
        pa.table(title | {"occurred_at": at, "price": price}), tmp_path / "title.parquet"
    )
    never = np.iinfo(np.int64).max
    found = contagion.ratio(
        tmp_path,
        pa.array(["A", "B", "D"]),
        np.ones((3, 60), np.bool_),
        np.array([never, when + 100 * DAY, never]),
        when + 400 * DAY,
    )
    assert found["largest_buyer_failures"] == 1.0
    assert found["default_six_months_after"] == 1.0
    assert found["contagion_ratio"] == pytest.approx(1.0 / (6 * 1 / 180))
