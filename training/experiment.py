"""The experiment: from inputs to a checked bundle, its figures and its findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from features.catalogue import Catalogue
from training.additivity import additivity
from training.calibration_rivals import Margins, Rivalry, rivals
from training.central_tendency import levels
from training.checks import Finding, stop
from training.comparison import CANDIDATE, Comparison, Forecast, baselines, compare
from training.config import TrainConfig
from training.division import Division, divide
from training.estimator import Fitted
from training.facts import facts_of
from training.inputs import Inputs
from training.labels import Flags
from training.leakage import suspects
from training.learning import Learnt, learn, scaled
from training.model.bundle import Bundle, Scores
from training.model.reference import FACT, Reference
from training.model.scale import Floats
from training.monotonicity import probe
from training.reason_stability import Learner, reason_stability
from training.resampling import resampled
from training.sample import Sample
from training.split import Split
from training.split_comparison import SplitComparison, compare_splits

if TYPE_CHECKING:
    from distributed import Client

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


def run(
    inputs: Inputs,
    catalogue: Catalogue,
    config: TrainConfig,
    tell: Tell,
    cluster: "Client | None" = None,
) -> Experiment:
    """Train, on a cluster if there is one; compare and check.

    Raises
    ------
    TrainingError
        If the data do not allow it, or check PD003, PD004 or PD005 finds something.
    """
    tell("divide the rows")
    division = divide(inputs, config)
    sample, parts = division.sample, division.parts
    tell("fit the model")
    learnt = learn(inputs, division, catalogue, config, cluster)
    tell("compare it")
    scores = learnt.bundle.score(learnt.values[parts.test])
    forecasts = _forecasts(division, learnt, scores, config)
    splits = _splits(division, learnt)
    comparison = compare(sample, parts, forecasts, config.bootstrap, config.seed, splits)
    tell("check it")
    stop(additivity(learnt.bundle, learnt.values[parts.test], scores))
    probes = _probed(division, learnt, config)
    facts = {
        **facts_of(inputs, division, learnt, config),
        "monotone_probes": probes,
        "performance": comparison.as_data(),
        "central_tendency": {
            **learnt.tendency.as_data(),
            "out_of_time": levels(sample.target[parts.test], scores),
        },
        "calibration_rivals": _rivals(division, learnt, config).as_data(),
        "reasons": _stability(division, learnt, catalogue, config, tell),
        FACT: _reference(division, learnt).stated(),
    }
    return Experiment(
        bundle=replace(learnt.bundle, facts=facts),
        sample=sample,
        parts=parts,
        comparison=comparison,
        forecasts=forecasts,
        test_scores=scores,
        fitted=learnt.fitted,
        findings=_leaks(division, learnt, config),
        dropped=division.dropped,
    )


def _reference(division: Division, learnt: Learnt) -> Reference:
    """How the rows of the training months are spread, as the report's stability takes them."""
    trained = division.parts.fit | division.parts.calibration
    values = learnt.values[trained]
    scores = learnt.bundle.score(values)
    firms = len(np.unique(division.sample.enterprise[trained]))
    return Reference.of(learnt.bundle.features, values, scores.score_micro, firms)


def _probed(division: Division, learnt: Learnt, config: TrainConfig) -> int:
    """Stop where check PD004 finds a step against a direction; how many steps were probed."""
    violations = probe(
        learnt.bundle.booster,
        learnt.values[division.parts.fit],
        learnt.recipe.directions,
        config.checks.probe_rows,
        config.seed,
    )
    stop(violations.finding())
    return violations.probes


def _forecasts(
    division: Division, learnt: Learnt, scores: Scores, config: TrainConfig
) -> dict[str, Forecast]:
    """What the candidate and its baselines say of every row of the sample."""
    sample, parts = division.sample, division.parts
    return {
        CANDIDATE: _forecast(learnt.bundle, learnt.margin, parts.test, scores),
        **baselines(sample, parts, learnt.recipe, config.slope_from_enterprises),
    }


def _splits(division: Division, learnt: Learnt) -> SplitComparison | None:
    """What a split by row would claim of the training months."""
    trained = division.parts.fit | division.parts.calibration
    sample = division.sample
    return compare_splits(
        learnt.values[trained],
        sample.target[trained],
        sample.enterprise[trained],
        learnt.recipe,
        learnt.fitted.rounds,
    )


def _rivals(division: Division, learnt: Learnt, config: TrainConfig) -> Rivalry:
    """What the calibration's being affine costs out of time."""
    parts, target, weight = division.parts, division.sample.target, learnt.weight
    trained = parts.fit | parts.calibration
    fitted = Margins(
        learnt.unseen[trained], target[trained], None if weight is None else weight[trained]
    )
    tested = Margins(learnt.margin[parts.test], target[parts.test])
    firms = division.sample.enterprise[parts.test]
    draws = resampled(firms, config.bootstrap, config.seed)
    return rivals(learnt.bundle.calibration, fitted, tested, draws)


def _stability(
    division: Division, learnt: Learnt, catalogue: Catalogue, config: TrainConfig, tell: Tell
) -> dict[str, Any] | None:
    """How far refits repeat the reasons; None where the configuration leaves that out."""
    if not config.stability.refits:
        return None
    fit = division.parts.fit
    learner = Learner(
        learnt.values[fit],
        division.sample.target[fit],
        division.sample.enterprise[fit],
        learnt.recipe,
        learnt.fitted.rounds,
        scaled(learnt.weight, fit),
    )
    families = tuple(catalogue.feature(name).family for name in learnt.recipe.names)
    tested = learnt.values[division.parts.test]
    return reason_stability(
        learnt.bundle.booster, learner, tested, families, config.stability.refits, tell
    ).as_data()


def _leaks(division: Division, learnt: Learnt, config: TrainConfig) -> tuple[Finding, ...]:
    """What check PD002 suspects."""
    fit = division.parts.fit
    found = suspects(
        learnt.values[fit],
        division.sample.target[fit],
        learnt.folds,
        learnt.recipe,
        alone=config.checks.leak_auc,
        ratio=config.checks.leak_error_ratio,
    )
    return tuple(suspect.finding() for suspect in found)


def _forecast(bundle: Bundle, margin: Floats, test: Flags, scores: Scores) -> Forecast:
    """PD of every row: of the test rows from their points, of the others from their margin."""
    pd = bundle.calibration.pd(margin)
    pd[test] = scores.pd
    return Forecast(pd, pd)
