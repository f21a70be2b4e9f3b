import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.test_model_bundle import reseal
from training.experiment import Experiment
from training.model.bundle import Bundle
from training.model.cycle import Cycle
from training.model.errors import DamagedModelError
from training.model.scale import MICRO, Floats, Integers, Scale

CYCLE = Cycle(-0.4, 0.03, 0.1, 0.0005, 8, "a bank's own books, 2015 to 2022")
MICROS = st.lists(st.integers(200 * MICRO, 1_100 * MICRO), min_size=2, max_size=50)


@pytest.fixture
def bundle(experiment: Experiment) -> Bundle:
    return replace(experiment.bundle, cycle=CYCLE)


def rows(experiment: Experiment) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return experiment.sample.choose(experiment.bundle.features)[experiment.parts.test]


def at_scores(cycle: Cycle, micro: Integers) -> Floats:
    return cycle.pd_at(Scale().log_odds(micro))


def test_the_odds_move_by_the_shift() -> None:
    # 600 points are odds of 20 to 1; e^-0.4 of the bad makes them 20 e^0.4 to 1.
    found = at_scores(CYCLE, np.array([600 * MICRO]))
    assert found.tolist() == pytest.approx([1 / (1 + 20 * np.exp(0.4))], rel=1e-12)


def test_no_pd_is_below_the_floor() -> None:
    found = at_scores(CYCLE, np.array([1_000 * MICRO, 500 * MICRO]))
    assert found[0] == CYCLE.floor
    assert found[1] > 0.1


@given(MICROS)
def test_the_order_of_enterprises_is_never_turned(micro: list[int]) -> None:
    best_first = np.sort(np.array(micro, dtype=np.int64))[::-1]
    found = at_scores(CYCLE, best_first)
    assert (np.diff(found) >= 0).all()
    assert (found >= CYCLE.floor).all()
    assert (found < 1).all()


@given(MICROS)
def test_a_shift_of_nothing_leaves_the_pd_but_for_the_floor(micro: list[int]) -> None:
    still = replace(CYCLE, shift=0.0)
    at = np.array(micro, dtype=np.int64)
    expected = np.maximum(Scale().pd(at), still.floor)
    assert at_scores(still, at).tolist() == expected.tolist()


def test_points_score_and_pd_stay_as_they_are(experiment: Experiment, bundle: Bundle) -> None:
    without = replace(bundle, cycle=None).score(rows(experiment))
    found = bundle.score(rows(experiment))
    assert without.pd_through_the_cycle is None
    assert found.pd_through_the_cycle is not None
    assert np.array_equal(found.micro_points, without.micro_points)
    assert np.array_equal(found.score_micro, without.score_micro)
    assert np.array_equal(found.pd, without.pd)
    assert (found.pd_through_the_cycle < found.pd).all()


def test_a_bundle_keeps_it(experiment: Experiment, bundle: Bundle, tmp_path: Path) -> None:
    bundle.write(tmp_path)
    read = Bundle.load(tmp_path)
    assert read.cycle == CYCLE
    here, there = (one.score(rows(experiment)).pd_through_the_cycle for one in (bundle, read))
    assert here is not None
    assert there is not None
    assert here.tobytes() == there.tobytes()
    stated = json.loads((tmp_path / "bundle.json").read_bytes())["cycle"]
    assert stated["long_run_rate"] == 0.03
    assert stated["source"] == "a bank's own books, 2015 to 2022"


def test_a_bundle_of_the_older_form_knows_none(bundle: Bundle, tmp_path: Path) -> None:
    bundle.write(tmp_path)
    stated = json.loads((tmp_path / "bundle.json").read_bytes())
    del stated["cycle"]
    (tmp_path / "bundle.json").write_text(json.dumps(stated | {"format": 1}))
    reseal(tmp_path)
    assert Bundle.load(tmp_path).cycle is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"floor": 0.2},
        {"floor": 0.0},
        {"long_run_rate": 0.99},
        {"margin": -0.5},
        {"shift": float("inf")},
        {"surprise": 1},
    ],
)
def test_a_bundle_with_a_cycle_that_cannot_be_is_refused(
    bundle: Bundle, tmp_path: Path, wrong: dict[str, float]
) -> None:
    bundle.write(tmp_path)
    stated = json.loads((tmp_path / "bundle.json").read_bytes())
    stated["cycle"] |= wrong
    (tmp_path / "bundle.json").write_text(json.dumps(stated))
    reseal(tmp_path)
    with pytest.raises(DamagedModelError, match="no bundle of format 2"):
        Bundle.load(tmp_path)


def test_a_newer_bundle_that_lost_its_cycle_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    bundle.write(tmp_path)
    stated = json.loads((tmp_path / "bundle.json").read_bytes())
    del stated["cycle"]
    (tmp_path / "bundle.json").write_text(json.dumps(stated))
    reseal(tmp_path)
    with pytest.raises(DamagedModelError, match="'cycle'"):
        Bundle.load(tmp_path)
