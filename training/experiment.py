"""The experiment: from inputs to a checked bundle, its figures and its findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from features.calendar import month_end, show_time
from features.catalogue import Catalogue
from supervision.arrays import Integers
from training.checks import Finding
from training.comparison import (
    CANDIDATE,
    Comparison,
    Forecast,
    baselines,
    calibrate,
    compare,
)
from training.config import TrainConfig
from training.errors import TrainingError
from training.estimator import Fitted, Recipe, fit, folds_by, raw_margin
from training.horizon import month_name
from training.inputs import Inputs
from training.labels import Flags
from training.leakage import suspects
from training.model.bundle import Bundle, Scores, assemble
from training.model.scale import MICRO, Floats
from training.monotonicity import probe
from training.sample import Sample, drop_unusable, usable
from training.selection.correction import Correction, correction, range_over_all
from training.selection.financed import evidence, trading, was_financed
from training.split import Split, crossing, plan_months, split

GOLDEN_ROWS = 100

Tell = Callable[[str], None]
"""Is told the name of each step as it begins."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """A training that came to its end.

    Attributes
    ----------
    bundle : Bundle
    sample : Sample
        Rows with a known outcome.
    parts : Split
    comparison : Comparison
    forecasts : mapping of str to Forecast
        Of every row of the sample.
    test_scores : Scores
        Of the out-of-time rows.
    fitted : Fitted
    findings : tuple of Finding
        Warnings; anything worse stopped the training.
    dropped : mapping of str to int
        Rows of the table that were not used, by reason.
    """

    bundle: Bundle
    sample: Sample
    parts: Split
    comparison: Comparison
    forecasts: Mapping[str, Forecast]
    test_scores: Scores
    fitted: Fitted
    findings: tuple[Finding, ...]
    dropped: Mapping[str, int]


def run(inputs: Inputs, catalogue: Catalogue, config: TrainConfig, tell: Tell) -> Experiment:
    """Train, compare and check.

    Raises
    ------
    TrainingError
        If the data do not allow it, or check PD003, PD004 or PD005 finds something.
    """
    tell("divide the rows")
    divided = _divided(inputs, config)
    sample, parts, dropped = divided.sample, divided.parts, divided.dropped
    recipe = _recipe(sample, catalogue, config)
    corrected = _corrected(inputs, divided, catalogue, config)
    weight = None if corrected.weight is None else corrected.weight[divided.kept]
    tell("fit the model")
    values = sample.choose(recipe.names)
    folds = folds_by(parts.fold[parts.fit], config.split.folds)
    fitted = fit(
        values[parts.fit], sample.target[parts.fit], folds, recipe, _scaled(weight, parts.fit)
    )
    margin = raw_margin(fitted.booster, values)
    bundle = assemble(
        fitted.booster,
        calibrate(sample, parts, fitted, margin, config.slope_from_enterprises, weight),
        golden_rows(values[parts.test], margin[parts.test]),
        name=config.name,
        features=recipe.names,
        directions=recipe.directions,
        catalogue_hash=catalogue.hash,
    )
    tell("compare it")
    scores = bundle.score(values[parts.test])
    forecasts = {
        CANDIDATE: _forecast(bundle, margin, parts.test, scores),
        **baselines(sample, parts, recipe, config.slope_from_enterprises),
    }
    comparison = compare(sample, parts, forecasts, config.bootstrap, config.seed)
    tell("check it")
    _stop(additivity(bundle, values[parts.test], scores))
    seen, outcome = values[parts.fit], sample.target[parts.fit]
    checks = config.checks
    violations = probe(bundle.booster, seen, recipe.directions, checks.probe_rows, config.seed)
    _stop(violations.finding())
    leaks = suspects(
        seen, outcome, folds, recipe, alone=checks.leak_auc, ratio=checks.leak_error_ratio
    )
    facts = {
        **_facts(inputs, sample, parts, config, fitted),
        "dropped": dict(dropped),
        "selection": {**corrected.facts, "bounds": _bounds(inputs, divided, bundle, config)},
        "monotone_probes": violations.probes,
        "performance": comparison.as_data(),
    }
    return Experiment(
        bundle=replace(bundle, facts=facts),
        sample=sample,
        parts=parts,
        comparison=comparison,
        forecasts=forecasts,
        test_scores=scores,
        fitted=fitted,
        findings=tuple(suspect.finding() for suspect in leaks),
        dropped=dropped,
    )


def additivity(bundle: Bundle, values: Floats, scores: Scores) -> Finding | None:
    """Check PD005: base and points are the calibrated margin, but for their own rounding."""
    odds = (
        bundle.calibration.slope * raw_margin(bundle.booster, values) + bundle.calibration.intercept
    )
    residual = np.abs(bundle.scale.log_odds(scores.score_micro) - odds)
    allowed = (len(bundle.features) + 1) / 2 / MICRO / bundle.scale.factor + 1e-9
    if float(residual.max(initial=0.0)) <= allowed:
        return None
    return Finding(
        "PD005",
        "points do not add up",
        f"base and points miss the margin by up to {residual.max():.3g} in log-odds, allowed are "
        f"{allowed:.3g}; do not use the model, train it again",
    )


def golden_rows(values: Floats, margin: Floats) -> Floats:
    """Up to 100 rows spread evenly from the best to the worst."""
    order = np.argsort(margin, kind="stable")
    places = np.unique(np.linspace(0, len(order) - 1, min(GOLDEN_ROWS, len(order))).round())
    return np.ascontiguousarray(values[order[places.astype(np.int64)]])


@dataclass(frozen=True, eq=False)
class _Divided:
    """Rows with a known outcome, their use, how many were dropped why, and what all rows are."""

    sample: Sample
    parts: Split
    dropped: dict[str, int]
    status: npt.NDArray[np.int8]

    @property
    def kept(self) -> Flags:
        """Which rows of the table the sample holds."""
        return usable(self.status)

    @property
    def trained(self) -> Integers:
        """Month ends of the training."""
        return np.unique(self.sample.as_of[self.parts.fit | self.parts.calibration])


def _corrected(
    inputs: Inputs, divided: _Divided, catalogue: Catalogue, config: TrainConfig
) -> Correction:
    """Weights against selection, where the configuration asks for them."""
    names, settings = evidence(catalogue), config.selection
    return correction(inputs.rows, divided.status, divided.trained, names, settings, config.seed)


def _scaled(weight: Floats | None, rows: Flags) -> Floats | None:
    """Weights of some rows, of mean 1 among them."""
    return None if weight is None else weight[rows] / weight[rows].mean()


def _bounds(
    inputs: Inputs, divided: _Divided, bundle: Bundle, config: TrainConfig
) -> dict[str, Any]:
    """What the stated ratios allow in the months of the test, over all who borrow or trade."""
    tested = np.isin(inputs.rows.as_of, np.unique(divided.sample.as_of[divided.parts.test]))
    tested &= was_financed(divided.status) | trading(inputs.rows)
    values = inputs.rows.take(tested).choose(bundle.features)
    margin = raw_margin(bundle.booster, values)
    pd = bundle.calibration.pd(margin)
    return range_over_all(pd, margin, divided.status[tested], config.selection)


def _divided(inputs: Inputs, config: TrainConfig) -> _Divided:
    """Divide the rows of the table."""
    settled, _ = drop_unusable(inputs.rows, inputs.status)
    train, test = _months(settled, inputs, config)
    status = inputs.status_at_test(int(test[0]))
    sample, dropped = drop_unusable(inputs.rows, status)
    parts = split(
        sample,
        train,
        test,
        seed=config.seed,
        calibration_share=config.split.calibration_share,
        folds=config.split.folds,
    )
    trained = parts.fit | parts.calibration
    _stop(crossing(sample.as_of[trained], sample.as_of[parts.test], inputs.rules.embargo_months))
    return _Divided(sample, parts, {**dropped, "embargo": parts.embargoed}, status)


def _forecast(bundle: Bundle, margin: Floats, test: Flags, scores: Scores) -> Forecast:
    """PD of every row: of the test rows from their points, of the others from their margin."""
    pd = bundle.calibration.pd(margin)
    pd[test] = scores.pd
    return Forecast(pd, pd)


def _months(sample: Sample, inputs: Inputs, config: TrainConfig) -> tuple[Integers, Integers]:
    wanted = config.split
    if wanted.train is None and wanted.test is None:
        return plan_months(sample.as_of, inputs.rules.embargo_months, wanted.test_share)
    if wanted.train is None or wanted.test is None:
        raise TrainingError(
            "expected split.train and split.test together, found only one of them; give both, "
            "or neither and split.test_share"
        )
    months = np.unique(sample.as_of)
    sides = []
    for side, (first, last) in (("train", wanted.train), ("test", wanted.test)):
        inside = months[(months >= month_end(first)) & (months <= month_end(last))]
        if len(inside) == 0:
            raise TrainingError(
                f"split.{side} asks for {first} to {last}, but rows with known outcomes are of "
                f"{month_name(int(months[0]))} to {month_name(int(months[-1]))}; choose among these"
            )
        sides.append(inside)
    return sides[0], sides[1]


def _recipe(sample: Sample, catalogue: Catalogue, config: TrainConfig) -> Recipe:
    names = tuple(feature.name for feature in catalogue.champion)
    if config.selection.without_credit:
        names = evidence(catalogue)
    lacking = [name for name in names if name not in sample.names]
    if lacking:
        raise TrainingError(
            f"the feature table lacks {lacking[:5]}; build it again with all features"
        )
    return Recipe(
        names=names,
        directions=tuple(catalogue.feature(name).direction for name in names),
        seed=config.seed,
        settings=config.model,
    )


def _facts(
    inputs: Inputs, sample: Sample, parts: Split, config: TrainConfig, fitted: Fitted
) -> dict[str, Any]:
    """What the bundle tells about its training."""

    def part(rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, Any]:
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
        "rounds": fitted.rounds,
        "validation_log_loss": list(fitted.fold_losses),
        "seed": config.seed,
        "settings": config.model.model_dump(),
        "window_months": inputs.rules.window_months,
        "reporting_lag_months": inputs.rules.reporting_lag_months,
        "training_labels_as_of": show_time(int(sample.as_of[parts.test].min())),
        "test_labels_as_of": show_time(inputs.rules.as_of),
        "record_position": inputs.position,
        "table_sha256": inputs.table_sha256,
    }


def _stop(finding: Finding | None) -> None:
    if finding is not None:
        raise TrainingError(str(finding))
