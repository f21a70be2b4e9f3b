"""Facts: what a bundle tells about its training."""

from typing import Any

import numpy as np

from features.calendar import show_time
from training.config import TrainConfig
from training.division import Division
from training.estimator import raw_margin
from training.horizon import month_name
from training.inputs import Inputs
from training.labels import Flags
from training.learning import Learnt
from training.selection.correction import range_over_all
from training.selection.financed import trading, was_financed


def facts_of(
    inputs: Inputs, division: Division, learnt: Learnt, config: TrainConfig
) -> dict[str, Any]:
    """Rows and months of each part, settings, and the fingerprint of the data."""
    sample, parts = division.sample, division.parts

    def part(rows: Flags) -> dict[str, Any]:
        return {
            "rows": int(rows.sum()),
            "defaults": int(sample.target[rows].sum()),
            "enterprises": len(np.unique(sample.enterprise[rows])),
            "from": month_name(int(sample.as_of[rows].min())),
            "to": month_name(int(sample.as_of[rows].max())),
        }

    return {
        "fit": part(parts.fit),
        "calibration": part(parts.calibration),
        "test": part(parts.test),
        "dropped": dict(division.dropped),
        "rounds": learnt.fitted.rounds,
        "validation_log_loss": list(learnt.fitted.fold_losses),
        "seed": config.seed,
        "settings": config.model.model_dump(),
        "window_months": inputs.rules.window_months,
        "reporting_lag_months": inputs.rules.reporting_lag_months,
        "training_labels_as_of": show_time(int(sample.as_of[parts.test].min())),
        "test_labels_as_of": show_time(inputs.rules.as_of),
        "record_position": inputs.position,
        "table_sha256": inputs.table_sha256,
        "selection": {
            **learnt.correction.facts,
            "bounds": _bounds(inputs, division, learnt, config),
        },
    }


def _bounds(
    inputs: Inputs, division: Division, learnt: Learnt, config: TrainConfig
) -> dict[str, Any]:
    """What the stated ratios allow in the months of the test, over all who borrow or trade."""
    bundle = learnt.bundle
    tested = np.isin(inputs.rows.as_of, division.tested)
    tested &= was_financed(division.status) | trading(inputs.rows)
    values = inputs.rows.take(tested).choose(bundle.features)
    margin = raw_margin(bundle.booster, values)
    pd = bundle.calibration.pd(margin)
    return range_over_all(pd, margin, division.status[tested], config.selection)
