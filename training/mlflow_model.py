"""The model in MLflow's own form, beside the bundle: for tools that load models through MLflow.

It is a native LightGBM booster whose leaves already carry the calibration, so that what MLflow's
wrapper predicts is the PD. It is text: nothing is pickled, and no code of ours is in it. Services
do not read it; it has no points, and nothing compares its hash before it is parsed.
"""

import logging
import tempfile
import warnings
from pathlib import Path

import lightgbm as lgb
import mlflow
import mlflow.lightgbm
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema

from training.model.bundle import Bundle

EXAMPLE_ROWS = 5
OUTPUT = "pd"


def calibrated(bundle: Bundle) -> lgb.Booster:
    """A booster that predicts the calibrated PD: each leaf times the slope, the offset once."""
    booster = lgb.Booster(model_str=bundle.model_text)
    line = bundle.calibration
    for tree, dumped in enumerate(booster.dump_model()["tree_info"]):
        offset = line.intercept if tree == 0 else 0.0
        for leaf in range(dumped["num_leaves"]):
            value = booster.get_leaf_output(tree, leaf)
            booster.set_leaf_output(tree, leaf, line.slope * value + offset)
    return booster


def write_mlflow_model(bundle: Bundle, folder: Path) -> None:
    """Add the files of MLflow's model to a folder: model, signature, input example, needs.

    Parameters
    ----------
    bundle : Bundle
    folder : Path
        The bundle's own, so that a version of the registry can be loaded by its name.
    """
    example = pd.DataFrame(bundle.golden.values[:EXAMPLE_ROWS], columns=list(bundle.features))
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(dir=folder) as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's, about type hints of its own
        made = Path(scratch) / "model"
        mlflow.lightgbm.save_model(
            calibrated(bundle),
            made,
            signature=_signature(bundle.features),
            input_example=example,
            pip_requirements=[
                f"mlflow=={mlflow.__version__}",
                f"lightgbm=={lgb.__version__}",
                f"numpy=={np.__version__}",
                f"pandas=={pd.__version__}",
            ],
            metadata={"model": bundle.name, "hash": bundle.hash},
        )
        for path in made.iterdir():
            path.rename(folder / path.name)


def _signature(features: tuple[str, ...]) -> ModelSignature:
    number = DataType.double
    return ModelSignature(
        inputs=Schema([ColSpec(number, name) for name in features]),
        outputs=Schema([ColSpec(number, OUTPUT)]),
    )
