"""Who trains: bare LightGBM, and ours with everything that stands around it."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np

from benchmarks.training.ground import Floats, Labels
from training.additivity import additivity
from training.calibration import fit_calibration
from training.checks import stop
from training.estimator import Recipe, fit, fit_rounds, raw_margin
from training.learning import golden_rows
from training.metrics import auc, ks, log_loss
from training.model.bundle import assemble
from training.monotonicity import probe
from training.registry import register
from training.tracking import BUNDLE, RunRecord, Store, keep

NAME = "bench-training"
PROBED = 300
"""Rows on which directions are probed, as in `configs/train.yaml`."""
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Task:
    """One training.

    Attributes
    ----------
    values, target
        In memory.
    fitted : int
        The first so many rows are fitted on; the others are calibrated and measured on.
    recipe : Recipe
        Its most rounds are the number of trees.
    store : Store
        MLflow's, made beforehand.
    """

    values: Floats
    target: Labels
    fitted: int
    recipe: Recipe
    store: Store

    @property
    def rounds(self) -> int:
        """Number of trees."""
        return self.recipe.settings.max_rounds


def bare(task: Task) -> lgb.Booster:
    """Nothing but `lightgbm.train`."""
    own = slice(task.fitted)
    data = lgb.Dataset(task.values[own], task.target[own], params={"verbosity": -1})
    return lgb.train(task.recipe.parameters(), data, task.rounds)


def ours(task: Task) -> lgb.Booster:
    """The same trees; calibrated, told in points, checked, measured, tracked and registered."""
    own, held = slice(task.fitted), slice(task.fitted, None)
    recipe, target = task.recipe, task.target[held]
    booster = fit_rounds(task.values[own], task.target[own], recipe, task.rounds)
    margin = raw_margin(booster, task.values[held])
    calibration = fit_calibration(margin, target, with_slope=True)
    bundle = assemble(
        booster,
        calibration,
        golden_rows(task.values[held], margin),
        name=NAME,
        features=recipe.names,
        directions=recipe.directions,
        catalogue_hash="",
    )
    scores = bundle.score(task.values[held])
    stop(additivity(bundle, task.values[held], scores))
    stop(probe(booster, task.values[own], recipe.directions, PROBED, recipe.seed).finding())
    figures = {
        "auc": auc(target, -scores.score_micro.astype(np.float64)),
        "ks": ks(target, scores.pd),
        "log_loss": log_loss(target, scores.pd),
    }
    client = task.store.client()
    with tempfile.TemporaryDirectory() as scratch:
        written = bundle.write(Path(scratch) / BUNDLE)
        parameters = {**recipe.settings.model_dump(), "model_hash": written.hash}
        record = RunRecord(NAME, parameters, figures, {}, {}, Path(scratch))
        register(client, NAME, written, keep(client, task.store, record), figures)
    return booster


def chosen(task: Task) -> lgb.Booster:
    """Ours, the number of trees chosen on folds: what tuning costs on top."""
    own = slice(task.fitted)
    fold = np.arange(task.fitted) % FOLDS
    folds = [(np.flatnonzero(fold != at), np.flatnonzero(fold == at)) for at in range(FOLDS)]
    return fit(task.values[own], task.target[own], folds, task.recipe).booster


CONTESTANTS: dict[str, Callable[[Task], lgb.Booster]] = {
    "bare": bare,
    "ours": ours,
    "chosen": chosen,
}
