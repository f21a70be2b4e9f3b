import json
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest

from training.config import BoostingSettings
from training.errors import TrainingError
from training.estimator import Recipe, fit_rounds
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration
from training.model_graph import INPUT, OUTPUT, onnx_bytes

SETTINGS = BoostingSettings(min_data_in_leaf=20, learning_rate=0.3)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """Three columns: missing values in one, none in another, and one of tiny steps."""
    chance = np.random.default_rng(3)
    values = chance.normal(size=(3000, 3))
    values[:, 2] = 1e6 + chance.integers(0, 50, 3000) * 1e-7
    odds = values[:, 0] - 2 * (values[:, 1] > 0.3) + 4e5 * (values[:, 2] - 1e6)
    target = (chance.uniform(size=3000) < 1 / (1 + np.exp(2 - odds))).astype(np.int8)
    values[chance.uniform(size=3000) < 0.2, 0] = np.nan
    recipe = Recipe(("up", "missing_never", "steps"), (1, 0, 0), 4, SETTINGS)
    booster = fit_rounds(values, target, recipe, 40)
    return assemble(
        booster,
        Calibration(0.8, -0.4),
        values[:20],
        name="small",
        features=recipe.names,
        directions=recipe.directions,
    )


def pd_of(graph: bytes, values: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    ready = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return np.asarray(ready.run([OUTPUT], {INPUT: values})[0])[:, 0]


def test_the_graph_gives_the_pd_of_the_bundle(bundle: Bundle) -> None:
    chance = np.random.default_rng(9)
    values = chance.normal(size=(4000, 3)) * 10.0 ** chance.uniform(-6, 9, size=(4000, 1))
    values[:2000, 2] = 1e6 + chance.integers(-5, 55, 2000) * 1e-7
    values[chance.uniform(size=values.shape) < 0.3] = np.nan
    values[:10] = 0.0
    found = pd_of(onnx_bytes(bundle), values)
    assert np.abs(found - bundle.score(values).pd).max() < 1e-6
    assert found.std() > 0.05


def test_a_value_at_a_threshold_goes_where_lightgbm_sends_it(bundle: Bundle) -> None:
    """Thresholds of the tiny steps are apart by less than single precision can tell."""
    steps = 1e6 + np.arange(50) * 1e-7
    values = np.column_stack([np.zeros(50), np.zeros(50), steps])
    found = pd_of(onnx_bytes(bundle), values)
    assert np.abs(found - bundle.score(values).pd).max() < 1e-6
    assert len(np.unique(found.round(6))) > 5


def test_the_same_model_gives_the_same_bytes_and_says_what_it_is(bundle: Bundle) -> None:
    assert onnx_bytes(bundle) == onnx_bytes(bundle)
    model = onnx.load_from_string(onnx_bytes(replace(bundle, hash="ab" * 32)))
    said = {one.key: one.value for one in model.metadata_props}
    assert json.loads(said["features"]) == list(bundle.features)
    assert said["model_hash"] == "ab" * 32


def test_a_model_with_categories_is_refused(bundle: Bundle) -> None:
    with pytest.raises(TrainingError, match="found categories of"):
        onnx_bytes(replace(bundle, categories={"up": ("a", "b")}))


def test_a_booster_that_splits_on_categories_is_refused() -> None:
    chance = np.random.default_rng(0)
    values = chance.integers(0, 12, size=(2000, 1)).astype(float)
    target = (chance.uniform(size=2000) < 0.1 + 0.7 * (values[:, 0] % 3 == 1)).astype(np.int8)
    recipe = Recipe(("kind",), (0,), 0, SETTINGS, categorical=("kind",))
    booster = fit_rounds(values, target, recipe, 3)
    made = assemble(
        booster, Calibration(), values[:5], name="k", features=("kind",), directions=(0,)
    )
    with pytest.raises(TrainingError, match="splits by a threshold, found '=='"):
        onnx_bytes(made)
