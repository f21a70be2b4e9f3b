import dataclasses
import json
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from features.calendar import month_ends
from features.catalogue import CATALOGUE
from features.cli import app
from features.profile.bins import Bins
from features.profile.divergence import (
    chance_bound,
    chi_square_quantile,
    information_value,
    psi,
    rank_correlation,
)
from features.profile.measures import Measured, Profile
from features.profile.outcomes import Outcomes
from features.profile.page import page
from features.profile.profiling import profile
from features.table import FeatureTable
from supervision.errors import CargoworthyError

NAMES = ("days_past_due_now", "guarantee_circle_now", "turnover_90d", "utilisation_now")
MONTHS = month_ends("2020-01", "2020-04")
FIRMS = 40


@pytest.fixture
def table() -> FeatureTable:
    """40 enterprises at four month ends: one column moves, one stands, one is never known."""
    number, month = (part.ravel() for part in np.indices((FIRMS, 4)))
    values = np.full((FIRMS * 4, 4), np.nan)
    values[:, 0] = number + 100.0 * (month >= 2)
    values[:, 1] = 0.0
    values[:, 2] = number
    codes = np.array([f"E{n:02d}" for n in number])
    return FeatureTable(codes, MONTHS[month], NAMES, values, CATALOGUE.hash, "r" * 32, 9)


@pytest.fixture
def outcomes(table: FeatureTable) -> Outcomes:
    """The upper half of the enterprises defaults, always."""
    bad = table.values[:, 2] >= FIRMS / 2
    return Outcomes(table.enterprise_id, table.as_of, bad, table.record)


def _one(found: Profile, name: str) -> Measured:
    return next(one for one in found.features if one.name == name)


def test_psi_of_the_textbook() -> None:
    assert psi([0.2, 0.3, 0.5], [0.25, 0.35, 0.40]) == pytest.approx(0.0411791, abs=5e-8)
    assert psi([3, 4], [6, 8]) == 0.0


def test_an_empty_bin_gets_half_a_row_and_one_empty_on_both_sides_does_not_count() -> None:
    by_hand = (0.5 - 5 / 6) * math.log(0.6) + (0.5 - 1 / 6) * math.log(3)
    assert psi([2, 0], [1, 1]) == pytest.approx(by_hand, rel=1e-14)
    assert psi([2, 0, 0], [1, 1, 0]) == psi([2, 0], [1, 1])


def test_information_value_by_hand() -> None:
    by_hand = 0.4 * math.log(3) + 0.4 * math.log(2)
    assert information_value([60, 40], [20, 80]) == pytest.approx(by_hand, rel=1e-14)


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 3.841459), (2, 5.991465), (4, 9.487729), (9, 16.918978)]
)
def test_chi_square_as_in_the_tables(freedom: int, quantile: float) -> None:
    assert chi_square_quantile(freedom) == pytest.approx(quantile, abs=1e-6)


def test_the_bound_of_chance_by_hand() -> None:
    assert chance_bound([1, 1, 1, 0], [1, 1, 1, 0], 100, 50) == pytest.approx(5.991465 * 0.03)
    assert chance_bound([5], [5], 5, 5) == 0.0


def test_psi_of_equal_distributions_stays_within_the_bound_of_chance() -> None:
    chance = np.random.default_rng(4)
    within = 0
    for _ in range(400):
        left, right = (np.bincount(chance.integers(0, 10, n), minlength=10) for n in (900, 600))
        within += psi(left, right) <= chance_bound(left, right, 900, 600)
    assert 0.92 <= within / 400 <= 0.98


def test_rank_correlation_by_hand() -> None:
    assert rank_correlation(np.arange(3.0), np.array([3.0, 1.0, 2.0])) == pytest.approx(-0.5)
    assert rank_correlation(np.arange(3.0), np.ones(3)) is None
    assert rank_correlation(np.empty(0), np.empty(0)) is None


