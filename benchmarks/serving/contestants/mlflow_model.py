"""The champion's trees as an MLflow model: a prediction and its SHAP values, nothing else.

Run with the champion's trees and a folder it writes the model there, with a signature as the one in
the registry has; MLflow keeps this very file as the model's code.
"""

import json
import sys
from pathlib import Path
from typing import Any

import lightgbm as lgb
import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.pyfunc.model import PythonModel
from mlflow.types import ColSpec, DataType, Schema


class Prediction(PythonModel):
    """Answers for rows of features."""

    def load_context(self, context: Any) -> None:
        """Read the trees."""
        self.booster = lgb.Booster(model_file=context.artifacts["trees"])

    def predict(
        self,
        context: Any,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Predict, and share the prediction out among the features."""
        values = model_input.to_numpy(np.float64)
        margin = np.asarray(self.booster.predict(values, num_threads=1))
        shares = np.asarray(self.booster.predict(values, pred_contrib=True, num_threads=1))
        return {"prediction": margin.tolist(), "shap": shares.tolist()}


if __name__ == "__main__":
    trees = Path(sys.argv[1])
    names = json.loads((trees.parent / "bundle.json").read_text(encoding="utf-8"))["features"]
    columns = Schema([ColSpec(DataType.double, name) for name in names])
    mlflow.pyfunc.save_model(
        Path(sys.argv[2]),
        python_model=Path(__file__),
        artifacts={"trees": str(trees)},
        signature=ModelSignature(inputs=columns),
        pip_requirements=["mlflow", "lightgbm"],
    )
else:
    mlflow.models.set_model(Prediction())
