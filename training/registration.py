"""Registration: a finished training goes to MLflow as a run and a version of a model."""

import tempfile
from pathlib import Path

from training.code_version import commit, source_hash
from training.config import TrainConfig
from training.experiment import Experiment
from training.inputs import Inputs
from training.registry import Version, register
from training.run_folder import (
    metrics,
    parameters,
    series,
    write_folder,
    write_table_folder,
)
from training.table_experiment import TableExperiment
from training.table_run import TableRun
from training.tracking import RunRecord, Store, keep

_TABLES = "tables"
"""MLflow's experiment of all trainings on tables of a bank's own."""

_LISTED = ("auc", "gini", "ks", "brier")


def register_experiment(done: Experiment, inputs: Inputs, config: TrainConfig) -> Version:
    """Keep a training of the champion and register its model as the challenger."""
    store = Store(config.tracking, config.artifacts)
    client = store.client()
    figures = metrics(done)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        bundle = write_folder(folder, done, config, _code())
        record = RunRecord(
            experiment=config.name,
            parameters={**parameters(done, inputs, config), "model_hash": bundle.hash},
            metrics=figures,
            series=series(done),
            tags=_code(),
            folder=folder,
        )
        run = keep(client, store, record)
    listed = {f"test_{name}": figures[f"test_{name}"] for name in _LISTED}
    return register(client, config.name, bundle, run, listed)


def register_table(done: TableExperiment, run: TableRun, config: TrainConfig) -> Version:
    """Keep a training on a bank's own table and register its model under its own name."""
    store = Store(config.tracking, config.artifacts)
    client = store.client()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        bundle = write_table_folder(folder, done, run)
        record = RunRecord(
            experiment=_TABLES,
            parameters={
                **{key: value for key, value in vars(run.described).items() if value},
                "table": run.table.name,
                "table_sha256": run.table_sha256,
                "seed": run.seed,
                "model_hash": bundle.hash,
            },
            metrics={"cv_auc": done.auc, "cv_auc.plain_lightgbm": done.auc_plain},
            series={
                "fold_auc": dict(enumerate(done.folds.ours)),
                "fold_auc.plain_lightgbm": dict(enumerate(done.folds.plain)),
            },
            tags=_code(),
            folder=folder,
        )
        kept = keep(client, store, record)
    return register(client, bundle.name, bundle, kept, {"cv_auc": done.auc})


def _code() -> dict[str, str]:
    root = Path(__file__).resolve().parent.parent
    return {"commit": commit(root), "source_sha256": source_hash(root)}
