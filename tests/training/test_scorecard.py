import logging
import os
import subprocess
import sys

import numpy as np
import pytest

from training.config import BoostingSettings
from training.estimator import Recipe, folds_by
from training.metrics import auc
from training.model.scale import Floats
from training.sample import Labels
from training.scorecard import MOST_CORRELATION, FittedScorecard, choose, fit_scorecard
from training.weight_of_evidence import MOST_BINS, Binning, bin_by_evidence, installed

pytestmark = pytest.mark.skipif(not installed(), reason="optbinning has no wheel for this Python")

NAMES = ("good", "twin", "bad", "missing", "noise", "constant", "empty")
RECIPE = Recipe(NAMES, (-1, -1, 1, 1, 0, 0, 1), 0, BoostingSettings())


def rows(count: int = 3000) -> tuple[Floats, Labels]:
    """Default falls with the first column, rises with the third, and where the fourth lacks."""
    chance = np.random.default_rng(4)
    values = chance.normal(size=(count, len(NAMES)))
    values[:, 1] = values[:, 0] + 0.1 * chance.normal(size=count)
    lost = chance.uniform(size=count) < 0.2
    values[lost, 3] = np.nan
    values[:, 5], values[:, 6] = 1.0, np.nan
    odds = -2.5 - 1.0 * values[:, 0] + 0.7 * values[:, 2] + 1.2 * lost
    target = (chance.uniform(size=count) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    return values, target


def fitted() -> FittedScorecard:
    values, target = rows()
    folds = folds_by(np.arange(len(target)) % 3, 3)
    return fit_scorecard(values, target, folds, RECIPE)


def test_evidence_is_the_log_odds_of_a_bin_less_those_of_all() -> None:
    values = np.concatenate([np.repeat([1.0, 2.0, 3.0], 1000), np.full(500, np.nan)])
    bad = np.concatenate([np.arange(1000) < count for count in (20, 60, 200)])
    target = np.concatenate([bad, np.arange(500) < 250]).astype(np.int8)
    found = bin_by_evidence(values, target, 1)
    overall = np.log(530 / 2970)
    rates = np.array([0.02, 0.06, 0.2, 0.5])
    expected = np.log(rates / (1 - rates)) - overall
    np.testing.assert_allclose(found.at(np.array([1.0, 2.0, 3.0, np.nan])), expected, atol=0.01)
    good, lost = np.array([980, 940, 800, 250]) / 2970, np.array([20, 60, 200, 250]) / 530
    assert found.information == pytest.approx(
        float(((lost - good) * np.log(lost / good)).sum()), rel=0.01
    )


@pytest.mark.parametrize("direction", [1, -1])
def test_evidence_moves_with_the_direction_whatever_the_data_say(direction: int) -> None:
    values, target = rows()
    for place in range(5):
        found = bin_by_evidence(values[:, place], target, direction)
        assert (direction * np.diff(found.evidence[:-1]) >= 0).all()
        assert len(found.splits) < MOST_BINS


def test_a_split_belongs_to_the_bin_above_and_a_bin_nobody_was_in_says_nothing() -> None:
    found = Binning(np.array([0.0, 1.0]), np.array([-1.0, 0.5, 2.0, 0.0]), 0.3)
    assert found.at(np.array([-0.1, 0.0, 0.9, 1.0, np.nan])).tolist() == [-1, 0.5, 0.5, 2, 0]
    values, target = rows()
    assert bin_by_evidence(values[:, 2], target, 1).evidence[-1] == 0


def test_one_of_two_twins_is_taken_and_no_constant() -> None:
    values, target = rows()
    chosen = choose(values, target, RECIPE)
    names = [NAMES[place] for place in chosen]
    assert {"bad", "missing"} < set(names)
    assert len({"good", "twin"} & set(names)) == 1
    assert not {"constant", "empty"} & set(names)
    information = [binning.information for binning in chosen.values()]
    assert information == sorted(information, reverse=True)
    evidence = np.array([binning.at(values[:, place]) for place, binning in chosen.items()])
    correlation = np.abs(np.corrcoef(evidence) - np.eye(len(evidence)))
    assert correlation.max() <= MOST_CORRELATION


def test_the_card_ranks_rows_that_it_has_not_seen() -> None:
    made = fitted()
    values, target = rows()
    assert (made.card.weights > 0).all()
    assert auc(target, made.card.margin(values)) > auc(target, made.margins) > 0.78
    assert not np.array_equal(made.margins, made.card.margin(values))


def test_a_column_that_speaks_against_its_direction_takes_no_part() -> None:
    values, target = rows()
    turned = Recipe(NAMES, (1, 1, -1, 1, 0, 0, 1), 0, BoostingSettings())
    names = fit_scorecard(values, target, folds_by(np.arange(3000) % 2, 2), turned).card.names
    assert names[0] == "missing"
    assert not {"good", "twin", "bad"} & set(names)


def test_the_same_rows_give_the_same_card() -> None:
    one, other = fitted(), fitted()
    assert one.card.weights.tobytes() == other.card.weights.tobytes()
    assert one.margins.tobytes() == other.margins.tobytes()


def test_loading_optbinning_says_nothing() -> None:
    script = (
        "import numpy as np; from training.weight_of_evidence import bin_by_evidence;"
        "bin_by_evidence(np.arange(200.0), (np.arange(200) % 3 == 0).astype(np.int8), 1)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not logging.getLogger("__cvxpy__").filters
