import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from training.config import BoostingSettings
from training.estimator import Recipe, fit_rounds
from training.mlflow_model import EXAMPLE_ROWS, calibrated, write_mlflow_model
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

LOADED = """
import json, sys
import mlflow, pandas as pd
values = pd.DataFrame(json.load(open(sys.argv[2])))
print(json.dumps(list(mlflow.pyfunc.load_model(sys.argv[1]).predict(values))))
sys.exit("training" in sys.modules)
"""


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    chance = np.random.default_rng(3)
    values = chance.normal(size=(2000, 2))
    target = (chance.uniform(size=2000) < 1 / (1 + np.exp(2 - values[:, 0]))).astype(np.int8)
    values[chance.uniform(size=values.shape) < 0.2] = np.nan
    recipe = Recipe(("b", "a"), (1, 0), 4, BoostingSettings(min_data_in_leaf=20))
    booster = fit_rounds(values, target, recipe, 30)
    return assemble(
        booster,
        Calibration(0.8, -0.4),
        values[:20],
        name="small",
        features=recipe.names,
        directions=recipe.directions,
    )


def test_the_leaves_carry_the_calibration(bundle: Bundle) -> None:
    values = bundle.golden.values
    margin = bundle.booster.predict(values, raw_score=True)
    expected = 1 / (1 + np.exp(-(0.8 * margin - 0.4)))
    assert calibrated(bundle).predict(values) == pytest.approx(expected, abs=1e-12)
    assert bundle.booster.predict(values, raw_score=True) == pytest.approx(margin, abs=0)


def test_the_folder_holds_a_signature_an_example_and_no_pickle(
    bundle: Bundle, tmp_path: Path
) -> None:
    write_mlflow_model(bundle.write(tmp_path), tmp_path)
    stated = yaml.safe_load((tmp_path / "MLmodel").read_text())
    columns = json.loads(stated["signature"]["inputs"])
    assert [(one["name"], one["type"]) for one in columns] == [("b", "double"), ("a", "double")]
    assert stated["flavors"]["python_function"]["loader_module"] == "mlflow.lightgbm"
    assert stated["flavors"]["python_function"].get("code") is None
    example = json.loads((tmp_path / "input_example.json").read_text())
    assert example["columns"] == ["b", "a"]
    assert len(example["data"]) == EXAMPLE_ROWS
    suffixes = {path.suffix for path in tmp_path.iterdir()}
    assert suffixes <= {"", ".json", ".txt", ".yaml", ".lgb"}
    assert Bundle.load(tmp_path).features == ("b", "a")


@pytest.mark.slow
def test_a_tool_without_our_code_loads_it_and_executes_none(bundle: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    write_mlflow_model(bundle.write(folder), folder)
    values = bundle.golden.values
    # The columns by name, not by place.
    named = {name: values[:, place].tolist() for place, name in enumerate(bundle.features)}
    (tmp_path / "values.json").write_text(json.dumps(dict(reversed(named.items()))))
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(folder), str(tmp_path / "values.json")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "MLFLOW_ALLOW_MODEL_CODE_EXECUTION": "false",
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "PYTHONWARNINGS": "ignore",
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == pytest.approx(bundle.score(values).pd.tolist(), abs=1e-6)
