"""The experiment: from inputs to a checked bundle, its figures and its findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from features.catalogue import Catalogue
from training.additivity import additivity
from training.checks import Finding, stop
from training.comparison import CANDIDATE, Comparison, Forecast, baselines, compare
from training.config import TrainConfig
from training.division import Division, divide
from training.estimator import Fitted
from training.facts import facts_of
from training.inputs import Inputs
from training.labels import Flags
from training.leakage import suspects
from training.learning import Learnt, learn
from training.model.bundle import Bundle, Scores
from training.model.scale import Floats
from training.monotonicity import probe
from training.sample import Sample
from training.split import Split

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
    division = divide(inputs, config)
    sample, parts = division.sample, division.parts
    tell("fit the model")
    learnt = learn(inputs, division, catalogue, config)
    tell("compare it")
    scores = learnt.bundle.score(learnt.values[parts.test])
    forecasts = {
        CANDIDATE: _forecast(learnt.bundle, learnt.margin, parts.test, scores),
        **baselines(sample, parts, learnt.recipe, config.slope_from_enterprises),
    }
    comparison = compare(sample, parts, forecasts, config.bootstrap, config.seed)
    tell("check it")
    stop(additivity(learnt.bundle, learnt.values[parts.test], scores))
    probes = _probed(division, learnt, config)
    facts = {
        **facts_of(inputs, division, learnt, config),
        "monotone_probes": probes,
        "performance": comparison.as_data(),
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
