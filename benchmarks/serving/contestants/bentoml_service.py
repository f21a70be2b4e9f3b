"""The champion's trees behind BentoML: a prediction and its SHAP values, nothing else."""

import os
from typing import Any

import bentoml
import lightgbm as lgb
import numpy as np


@bentoml.service(workers=1)
class Prediction:
    """Answers for one row of features."""

    def __init__(self) -> None:
        self.booster = lgb.Booster(model_file=os.environ["CARGOWORTHY_BENCH_MODEL"])

    @bentoml.api  # type: ignore[untyped-decorator]
    def predict(self, rows: list[list[float]]) -> dict[str, Any]:
        """Predict, and share the prediction out among the features."""
        values = np.array(rows)
        margin = np.asarray(self.booster.predict(values, num_threads=1))
        shares = np.asarray(self.booster.predict(values, pred_contrib=True, num_threads=1))
        return {"prediction": margin.tolist(), "shap": shares.tolist()}
