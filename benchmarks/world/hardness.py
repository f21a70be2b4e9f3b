"""How hard a world is: AUC of the features, of the best one alone, and of the core rule."""

from dataclasses import dataclass

import numpy as np

from benchmarks.world.material import Material
from benchmarks.world.measure import LEAST_BAD, Measure, Measures, Ranking
from benchmarks.world.plan import Plan
from features.catalogue import CATALOGUE
from training.baselines import CORE_RATING, ranked
from training.config import BoostingSettings, TrainConfig
from training.errors import TrainingError
from training.estimator import Recipe, fit, fit_rounds, folds_by, raw_margin
from training.labels import Flags
from training.metrics import auc
from training.model.scale import Floats
from training.sample import Labels, Sample
from training.split import Split, folds_of, split

THREADS = 2
MANY_ROWS = 30_000
"""Below, two threads wait for each other longer than they work."""
MOST_ROWS = 400_000
"""More rows than these are thinned before a fit."""
FOLDS = 5
PAST_DUE = ("days_past_due_now", "days_past_due_max_365d", "instalment_late_share_365d")
TOP = 5


@dataclass(frozen=True, eq=False)
class Champion:
    """The champion's estimator, fitted on borrowers of the training months.

    Attributes
    ----------
    recipe : Recipe
    rounds : int
    margin : float64 [n]
        Of every row of the material.
    """

    recipe: Recipe
    rounds: int
    margin: Floats


def threads(rows: int) -> int:
    """Threads to fit so many rows with."""
    return THREADS if rows > MANY_ROWS else 1


def recipe(rows: int) -> Recipe:
    """The champion's features and directions with training's own settings, for so many rows."""
    config = TrainConfig()
    return Recipe(
        names=tuple(feature.name for feature in CATALOGUE.champion),
        directions=tuple(feature.direction for feature in CATALOGUE.champion),
        seed=config.seed,
        settings=BoostingSettings(num_threads=threads(rows)),
    )


def hardness(material: Material, plan: Plan, resamples: int) -> Measures:
    """All AUC that need no true PD."""
    ranking = Ranking(material.rows.enterprise, resamples)
    found = _core_rule(material, ranking) | _alone(material, ranking)
    try:
        champion = train(material, plan)
    except TrainingError as error:
        return found | {"model.borrowers": Measure(float("nan"), note=str(error)[:200])}
    return found | _out_of_time(material, champion, ranking) | _at_random(material, champion)


def train(material: Material, plan: Plan) -> Champion:
    """Fit as training does: borrowers, labels of the record, embargo, validation by enterprise."""
    config, rows = TrainConfig(), material.rows
    sample, parts = borrowers(material, plan, config)
    chosen = recipe(int(parts.fit.sum()))
    values = sample.choose(chosen.names)[parts.fit]
    folds = folds_by(parts.fold[parts.fit], config.split.folds)
    fitted = fit(values, sample.target[parts.fit], folds, chosen)
    margin = raw_margin(fitted.booster, rows.choose(chosen.names))
    return Champion(chosen, fitted.rounds, margin)


def borrowers(material: Material, plan: Plan, config: TrainConfig) -> tuple[Sample, Split]:
    """Rows of borrowers in the months of training and test, and which of them are for what."""
    rows, kept = material.rows, material.borrower & (material.trained | material.tested)
    sample = Sample(rows.names, rows.enterprise, rows.as_of, rows.values, material.observed)
    taken = sample.take(kept)
    return taken, split(
        taken,
        plan.trained,
        plan.tested,
        seed=config.seed,
        calibration_share=config.split.calibration_share,
        folds=config.split.folds,
    )


def _out_of_time(material: Material, champion: Champion, ranking: Ranking) -> Measures:
    borrowers = material.tested & material.borrower
    everyone = material.tested & material.alive
    clean, margin = material.not_past_due, champion.margin
    observed, truth = material.observed, material.rows.target
    taught = _taught_by_truth(material, champion)
    return {
        "model.borrowers": ranking.auc(observed, margin, borrowers, f"{champion.rounds} trees"),
        "model.not_past_due": ranking.auc(observed, margin, borrowers & clean),
        "model.newcomers": ranking.auc(observed, margin, borrowers & material.newcomer),
        "model.old_hands": ranking.auc(observed, margin, borrowers & ~material.newcomer),
        "model.everyone": ranking.auc(truth, margin, everyone),
        "model.never_borrowed": ranking.auc(truth, margin, everyone & ~material.borrower),
        "model.taught_by_truth": ranking.auc(truth, taught, everyone),
    }


