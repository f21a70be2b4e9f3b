"""The comparison: the champion beside what banks do today, on the same out-of-time rows.

Beside it stand the core-enterprise rule, a logistic scorecard on weight of evidence, and LightGBM
without directions; all learn from the champion's training rows and are calibrated as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np

from training.baselines import CORE_RATING, CoreEnterpriseRule, ranked
from training.calibration import fit_calibration, with_covariance
from training.estimator import Recipe, fit, folds_by, raw_margin
from training.horizon import month_name
from training.metrics import Performance, auc, performance
from training.model.calibration import Calibration
from training.model.scale import Floats
from training.sample import Sample
from training.scorecard import fit_scorecard
from training.split import Split
from training.split_comparison import SplitComparison
from training.weight_of_evidence import installed

CANDIDATE = "candidate"
CORE_RULE = "core_enterprise_rule"
SCORECARD = "scorecard"
UNCONSTRAINED = "unconstrained_lightgbm"

NO_SCORECARD = (
    "the scorecard on weight of evidence is left out: optbinning is not installed (it has no wheel "
    "for Python 3.14)"
)


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


class CrossFitted(Protocol):
    """What was fitted on rows of which others of its kind, which had not seen them, spoke."""

    @property
    def margins(self) -> Floats:
        """Of each row by a fit without its enterprise, float64 [n]."""


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
    splits : SplitComparison or None
        The candidate on the training months, split by row and by enterprise; None where the
        defaults are too few for it.
    """

    out_of_time: Mapping[str, Performance]
    unseen: Mapping[str, Performance]
    by_month: Mapping[str, Mapping[str, float]]
    splits: SplitComparison | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """What was left out, and why."""
        return () if SCORECARD in self.out_of_time else (NO_SCORECARD,)

    def as_data(self) -> dict[str, Any]:
        """As plain data, NaN as None."""
        return {
            "out_of_time": {name: plain(found) for name, found in self.out_of_time.items()},
            "unseen_enterprises": {name: plain(found) for name, found in self.unseen.items()},
            "auc_by_month": {
                month: {name: _number(area) for name, area in areas.items()}
                for month, areas in self.by_month.items()
            },
            "splits": None if self.splits is None else self.splits.as_data(),
        }


def unseen_margins(parts: Split, fitted: CrossFitted, margin: Floats) -> Floats:
    """Margins of models that had not seen the enterprise, float64 [n].

    Those are the margins of the final model, but of each validation fold by the model of the
    other folds.

    Parameters
    ----------
    parts : Split
    fitted : CrossFitted
        On the rows to fit on.
    margin : float64 [n]
        Of all rows by the final model.
    """
    unseen = margin.copy()
    unseen[parts.fit] = fitted.margins
    return unseen


def calibrate(
    sample: Sample, parts: Split, unseen: Floats, slope_from: int, weight: Floats | None = None
) -> Calibration:
    """Calibrate on the rows of the training, by models that had not seen the enterprise.

    The calibration enterprises alone, one in five, would leave the level of the PD to the chance
    of who is among them.

    Parameters
    ----------
    sample : Sample
    parts : Split
    unseen : float64 [n]
        Of :func:`unseen_margins`.
    slope_from : int
        Enterprises from which a slope is fitted: rows of one are no news to each other.
    weight : float64 [n], optional
        How much each row of the sample counts; None: all alike.
    """
    rows = parts.fit | parts.calibration
    enterprise, margin, target = sample.enterprise[rows], unseen[rows], sample.target[rows]
    counts = None if weight is None else weight[rows]
    with_slope = len(np.unique(enterprise)) >= slope_from
    fitted = fit_calibration(margin, target, with_slope=with_slope, weight=counts)
    return with_covariance(fitted, margin, target, enterprise, counts)


def baselines(sample: Sample, parts: Split, recipe: Recipe, slope_from: int) -> dict[str, Forecast]:
    """Fit the baselines on the champion's training rows and let them speak of every row.

    The scorecard is left out where optbinning is not installed (:data:`NO_SCORECARD`).
    """
    found = {}
    if CORE_RATING in sample.names:
        rating = sample.column(CORE_RATING)
        trained = parts.fit | parts.calibration
        rule = CoreEnterpriseRule.fit(rating[trained], sample.target[trained])
        found[CORE_RULE] = Forecast(rule.pd(rating), ranked(rating).astype(np.float64))
    values, free = sample.choose(recipe.names), recipe.free()
    seen, target = values[parts.fit], sample.target[parts.fit]
    fold = parts.fold[parts.fit]
    folds = folds_by(fold, int(fold.max()) + 1)

    def calibrated(fitted: CrossFitted, margin: Floats) -> Forecast:
        unseen = unseen_margins(parts, fitted, margin)
        return Forecast(calibrate(sample, parts, unseen, slope_from).pd(margin), margin)

    if installed():
        made = fit_scorecard(seen, target, folds, recipe)
        found[SCORECARD] = calibrated(made, made.card.margin(values))
    fitted = fit(seen, target, folds, free)
    found[UNCONSTRAINED] = calibrated(fitted, raw_margin(fitted.booster, values))
    return found


def compare(
    sample: Sample,
    parts: Split,
    forecasts: Mapping[str, Forecast],
    bootstrap: int,
    seed: int,
    splits: SplitComparison | None = None,
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
    return Comparison(
        measured(parts.test), measured(parts.unseen(sample.enterprise)), by_month, splits
    )


def plain(found: Performance) -> dict[str, Any]:
    """Figures as plain data, NaN as None."""
    said: dict[str, Any] = {
        field.name: _number(getattr(found, field.name))
        for field in fields(found)
        if field.name != "intervals"
    }
    spans = {name: [_number(end) for end in span] for name, span in found.intervals.items()}
    return {**said, "intervals": spans}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
