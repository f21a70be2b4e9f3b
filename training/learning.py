"""Learning: the recipe, the fit, its calibration, and the bundle they make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.carried import written
from features.catalogue import Catalogue
from training.central_tendency import CentralTendency, central_tendency
from training.cluster import ClusterFit
from training.comparison import calibrate, unseen_margins
from training.config import TrainConfig
from training.division import Division
from training.errors import TrainingError
from training.estimator import Fitted, Fold, Recipe, fit, folds_by, raw_margin
from training.inputs import Inputs
from training.labels import Flags
from training.model.bundle import Bundle, assemble
from training.model.scale import Floats
from training.sample import Sample
from training.selection.correction import Correction, correction
from training.selection.financed import evidence

if TYPE_CHECKING:
    from distributed import Client

GOLDEN_ROWS = 100


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt from the training rows of a division.

    Attributes
    ----------
    recipe : Recipe
    correction : Correction
        Against selection, as the configuration asks for it.
    weight : float64 [n] or None
        How much each row of the sample counts; None: all alike.
    values : float64 [n, f]
        Of all rows of the sample, in the recipe's order.
    folds : list of Fold
        Validation folds among the fitted rows.
    fitted : Fitted
    margin : float64 [n]
        Of all rows by the final booster.
    unseen : float64 [n]
        The same, but of fitted rows by boosters that had not seen the enterprise.
    tendency : CentralTendency
    bundle : Bundle
        Without facts.
    """

    recipe: Recipe
    correction: Correction
    weight: Floats | None
    values: Floats
    folds: list[Fold]
    fitted: Fitted
    margin: Floats
    unseen: Floats
    tendency: CentralTendency
    bundle: Bundle


def learn(
    inputs: Inputs,
    division: Division,
    catalogue: Catalogue,
    config: TrainConfig,
    cluster: "Client | None" = None,
) -> Learnt:
    """Fit and calibrate on the training rows; on a cluster, if there is one.

    Raises
    ------
    TrainingError
        If a feature is not in the table, or the rows do not allow a fit.
    """
    sample, parts = division.sample, division.parts
    recipe = recipe_of(sample, catalogue, config)
    corrected = correction_of(inputs, division, catalogue, config)
    weight = None if corrected.weight is None else corrected.weight[division.kept]
    values = sample.choose(recipe.names)
    folds = folds_by(parts.fold[parts.fit], config.split.folds)
    fitting = fit
    if cluster is not None:
        of_table = np.flatnonzero(division.kept)[parts.fit]
        fitting = ClusterFit(cluster, config.table, of_table)
    fitted = fitting(
        values[parts.fit], sample.target[parts.fit], folds, recipe, scaled(weight, parts.fit)
    )
    margin = raw_margin(fitted.booster, values)
    unseen = unseen_margins(parts, fitted, margin)
    calibration = calibrate(sample, parts, unseen, config.slope_from_enterprises, weight)
    odds = calibration.slope * unseen + calibration.intercept
    tendency = central_tendency(inputs, division, odds, config.central_tendency)
    bundle = assemble(
        fitted.booster,
        calibration,
        golden_rows(values[parts.test], margin[parts.test]),
        name=config.name,
        features=recipe.names,
        directions=recipe.directions,
        catalogue_hash=catalogue.hash,
        catalogue_file=written(catalogue),
        cycle=tendency.cycle,
    )
    return Learnt(
        recipe, corrected, weight, values, folds, fitted, margin, unseen, tendency, bundle
    )


def correction_of(
    inputs: Inputs, division: Division, catalogue: Catalogue, config: TrainConfig
) -> Correction:
    """What the configuration asks to do against selection."""
    names, settings = evidence(catalogue), config.selection
    return correction(inputs.rows, division.status, division.trained, names, settings, config.seed)


def recipe_of(sample: Sample, catalogue: Catalogue, config: TrainConfig) -> Recipe:
    """The champion's columns, or without credit's where the configuration asks for that.

    Raises
    ------
    TrainingError
        If the table lacks one.
    """
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


def golden_rows(values: Floats, margin: Floats) -> Floats:
    """Up to 100 rows spread evenly from the best to the worst."""
    order = np.argsort(margin, kind="stable")
    places = np.unique(np.linspace(0, len(order) - 1, min(GOLDEN_ROWS, len(order))).round())
    return np.ascontiguousarray(values[order[places.astype(np.int64)]])


def scaled(weight: Floats | None, rows: Flags) -> Floats | None:
    """Weights of some rows, of mean 1 among them; None where all count alike."""
    return None if weight is None else weight[rows] / weight[rows].mean()
