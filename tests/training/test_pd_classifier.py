"""The estimator keeps scikit-learn's contract but where a reason is given."""

from pathlib import Path
from typing import Any
from unittest import SkipTest

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from training.errors import EstimatorInputError
from training.pd_classifier import PdClassifier

QUICK = PdClassifier(
    min_data_in_leaf=5, max_rounds=40, patience=10, learning_rate=0.2, folds=3, random_state=5
)

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 stands in one validation fold, two equal rows may stand in two: the "
        "number of trees and the calibration are other ones"
    ),
}


def expected_failures(_: Any) -> dict[str, str]:
    return EXPECTED_FAILURES


@parametrize_with_checks(
    [QUICK],
    expected_failed_checks=expected_failures,
    xfail_strict=True,
)
def test_the_contract_of_scikit_learn(estimator: PdClassifier, check: Any) -> None:
    try:
        check(estimator)
    except SkipTest as skipped:
        # arrays of other libraries are no part of what the estimator promises
        assert "array_api" in str(skipped)  # noqa: PT017


def world(rows: int = 1500, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(rows, 3))
    odds = 1.2 * values[:, 0] - values[:, 1] - 2.0
    target = (chance.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    values[chance.uniform(size=values.shape) < 0.05] = np.nan
    return values, target


def test_the_same_data_seed_and_threads_give_the_same_model_file(tmp_path: Path) -> None:
    values, target = world()
    for name in ("a", "b"):
        clone(QUICK).fit(values, target).booster_.save_model(tmp_path / f"{name}.txt")
    other = clone(QUICK).set_params(random_state=6).fit(values, target)
    other.booster_.save_model(tmp_path / "c.txt")
    a, b, c = ((tmp_path / f"{name}.txt").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_the_pd_is_calibrated_and_ranks() -> None:
    values, target = world()
    later, outcome = world(seed=3)
    pd_later = clone(QUICK).fit(values, target).predict_proba(later)[:, 1]
    assert roc_auc_score(outcome, pd_later) > 0.75
    assert pd_later.mean() == pytest.approx(outcome.mean(), rel=0.15)
    assert log_loss(outcome, pd_later) < log_loss(outcome, np.full(len(outcome), outcome.mean()))


def test_three_views_of_one_figure_agree() -> None:
    values, target = world()
    model = clone(QUICK).fit(values, np.where(target == 1, "bad", "fine"))
    assert model.classes_.tolist() == ["bad", "fine"]
    odds = model.decision_function(values)
    chances = model.predict_proba(values)
    assert np.log(chances[:, 1] / chances[:, 0]) == pytest.approx(odds, abs=1e-12)
    assert (model.predict(values) == np.where(odds > 0, "fine", "bad")).all()


@pytest.mark.parametrize("directions", [[1, -1, 0], {"a": 1, "b": -1}])
def test_directions_hold_by_place_and_by_name(directions: Any) -> None:
    values, target = world()
    frame = pd.DataFrame(values, columns=["a", "b", "c"])
    model = clone(QUICK).set_params(directions=directions).fit(frame, target)
    base = np.zeros((41, 3))
    for place, direction in ((0, 1), (1, -1)):
        row = base.copy()
        row[:, place] = np.linspace(-3, 3, 41)
        steps = np.diff(model.decision_function(pd.DataFrame(row, columns=frame.columns)))
        assert (direction * steps >= 0).all()
        assert (direction * steps > 0).any()


def test_rows_of_one_group_help_nobody_of_the_same_group() -> None:
    """Each row ten times: without groups, copies on both sides flatter the calibration."""
    chance = np.random.default_rng(5)
    values = np.repeat(chance.normal(size=(120, 4)), 10, axis=0)
    target = np.repeat((chance.uniform(size=120) < 0.3).astype(np.int8), 10)
    groups = np.repeat(np.arange(120), 10)
    flattered = clone(QUICK).fit(values, target)
    honest = clone(QUICK).fit(values, target, groups=groups)
    assert honest.rounds_ < flattered.rounds_


def test_a_row_of_no_weight_is_not_there() -> None:
    values, target = world()
    weight = np.ones(len(target))
    weight[::3] = 0
    kept = weight > 0
    without = clone(QUICK).fit(values[kept], target[kept], sample_weight=np.ones(kept.sum()))
    weighted = clone(QUICK).fit(values, target, sample_weight=weight)
    assert (without.decision_function(values) == weighted.decision_function(values)).all()


def test_it_stands_in_a_search_and_in_a_pipeline() -> None:
    values, target = world(600)
    search = GridSearchCV(QUICK, {"num_leaves": [2, 8]}, scoring="roc_auc", cv=2)
    assert search.fit(values, target).best_score_ > 0.6
    piped = make_pipeline(StandardScaler(), clone(QUICK))
    assert cross_val_score(piped, values, target, cv=2, scoring="neg_log_loss").shape == (2,)


@pytest.mark.parametrize(
    ("parameters", "target", "message"),
    [
        ({}, [0, 0, 0, 0], "found .4, 0. rows of 1 class"),
        ({}, [0, 1, 0, 0], "at least two rows"),
        ({}, [0, 1, 2, 2], "Only binary classification"),
        ({"directions": [1]}, [0, 1, 0, 1], "a direction of -1, 0 or 1 for each of 2 columns"),
        ({"directions": [2, 0]}, [0, 1, 0, 1], "a direction of -1, 0 or 1"),
        ({"directions": {"z": 1}}, [0, 1, 0, 1], "name the column 'z'"),
    ],
)
def test_what_does_not_fit_is_told(
    parameters: dict[str, Any], target: list[int], message: str
) -> None:
    values = np.arange(8.0).reshape(4, 2)
    with pytest.raises(EstimatorInputError, match=message):
        PdClassifier(**parameters).fit(values, target)