def test_few_values_are_bins_of_their_own_and_missing_comes_last() -> None:
    values = np.array([0.0, 0.0, 1.0, 5.0, np.nan])
    bins = Bins.of(values)
    assert bins.count(values).tolist() == [2, 1, 1, 1]
    assert [bins.limits(i) for i in range(3)] == [(None, 0.0), (0.0, 1.0), (1.0, None)]
    assert Bins.of(np.full(3, np.nan)).count(values).tolist() == [4, 1]


def test_many_values_are_cut_at_deciles_and_a_heap_is_one_bin() -> None:
    assert Bins.of(np.arange(40.0)).count(np.arange(40.0)).tolist() == [4] * 10 + [0]
    heap = np.concatenate([np.zeros(75), np.arange(1.0, 26.0)])
    assert Bins.of(heap).count(heap).tolist() == [75, 5, 10, 10, 0]


def test_quantiles_trend_and_commonest_value(table: FeatureTable) -> None:
    one = _one(profile(table, CATALOGUE), "days_past_due_now")
    assert one.quantiles["min"] == 0.0
    assert one.quantiles["50 %"] == 69.5
    assert one.quantiles["max"] == 139.0
    assert (one.distinct, one.commonest, one.commonest_share) == (80, 0.0, 2 / 160)
    assert [point.median for point in one.trend] == [19.5, 19.5, 119.5, 119.5]
    assert [point.as_of for point in one.trend] == MONTHS.tolist()


def test_bars_hold_equally_many_whole_numbers(table: FeatureTable) -> None:
    found = _one(profile(table, CATALOGUE), "turnover_90d").histogram
    assert found is not None
    assert (found.low, found.high) == (0.0, 39.0)
    assert found.current == pytest.approx([0.05] * 20)
    assert found.reference == found.current


def test_the_second_half_is_compared_with_the_first(table: FeatureTable) -> None:
    one = _one(profile(table, CATALOGUE), "days_past_due_now")
    assert one.drift is not None
    low, high = 0.5 / 85, 80.5 / 85
    by_hand = 9 * (low - 0.1) * math.log(low / 0.1) + (high - 0.1) * math.log(high / 0.1)
    assert one.drift.psi == pytest.approx(by_hand, rel=1e-12)
    assert one.drift.chance_rows == pytest.approx(16.918978 * 2 / 80)
    assert one.drift.chance_enterprises == pytest.approx(16.918978 * 2 / 40)
    assert one.flags == ("changed",)


def test_a_table_is_equal_to_itself(table: FeatureTable) -> None:
    found = profile(table, CATALOGUE, reference=table)
    assert [one.drift.psi for one in found.features if one.drift] == [0.0] * 4


def test_one_as_of_point_has_nothing_to_compare_with(table: FeatureTable) -> None:
    rows = table.as_of == MONTHS[0]
    single = dataclasses.replace(
        table,
        enterprise_id=table.enterprise_id[rows],
        as_of=table.as_of[rows],
        values=table.values[rows],
    )
    found = profile(single, CATALOGUE)
    assert found.reference == ""
    assert all(one.drift is None for one in found.features)
    ElementTree.fromstring(page(found, CATALOGUE, "t"))  # noqa: S314 - our own page


def test_what_says_nothing_comes_first_then_by_psi(table: FeatureTable) -> None:
    found = profile(table, CATALOGUE)
    assert [one.flags for one in found.features] == [
        ("constant",),
        ("all missing",),
        ("changed",),
        (),
    ]
    assert _one(found, "utilisation_now").missing_share == 1.0


