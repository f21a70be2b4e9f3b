"""The ways: the same estimator on the same borrowers, taught with and without correction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from benchmarks.selection.ground import Ground
from benchmarks.selection.refused import credit_features, doubled
from benchmarks.world.hardness import FOLDS, recipe
from features.catalogue import CATALOGUE
from supervision.arrays import Integers
from training.calibration import fit_calibration
from training.config import TrainConfig
from training.estimator import Recipe, fit, folds_by, raw_margin
from training.model.scale import Floats
from training.sample import Labels
from training.selection.financed import Financed, chances, evidence
from training.selection.overlap import Overlap, overlap
from training.selection.weights import effective_size, inverse_chance
from training.split import folds_of

NONE, WEIGHTS, WITH_LINK = "none", "weights", "weights, core link seen"
REFUSED = "weights, as if refused"
PLAIN, PLAIN_WEIGHTS = "no credit features", "no credit features, weights"
BY_FACILITY = "two models, by facility"
ORACLE = "oracle"


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a model is taught.

    Attributes
    ----------
    names : tuple of str
    place : int64 [m]
        Row of the ground that each came from.
    values : float64 [m, f]
    target : int8 [m]
    weight : float64 [m]
        Mean 1.
    """

    names: tuple[str, ...]
    place: Integers
    values: Floats
    target: Labels
    weight: Floats

    def times(self, count: Integers) -> Self:
        """Each row as often as the row of the ground that it came from is counted."""
        row = np.repeat(np.arange(len(self.place)), count[self.place])
        weight = self.weight[row]
        return type(self)(
            self.names,
            self.place[row],
            self.values[row],
            self.target[row],
            weight / weight.mean(),
        )


@dataclass(frozen=True, eq=False)
class Way:
    """A model taught in one way.

    Attributes
    ----------
    pd : float64 [n]
        Of every row of the ground.
    rows, defaults, rounds : int
        It was taught on; its trees.
    effective_size : float
        Rows of equal weight.
    """

    pd: Floats
    rows: int
    defaults: int
    rounds: int
    effective_size: float


def lessons_of(ground: Ground, truncate_at: float) -> tuple[dict[str, Lesson], dict[str, Overlap]]:
    """What is taught in every way, and the diagnosis of the weights."""
    names, plain = recipe(0).names, evidence(CATALOGUE)
    blind, seeing = _financed(ground, with_link=False), _financed(ground, with_link=True)
    weight = {WEIGHTS: _weights(ground, blind, truncate_at)}
    weight[WITH_LINK] = _weights(ground, seeing, truncate_at)
    lessons = {
        NONE: _borrowers(ground, names, None),
        WEIGHTS: _borrowers(ground, names, weight[WEIGHTS]),
        WITH_LINK: _borrowers(ground, names, weight[WITH_LINK]),
        REFUSED: _as_if_refused(ground, names, blind, truncate_at),
        PLAIN: _borrowers(ground, plain, None),
        PLAIN_WEIGHTS: _borrowers(ground, plain, weight[WEIGHTS]),
        ORACLE: _everyone(ground, names),
    }
    diagnosed = {
        WEIGHTS: _diagnosed(ground, blind, truncate_at),
        WITH_LINK: _diagnosed(ground, seeing, truncate_at),
    }
    return lessons, diagnosed


def ways(
    ground: Ground, lessons: Mapping[str, Lesson], tell: Callable[[str], None]
) -> dict[str, Way]:
    """Teach every way."""
    found = {}
    for name, lesson in lessons.items():
        tell(name)
        found[name] = _taught(ground, lesson)
        if name == PLAIN_WEIGHTS:
            found[BY_FACILITY] = _joined(ground, found[NONE], found[PLAIN_WEIGHTS])
    return found


def _financed(ground: Ground, *, with_link: bool) -> Financed:
    some = ground.population
    return chances(
        ground.material.rows.take(some),
        ground.financed[some],
        evidence(CATALOGUE),
        seed=TrainConfig().seed,
        with_core_link=with_link,
    )


def _weights(ground: Ground, model: Financed, truncate_at: float) -> Floats:
    """Weights of all rows of the ground, 0 where nothing is learnt."""
    found = np.zeros(len(ground.material.rows))
    found[ground.population] = inverse_chance(model, truncate_at).of_row
    return found


def _diagnosed(ground: Ground, model: Financed, truncate_at: float) -> Overlap:
    rows = ground.material.rows.take(ground.population)
    return overlap(model, inverse_chance(model, truncate_at), rows.choose(model.names))


def _borrowers(ground: Ground, names: tuple[str, ...], weight: Floats | None) -> Lesson:
    place = np.flatnonzero(ground.labelled)
    kept = np.ones(len(place)) if weight is None else weight[place]
    values, target = ground.material.rows.choose(names)[place], ground.material.observed[place]
    return Lesson(names, place, values, target, kept / kept.mean())


def _as_if_refused(
    ground: Ground, names: tuple[str, ...], model: Financed, truncate_at: float
) -> Lesson:
    some = ground.population
    made = doubled(
        ground.material.rows.take(some),
        names,
        model,
        ground.labelled[some],
        credit_features(CATALOGUE),
        truncate_at=truncate_at,
    )
    place = np.flatnonzero(some)[made.place]
    return Lesson(names, place, made.values, ground.material.observed[place], made.weight)


def _everyone(ground: Ground, names: tuple[str, ...]) -> Lesson:
    """What nobody could be taught outside of a simulated world."""
    material = ground.material
    place = np.flatnonzero(material.trained & material.alive)
    values = material.rows.choose(names)[place]
    return Lesson(names, place, values, material.rows.target[place], np.ones(len(place)))


def _taught(ground: Ground, lesson: Lesson) -> Way:
    """Fit, and calibrate on margins of boosters that had not seen the enterprise."""
    base, rows = recipe(0), ground.material.rows
    direction = dict(zip(base.names, base.directions, strict=True))
    ways_up = tuple(direction[name] for name in lesson.names)
    chosen = Recipe(lesson.names, ways_up, base.seed, base.settings)
    firm = rows.enterprise[lesson.place]
    folds = folds_by(folds_of(firm, chosen.seed, 0.0, FOLDS), FOLDS)
    fitted = fit(lesson.values, lesson.target, folds, chosen, lesson.weight)
    line = fit_calibration(
        fitted.margins,
        lesson.target,
        with_slope=len(np.unique(firm)) >= TrainConfig().slope_from_enterprises,
        weight=lesson.weight,
    )
    return Way(
        line.pd(raw_margin(fitted.booster, rows.choose(lesson.names))),
        len(lesson.target),
        int(lesson.target.sum()),
        fitted.rounds,
        effective_size(lesson.weight),
    )


def _joined(ground: Ground, borrowers: Way, others: Way) -> Way:
    """One model for those with a facility, another for those without."""
    pd = np.where(ground.financed, borrowers.pd, others.pd)
    return Way(pd, borrowers.rows, borrowers.defaults, borrowers.rounds, borrowers.effective_size)
