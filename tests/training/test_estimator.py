from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest

from training.config import BoostingSettings
from training.errors import TrainingError
from training.estimator import Recipe, fit, fit_rounds, folds_by, raw_margin
from training.metrics import auc
from training.monotonicity import probe, split_thresholds

SETTINGS = BoostingSettings(min_data_in_leaf=20, max_rounds=150, patience=20, learning_rate=0.1)
RECIPE = Recipe(("up", "down", "free [x], odd"), (1, -1, 0), seed=4, settings=SETTINGS)


def world(rows: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(11)
    values = chance.normal(size=(rows, 3))
    odds = values[:, 0] - values[:, 1] + np.sin(3 * values[:, 2]) - 2
    target = (chance.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    values[chance.uniform(size=values.shape) < 0.05] = np.nan
    return values, target, chance.integers(0, 5, rows)


def test_the_same_data_and_seed_give_the_same_model_text() -> None:
    values, target, fold = world()
    texts = {
        fit(values, target, folds_by(fold, 5), RECIPE).booster.model_to_string() for _ in range(2)
    }
    assert len(texts) == 1


def test_margins_out_of_fold_are_of_boosters_that_had_not_seen_the_row() -> None:
    values, target, fold = world()
    folds = folds_by(fold, 5)
    fitted = fit(values, target, folds, RECIPE)
    assert 10 < fitted.rounds < 150
    assert not np.isnan(fitted.margins).any()
    learn, validate = folds[2]
    alone = fit_rounds(values[learn], target[learn], RECIPE, fitted.rounds)
    assert auc(target[validate], raw_margin(alone, values[validate])) == pytest.approx(
        auc(target[validate], fitted.margins[validate]), abs=0.01
    )
    assert auc(target, raw_margin(fitted.booster, values)) > auc(target, fitted.margins) > 0.7


def test_rows_count_by_their_weight() -> None:
    values, target, fold = world()
    folds = folds_by(fold, 5)
    heavy = np.where(target == 1, 3.0, 1.0)
    plain, weighted = (fit(values, target, folds, RECIPE, w) for w in (None, heavy / heavy.mean()))
    # Defaults that count three times raise the log-odds by ln 3.
    rise = weighted.margins - plain.margins
    assert float(np.mean(rise)) == pytest.approx(np.log(3.0), abs=0.15)


def test_equal_weights_are_no_weights() -> None:
    values, target, _ = world()
    ones = np.ones(len(target))
    margins = [
        raw_margin(fit_rounds(values, target, RECIPE, 20, weight), values)
        for weight in (None, ones)
    ]
    assert margins[0] == pytest.approx(margins[1], abs=1e-6)


def test_an_empty_fold_is_told() -> None:
    values, target, fold = world(200)
    with pytest.raises(TrainingError, match="fold 5 is empty"):
        fit(values, target, folds_by(fold, 6), RECIPE)


def test_a_fold_that_leaves_one_class_is_told() -> None:
    values, target, fold = world(400)
    target[fold != 0] = 0
    with pytest.raises(TrainingError, match="fold 0 leaves 0 defaults"):
        fit(values, target, folds_by(fold, 5), RECIPE)


def test_names_that_the_text_form_cannot_hold_become_their_place() -> None:
    values, target, _ = world(500)
    booster = fit_rounds(values, target, RECIPE, 5)
    assert booster.feature_name() == ["up", "down", "column_2"]


def test_a_monotone_model_passes_pd004() -> None:
    values, target, fold = world()
    fitted = fit(values, target, folds_by(fold, 5), RECIPE)
    found = probe(fitted.booster, values, RECIPE.directions, 200, 0)
    assert found.probes > 1000
    assert found.finding() is None


def test_pd004_names_a_model_that_moves_against_its_direction() -> None:
    values, target, fold = world()
    fitted = fit(values, target, folds_by(fold, 5), RECIPE.free())
    found = probe(fitted.booster, values, (-1, 1, 0), 50, 0)
    assert str(found.finding()).startswith("PD004 monotone direction violated")
    assert set(found.by_feature) == {"up", "down"}


def test_probes_stand_in_every_gap_between_the_thresholds() -> None:
    values, target, _ = world(500)
    recipe = replace(RECIPE, settings=SETTINGS.model_copy(update={"num_leaves": 3}))
    booster = fit_rounds(values, target, recipe, 4)
    text = booster.model_to_string()
    stated = {
        float(number)
        for line in text.splitlines()
        if line.startswith("threshold=")
        for number in line.removeprefix("threshold=").split()
    }
    found = split_thresholds(lgb.Booster(model_str=text))
    assert {float(point) for points in found.values() for point in points} == stated
