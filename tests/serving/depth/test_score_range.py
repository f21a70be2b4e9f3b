"""The range of a score where a stream is late."""

from pathlib import Path
from typing import Any

import httpx
import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.depth import RHYTHMIC, Late
from features.feature import Feature
from features.recipe import leaves
from serving.app import create_app
from serving.scores.score_range import FEWEST, range_part, score_range
from tests.serving.answers import score_at
from tests.serving.conftest import AS_OF, DAY, NOW, STRONG, WEAK, World, served
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration
from training.model.scale import Floats

FEATURES = CATALOGUE.champion[::4]
ONE_WAY = tuple(feature for feature in FEATURES if feature.direction)


def fitted(features: tuple[Feature, ...], golden: int) -> Bundle:
    rng = np.random.default_rng(3)
    directions = tuple(int(feature.direction) for feature in features)
    values = rng.standard_normal((600, len(features)))
    values[rng.random(values.shape) < 0.1] = np.nan
    slopes = np.array(directions) + rng.standard_normal(len(features)) / 4
    risk = np.nan_to_num(values) @ slopes
    target = (risk + rng.standard_normal(600) > 0).astype(np.int64)
    options = {"objective": "binary", "num_leaves": 6, "verbose": -1, "num_threads": 1}
    data = lgb.Dataset(values, target, free_raw_data=True)
    constraints = {"monotone_constraints": list(directions), "seed": 1}
    booster = lgb.train({**options, **constraints}, data, num_boost_round=40)
    return assemble(
        booster, Calibration(0.9, 0.1), values[:golden],
        name="made-up", features=tuple(f.name for f in features), directions=directions,
    )  # fmt: skip


BUNDLES = {golden: fitted(FEATURES, golden) for golden in (FEWEST - 1, 60)}
DIRECTED = fitted(ONE_WAY, 60)
late_streams = st.lists(st.sampled_from(RHYTHMIC), min_size=1, max_size=4, unique=True).map(
    lambda tables: tuple(Late(table, 40, 20) for table in tables)
)


def rested(late: tuple[Late, ...], features: tuple[Feature, ...] = FEATURES) -> list[int]:
    """Features of which a message may still come, found by walking the recipes anew."""
    tables = {one.table for one in late} | ({"purchase"} if "title" in str(late) else set())
    return [
        place for place, feature in enumerate(features)
        if any(leaf.rows.table in tables for leaf in leaves(feature.recipe))
    ]  # fmt: skip


def micro(bundle: Bundle, rows: Floats) -> "np.ndarray[Any, np.dtype[np.int64]]":
    return bundle.score(rows).score_micro


@given(st.sampled_from(sorted(BUNDLES)), st.integers(0, 2**32 - 1), late_streams)
@settings(max_examples=60, deadline=None)
def test_worst_is_at_most_the_score_and_best_at_least(
    golden: int, seed: int, late: tuple[Late, ...]
) -> None:
    rng, bundle = np.random.default_rng(seed), BUNDLES[golden]
    row = rng.standard_normal(len(FEATURES)) * 2
    row[rng.random(len(row)) < 0.2] = np.nan
    (score,) = micro(bundle, row[None]).tolist()
    found = score_range(bundle, FEATURES, row, score, late)
    assert found.worst <= score <= found.best
    free = rested(late)
    rows = np.repeat(row[None], 100, axis=0)
    for place in free:
        own = bundle.golden.values[:, place]
        own = own[~np.isnan(own)]
        low, high = np.quantile(own, (0.05, 0.95))
        spread = (low, high) if golden >= FEWEST and len(own) >= FEWEST else (-9.0, 9.0)
        drawn = rng.uniform(*spread, 100)
        rows[:, place] = np.where(rng.random(100) < 0.7, drawn, row[place])
    scores = micro(bundle, rows)
    rounding = len(FEATURES)  # each part is rounded to a millionth of a point
    assert found.worst - rounding <= scores.min()
    assert scores.max() <= found.best + rounding


@given(st.integers(0, 2**32 - 1), late_streams)
@settings(max_examples=30, deadline=None)
def test_where_all_that_may_come_has_a_direction_the_range_is_reached(
    seed: int, late: tuple[Late, ...]
) -> None:
    bundle, free = DIRECTED, rested(late, ONE_WAY)
    row = np.random.default_rng(seed).standard_normal(len(ONE_WAY)) * 2
    (score,) = micro(bundle, row[None]).tolist()
    ends = np.repeat(row[None], 2, axis=0)
    for place in free:
        own = bundle.golden.values[:, place]
        low = min(np.nanquantile(own, 0.05, method="lower"), row[place])
        high = max(np.nanquantile(own, 0.95, method="higher"), row[place])
        risky, safe = (high, low) if ONE_WAY[place].direction > 0 else (low, high)
        ends[:, place] = risky, safe
    found = score_range(bundle, ONE_WAY, row, score, late)
    rounding = len(ONE_WAY)
    assert [found.worst, found.best] == pytest.approx(micro(bundle, ends).tolist(), abs=rounding)


def test_where_nothing_is_late_there_is_no_range() -> None:
    assert range_part(BUNDLES[60], FEATURES, {}, 600_000_000, ()) is None


@pytest.fixture(scope="module")
def later(world: World, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same port, asked in spring: nobody has reported since the new year."""
    settings = world.settings(tmp_path_factory.mktemp("later") / "ledger.db")
    with served(create_app(settings, clock=lambda: NOW + 100 * DAY)) as client:
        yield client


@pytest.mark.parametrize("who", [STRONG, WEAK])
def test_an_answer_tells_what_is_late_and_the_range(later: httpx.Client, who: str) -> None:
    fresh, stale = score_at(later, who, AS_OF), score_at(later, who, AS_OF + 90 * DAY)
    assert fresh["data_depth"]["late_streams"] == []
    assert fresh["score_range"] is None
    told = {one["stream"]: one for one in stale["data_depth"]["late_streams"]}
    assert {"declaration", "custody", "title"} <= set(told)
    assert all(one["silent_days"] > one["expected_days"] for one in told.values())
    found = stale["score_range"]
    assert found["late_streams"] == list(told)
    assert found["worst"] <= stale["score"] <= found["best"]
    assert found["worst"] < found["best"]
    assert "late_streams" in stale["data_depth"]["held_by"]
    assert "ABCDE".index(stale["data_depth"]["grade"]) > "ABCDE".index(fresh["data_depth"]["grade"])


def test_it_is_replayed_byte_for_byte(later: httpx.Client, tmp_path: Path) -> None:
    stale = score_at(later, WEAK, AS_OF + 90 * DAY)
    again = later.post(f"/v1/replays/{stale['score_id']}").json()
    assert again["identical"], again["differences"]
