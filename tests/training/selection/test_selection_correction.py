from dataclasses import replace

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from tests.training.conftest import FEW
from training.config import SelectionSettings, TrainConfig
from training.division import divide
from training.experiment import Experiment, run
from training.inputs import Inputs
from training.labels import Status
from training.learning import learn
from training.selection.correction import correction, range_over_all
from training.selection.financed import TRADE, evidence


def quiet(_: str) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def weighted(inputs: Inputs, config: TrainConfig) -> Experiment:
    """A training in which the rows of a trait are hidden, corrected for it."""
    settings = SelectionSettings(method="weights", truncate_at=0.98)
    return run(_traded(inputs), FEW, config.model_copy(update={"selection": settings}), quiet)


def _traded(inputs: Inputs) -> Inputs:
    """The same enterprises, all of whom trade."""
    values = inputs.rows.values.copy()
    for name in TRADE:
        values[:, inputs.rows.names.index(name)] = 10.0
    return replace(inputs, rows=replace(inputs.rows, values=values))


def test_none_leaves_the_rows_alone(experiment: Experiment) -> None:
    told = experiment.bundle.facts["selection"]
    assert told["method"] == "none"
    assert "overlap" not in told


def test_weights_change_the_model_and_are_told(
    weighted: Experiment, inputs: Inputs, config: TrainConfig
) -> None:
    traded = _traded(inputs)
    plain = learn(traded, divide(traded, config), FEW, config)
    assert weighted.bundle.model_text != plain.bundle.model_text
    told = weighted.bundle.facts["selection"]
    assert told["method"] == "weights"
    assert 0 < told["overlap"]["effective_size"] < told["overlap"]["financed"]
    assert told["overlap"]["others"] > 0


def test_a_model_for_those_without_a_facility_sees_nothing_of_credit(
    inputs: Inputs, config: TrainConfig
) -> None:
    settings = SelectionSettings(without_credit=True)
    asked = config.model_copy(update={"selection": settings})
    bundle = learn(inputs, divide(inputs, asked), CATALOGUE, asked).bundle
    assert bundle.features == evidence(CATALOGUE)
    assert bundle.directions == tuple(CATALOGUE.feature(n).direction for n in bundle.features)


def test_bounds_lie_around_what_the_financed_show(weighted: Experiment) -> None:
    bounds = weighted.bundle.facts["selection"]["bounds"]
    assert bounds["financed"] == int(weighted.parts.test.sum())
    assert bounds["rows"] >= bounds["financed"]
    assert 0 < bounds["default_rate"]["low"] <= bounds["default_rate"]["high"] < 1
    assert bounds["auc"]["low"] <= bounds["auc"]["high"]


def test_only_financed_rows_of_the_training_weigh(inputs: Inputs, config: TrainConfig) -> None:
    rows = _traded(inputs).rows
    trained = np.unique(rows.as_of)[:6]
    settings = SelectionSettings(method="weights")
    weight = correction(
        rows, inputs.status, trained, evidence(CATALOGUE), settings, config.seed
    ).weight
    assert weight is not None
    counted = weight > 0
    assert set(rows.as_of[counted]) == set(trained)
    left = (Status.NO_OPEN_FACILITY, Status.IN_DEFAULT)
    assert not np.isin(inputs.status[counted], left).any()
    assert weight[counted].mean() == pytest.approx(1.0)


def test_a_range_by_hand() -> None:
    status = np.array(
        [Status.BAD, Status.GOOD, Status.NO_OPEN_FACILITY, Status.IN_DEFAULT, Status.LEFT_EARLY],
        np.int8,
    )
    pd = np.array([0.3, 0.1, 0.2, 0.9, 0.9])
    settings = SelectionSettings(least_ratio=0.5, most_ratio=2.0)
    found = range_over_all(pd, pd, status, settings)
    assert (found["rows"], found["financed"]) == (3, 2)
    assert found["default_rate"] == pytest.approx({"low": 1.1 / 3, "high": 1.4 / 3})
    # Bad 1 and r of three, ranked 3, 2, 1: pairs won over pairs.
    for rate, end in ((0.1, "high"), (0.4, "low")):
        won = 1 * (1 - rate) + 1 * 1 + rate * 1 + rate * (1 - rate) / 2
        assert found["auc"][end] == pytest.approx(won / ((1 + rate) * (2 - rate)))