def test_a_rate_against_the_declared_direction_is_told(
    table: FeatureTable, outcomes: Outcomes
) -> None:
    found = profile(table, CATALOGUE, outcomes=outcomes)
    told = _one(found, "turnover_90d").outcome
    assert told is not None
    assert (told.rows, told.defaults) == (160, 80)
    assert told.information_value == pytest.approx(10 * 16 / 85 * math.log(33), rel=1e-12)
    assert told.chance == pytest.approx(16.918978 * 0.1)
    assert told.verdict == "against"
    assert "against its direction" in _one(found, "turnover_90d").flags
    turned = dataclasses.replace(outcomes, default=~outcomes.default)
    again = _one(profile(table, CATALOGUE, outcomes=turned), "turnover_90d").outcome
    assert again is not None
    assert again.verdict == "agrees"


def test_a_feature_that_tells_nothing_is_not_judged(
    table: FeatureTable, outcomes: Outcomes
) -> None:
    found = profile(table, CATALOGUE, outcomes=outcomes)
    for name in ("guarantee_circle_now", "utilisation_now"):
        told = _one(found, name).outcome
        assert told is not None
        assert (told.information_value, told.verdict) == (0.0, "unclear")


def test_rows_without_an_outcome_are_left_out(table: FeatureTable, outcomes: Outcomes) -> None:
    some = Outcomes(
        outcomes.enterprise_id[::4], outcomes.as_of[::4], outcomes.default[::4], outcomes.record
    )
    assert (some.of(table) >= 0).tolist() == [place % 4 == 0 for place in range(160)]


def test_what_does_not_fit_is_refused(
    table: FeatureTable, outcomes: Outcomes, tmp_path: Path
) -> None:
    other = dataclasses.replace(table, catalogue_hash="f" * 64)
    with pytest.raises(CargoworthyError, match="the table to be of catalogue"):
        profile(other, CATALOGUE)
    with pytest.raises(CargoworthyError, match="the reference to be of catalogue"):
        profile(table, CATALOGUE, reference=other)
    with pytest.raises(CargoworthyError, match="outcomes of record"):
        dataclasses.replace(outcomes, record="s" * 32).of(table)
    with pytest.raises(CargoworthyError, match="found none"):
        dataclasses.replace(outcomes, as_of=outcomes.as_of + 1).of(table)
    with pytest.raises(CargoworthyError, match="both kinds"):
        profile(table, CATALOGUE, outcomes=dataclasses.replace(outcomes, default=table.as_of < 0))
    with pytest.raises(CargoworthyError, match="cargoworthy labels"):
        Outcomes.read(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("a\n")
    with pytest.raises(CargoworthyError, match="Parquet"):
        Outcomes.read(tmp_path / "text.parquet")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    with pytest.raises(CargoworthyError, match="name its record"):
        Outcomes.read(tmp_path / "other.parquet")


def test_the_command_writes_table_json_and_page(
    table: FeatureTable, outcomes: Outcomes, tmp_path: Path
) -> None:
    file, labels, html = (tmp_path / n for n in ("t.parquet", "labels.parquet", "page.html"))
    table.write(file)
    outcomes.write(labels)
    words = ["profile", str(file), "--labels", str(labels), "--html", str(html)]
    shown = CliRunner(env={"COLUMNS": "250"}).invoke(app, words)
    assert shown.exit_code == 0, shown.output
    assert all(name in shown.stdout for name in NAMES)
    assert "AGAINST" in shown.stdout
    told = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)
    assert [one["name"] for one in told["features"]][-1] == "turnover_90d"
    assert told["features"][-1]["outcome"]["verdict"] == "against"
    written = html.read_text(encoding="utf-8")
    root = ElementTree.fromstring(written)  # noqa: S314 - our own page
    assert len(root.findall(".//svg")) == 4 * len(NAMES)
    assert root.findall(".//script") == []
    assert "http" not in written
    assert "url(" not in written
    assert all(CATALOGUE.feature(name).title.zh in written for name in NAMES)
    identifiers = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
    links = [one.attrib["href"][1:] for one in root.iter("a")]
    assert set(links) <= set(identifiers)
    assert len(set(identifiers)) == len(identifiers)
