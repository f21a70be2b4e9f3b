"""The comparison: the champion beside what banks do today, on the same out-of-time rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.baselines import CORE_RATING, CoreEnterpriseRule, ranked
from training.calibration import fit_calibration
from training.estimator import Fitted, Recipe, fit, folds_by, raw_margin
from training.horizon import month_name
from training.metrics import Performance, auc, performance
from training.model.calibration import Calibration
from training.model.scale import Floats
from training.sample import Sample
from training.split import Split

CANDIDATE = "candidate"
CORE_RULE = "core_enterprise_rule"
UNCONSTRAINED = "unconstrained_lightgbm"


@dataclass(frozen=True, eq=False)
class Forecast:
    """What one model says of every row of a sample.

    Attributes
    ----------
    pd : float64 [n]
    rank : float64 [n]
        What it ranks by, larger riskier.
    """

    pd: Floats
    rank: Floats


@dataclass(frozen=True, eq=False)
class Comparison:
    """Figures of every model.

    Attributes
    ----------
    out_of_time : mapping of str to Performance
        On all test rows.
    unseen : mapping of str to Performance
        On test rows of enterprises that no model was fitted on; empty where these have only
        one class.
    by_month : mapping of str to mapping of str to float
        Month to model to AUC; NaN where the month has one class.
    """

    out_of_time: Mapping[str, Performance]
    unseen: Mapping[str, Performance]
    by_month: Mapping[str, Mapping[str, float]]

    def as_data(self) -> dict[str, Any]:
        """As plain data, NaN as None."""
        return {
            "out_of_time": {name: plain(found) for name, found in self.out_of_time.items()},
            "unseen_enterprises": {name: plain(found) for name, found in self.unseen.items()},
            "auc_by_month": {
                month: {name: _number(area) for name, area in areas.items()}
                for month, areas in self.by_month.items()
            },
        }


def calibrate(
    sample: Sample,
    parts: Split,
    fitted: Fitted,
    margin: Floats,
    slope_from: int,
    weight: Floats | None = None,
) -> Calibration:
    """Calibrate on margins of boosters that had not seen the enterprise.

    Those are the margins of the calibration enterprises, and of each validation fold by the
    booster of the other folds. The calibration enterprises alone, one in five, would leave the
    level of the PD to the chance of who is among them.

    Parameters
    ----------
    sample : Sample
    parts : Split
    fitted : Fitted
    margin : float64 [n]
        Of all rows by the final booster.
    slope_from : int
        Enterprises from which a slope is fitted: rows of one are no news to each other.
    weight : float64 [n], optional
        How much each row of the sample counts; None: all alike.
    """
    unseen = margin.copy()
    unseen[parts.fit] = fitted.margins
    rows = parts.fit | parts.calibration
    firms = len(np.unique(sample.enterprise[rows]))
    return fit_calibration(
        unseen[rows],
        sample.target[rows],
        with_slope=firms >= slope_from,
        weight=None if weight is None else weight[rows],
    )


def baselines(sample: Sample, parts: Split, recipe: Recipe, slope_from: int) -> dict[str, Forecast]:
    """Fit the baselines on the champion's training rows and let them speak of every row."""
    found = {}
    if CORE_RATING in sample.names:
        rating = sample.column(CORE_RATING)
        trained = parts.fit | parts.calibration
        rule = CoreEnterpriseRule.fit(rating[trained], sample.target[trained])
        found[CORE_RULE] = Forecast(rule.pd(rating), ranked(rating).astype(np.float64))
    free = recipe.free()
    values = sample.choose(recipe.names)
    fold = parts.fold[parts.fit]
    fitted = fit(
        values[parts.fit], sample.target[parts.fit], folds_by(fold, int(fold.max()) + 1), free
    )
    margin = raw_margin(fitted.booster, values)
    calibration = calibrate(sample, parts, fitted, margin, slope_from)
    found[UNCONSTRAINED] = Forecast(calibration.pd(margin), margin)
    return found


def compare(
    sample: Sample, parts: Split, forecasts: Mapping[str, Forecast], bootstrap: int, seed: int
) -> Comparison:
    """Measure every forecast on the test rows."""

    def measured(rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, Performance]:
        if not 0 < sample.target[rows].sum() < rows.sum():
            return {}
        return {
            name: performance(
                sample.target[rows],
                said.pd[rows],
                sample.enterprise[rows],
                rank=said.rank[rows],
                bootstrap=bootstrap,
                seed=seed,
            )
            for name, said in forecasts.items()
        }

    by_month = {}
    for month in np.unique(sample.as_of[parts.test]):
        rows = parts.test & (sample.as_of == month)
        by_month[month_name(int(month))] = {
            name: auc(sample.target[rows], said.rank[rows]) for name, said in forecasts.items()
        }
    return Comparison(measured(parts.test), measured(parts.unseen(sample.enterprise)), by_month)


def plain(found: Performance) -> dict[str, Any]:
    """Figures as plain data, NaN as None."""
    return {name: _number(value) for name, value in asdict(found).items()}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
