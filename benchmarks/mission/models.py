"""Models: the champion and its baselines, taught on what lenders saw before the test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.mission.applicants import Applicants
from benchmarks.selection.ground import Ground
from benchmarks.selection.ways import BY_FACILITY, NONE, PLAIN_WEIGHTS, lessons_of, ways
from benchmarks.world.hardness import FOLDS, recipe
from training.baselines import CORE_RATING, CoreEnterpriseRule
from training.calibration import fit_calibration
from training.comparison import CrossFitted
from training.config import TrainConfig
from training.estimator import fit, folds_by, raw_margin
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration
from training.model.scale import Floats
from training.sample import Labels, Names
from training.scorecard import fit_scorecard
from training.split import folds_of
from training.weight_of_evidence import installed

CARGO = "cargo"
TWO = "cargo, two models by facility"
RULE = "core-enterprise rule"
SCORECARD = "scorecard, weight of evidence"
FREE = "LightGBM, unconstrained"
TRUTH = "true PD, which nobody has"
GOLDEN_ROWS = 100

Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Models:
    """What was taught, and what it says of the applicants.

    Attributes
    ----------
    bundle : Bundle
        The champion as it would be served.
    pd : mapping of str to float64 [n]
        By each model, of every applicant.
    score : float64 [n]
        Points of the champion.
    rows, defaults : int
        Of the lesson.
    """

    bundle: Bundle
    pd: Mapping[str, Floats]
    score: Floats
    rows: int
    defaults: int


def teach(ground: Ground, asking: Applicants, tell: Tell, *, by_facility: bool) -> Models:
    """Teach every model on the borrowers of the training months.

    Labels are those that lenders had reported when the test begins. All models see the same rows
    and folds, and are calibrated on margins out of fold; the rule is asked for its PD only.

    Parameters
    ----------
    ground : Ground
    asking : Applicants
    tell : callable
        Is told the name of each step.
    by_facility : bool
        Also the best way of ``benchmarks.selection``: a second model for those without a facility.
    """
    material = ground.material
    rows, target = material.rows.take(ground.labelled), material.observed[ground.labelled]
    chosen = recipe(len(rows))
    learnt, asked = rows.choose(chosen.names), material.rows.choose(chosen.names)[asking.place]
    folds = folds_by(folds_of(rows.enterprise, chosen.seed, 0.0, FOLDS), FOLDS)
    tell("champion")
    fitted = fit(learnt, target, folds, chosen)
    bundle = assemble(
        fitted.booster,
        _calibration(fitted, target, rows.enterprise),
        asked[:GOLDEN_ROWS],
        name="mission",
        features=chosen.names,
        directions=chosen.directions,
    )
    scores = bundle.score(asked)
    found = {CARGO: scores.pd}
    if by_facility:
        found[TWO] = _by_facility(ground, tell)[asking.place]
    if installed():
        tell("scorecard")
        made = fit_scorecard(learnt, target, folds, chosen)
        line = _calibration(made, target, rows.enterprise)
        found[SCORECARD] = line.pd(made.card.margin(asked))
    tell("LightGBM without directions")
    free = fit(learnt, target, folds, chosen.free())
    line = _calibration(free, target, rows.enterprise)
    found[FREE] = line.pd(raw_margin(free.booster, asked))
    found[RULE] = CoreEnterpriseRule.fit(rows.column(CORE_RATING), target).pd(asking.rating)
    if asking.paths:
        found[TRUTH] = asking.bad
    points = scores.score_micro / 1e6
    return Models(bundle, found, np.asarray(points), len(target), int(target.sum()))


def _calibration(fitted: CrossFitted, target: Labels, enterprise: Names) -> Calibration:
    with_slope = len(np.unique(enterprise)) >= TrainConfig().slope_from_enterprises
    return fit_calibration(fitted.margins, target, with_slope=with_slope)


def _by_facility(ground: Ground, tell: Tell) -> Floats:
    lessons, _ = lessons_of(ground, TrainConfig().selection.truncate_at)
    taught = ways(ground, {name: lessons[name] for name in (NONE, PLAIN_WEIGHTS)}, tell)
    return taught[BY_FACILITY].pd