def _taught_by_truth(material: Material, champion: Champion) -> Floats:
    """Margins of the same estimator, had it learnt from the defaults of everyone."""
    rows = thinned(material.trained & material.alive)
    values = material.rows.choose(champion.recipe.names)
    booster = fit_rounds(values[rows], material.rows.target[rows], champion.recipe, champion.rounds)
    return raw_margin(booster, values)


def _at_random(material: Material, champion: Champion) -> Measures:
    """AUC over folds of enterprises at all month ends: what it would be without time."""
    rows = material.borrower & (material.trained | material.tested)
    values = material.rows.choose(champion.recipe.names)
    target = material.observed
    fold = folds_of(material.rows.enterprise, champion.recipe.seed, 0.0, FOLDS)
    areas = []
    for number in range(FOLDS):
        learn, test = thinned(rows & (fold != number)), rows & (fold == number)
        booster = fit_rounds(values[learn], target[learn], champion.recipe, champion.rounds)
        areas.append(auc(target[test], raw_margin(booster, values[test])))
    return {
        "model.random_folds": Measure(
            float(np.nanmean(areas)), min(areas), max(areas), "interval: worst and best fold"
        )
    }


def _core_rule(material: Material, ranking: Ranking) -> Measures:
    rank = ranked(material.rows.column(CORE_RATING)).astype(np.float64)
    labelled = material.trained | material.tested
    everyone, borrowers = labelled & material.alive, labelled & material.borrower
    return {
        "core.everyone": ranking.auc(material.rows.target, rank, everyone),
        "core.borrowers": ranking.auc(material.observed, rank, borrowers),
    }


def _alone(material: Material, ranking: Ranking) -> Measures:
    """The best features alone; at all month ends, for nothing is fitted."""
    labelled = material.trained | material.tested
    clean = labelled & material.not_past_due
    borrowers, everyone = clean & material.borrower, clean & material.alive
    past_due = labelled & material.borrower
    names = tuple(feature.name for feature in CATALOGUE.champion)
    others = tuple(name for name in names if name not in PAST_DUE)
    return {
        **_best("alone.everyone", material, material.rows.target, everyone, others, ranking),
        **_best("alone.borrowers", material, material.observed, borrowers, others, ranking),
        **_best("alone.past_due", material, material.observed, past_due, PAST_DUE, ranking),
    }


def _best(
    key: str,
    material: Material,
    target: Labels,
    rows: Flags,
    names: tuple[str, ...],
    ranking: Ranking,
) -> Measures:
    if len(np.unique(material.rows.enterprise[rows & (target == 1)])) < LEAST_BAD:
        return {f"{key}.1": Measure(float("nan"), note="too few defaults")}
    areas: dict[str, tuple[float, float, bool]] = {}
    for name in names:
        value = material.rows.column(name)[rows]
        for side in (-np.inf, np.inf):
            area = auc(target[rows], np.where(np.isnan(value), side, value))
            strength = max(area, 1.0 - area)
            if strength > areas.get(name, (0.0, 0.0, False))[0]:
                areas[name] = (strength, side, area < 0.5)
    found = {}
    for place, name in enumerate(sorted(areas, key=lambda n: -areas[n][0])[:TOP]):
        _, side, falls = areas[name]
        value = material.rows.column(name)
        rank = np.where(np.isnan(value), side, value) * (-1.0 if falls else 1.0)
        quick = Ranking(ranking.enterprise, ranking.resamples if place == 0 else 0)
        found[f"{key}.{place + 1}"] = quick.auc(target, rank, rows, name)
    return found


def thinned(rows: Flags) -> Flags:
    """The rows, or as many of them as a fit may take."""
    if rows.sum() <= MOST_ROWS:
        return rows
    kept = np.random.default_rng(0).choice(np.flatnonzero(rows), MOST_ROWS, replace=False)
    chosen = np.zeros(len(rows), np.bool_)
    chosen[kept] = True
    return chosen
