"""Tracking: a training as an MLflow run with its parameters, figures, plots and model.

The store is embedded: SQLite and a folder. MLflow keeps the place of artifacts as an absolute
path in the store, so the folder is given when the experiment is made.
"""

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag
from mlflow.exceptions import MlflowException
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from training.errors import TrainingError

BUNDLE = "bundle"
"""Artifact folder of a run that holds the model's bundle."""
PROJECT_RUN = "MLFLOW_RUN_ID"
"""Environment variable in which `mlflow run` names the run that it began."""
BUNDLE_LOGGED = "bundle_logged"
"""Tag of a project's run that holds a training already."""

_BATCH = 100
_LONGEST = 500


@dataclass(frozen=True)
class Store:
    """Where MLflow keeps runs and models.

    Attributes
    ----------
    url : str
        Database URL.
    artifacts : Path
    """

    url: str
    artifacts: Path

    def client(self) -> MlflowClient:
        """A client; the tables are made where they are missing.

        Raises
        ------
        TrainingError
            If the database cannot be opened.
        """
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            url = make_url(self.url)
            if url.drivername.startswith("sqlite") and url.database:
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            client = MlflowClient(tracking_uri=self.url, registry_uri=self.url)
            client.search_experiments(max_results=1)
        except (MlflowException, SQLAlchemyError, OSError) as fault:
            raise TrainingError(
                f"MLflow's store {self.url} cannot be opened: {str(fault)!s:.160}; expected a "
                "database URL such as sqlite:///mlruns/mlflow.db"
            ) from fault
        return client


@dataclass(frozen=True)
class RunRecord:
    """What is kept of one training.

    Attributes
    ----------
    experiment : str
    parameters : mapping of str to object
    metrics : mapping of str to float
    series : mapping of str to mapping of int to float
        Metrics over a step: the validation fold, or the test month (as 202106).
    tags : mapping of str to str
    folder : Path
        Its content becomes the run's artifacts; ``bundle/`` must be in it.
    """

    experiment: str
    parameters: Mapping[str, object]
    metrics: Mapping[str, float]
    series: Mapping[str, Mapping[int, float]]
    tags: Mapping[str, str]
    folder: Path


@dataclass(frozen=True)
class RunReference:
    """A run in the store.

    Attributes
    ----------
    run_id : str
    bundle_uri : str
        Where its bundle lies.
    """

    run_id: str
    bundle_uri: str


def keep(client: MlflowClient, store: Store, record: RunRecord) -> RunReference:
    """Write a training to the store.

    Where `mlflow run` has begun a run in this store and experiment, that one is written; else a
    new one. A run that could not be written whole is marked as failed.
    """
    run = _begun(client, experiment_of(client, store, record.experiment))
    run_id = run.info.run_id
    # The time of the run itself: the store's clock, not ours.
    now = run.info.start_time
    points = [Metric(name, value, now, 0) for name, value in record.metrics.items()]
    points += [
        Metric(name, value, now, step)
        for name, steps in record.series.items()
        for step, value in steps.items()
    ]
    try:
        client.log_batch(
            run_id,
            params=[Param(k, str(v)[:_LONGEST]) for k, v in record.parameters.items()],
            tags=[RunTag(k, str(v)) for k, v in record.tags.items()],
        )
        for start in range(0, len(points), _BATCH):
            client.log_batch(run_id, metrics=points[start : start + _BATCH])
        client.log_artifacts(run_id, str(record.folder))
    except Exception:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")
    return RunReference(run_id, f"{run.info.artifact_uri}/{BUNDLE}")


def _begun(client: MlflowClient, experiment: str) -> Run:
    """The run that `mlflow run` began here, or a new one."""
    if (stated := os.environ.get(PROJECT_RUN)) is not None:
        with suppress(MlflowException):  # in another store there is no such run
            begun = client.get_run(stated)
            here = begun.info.experiment_id == experiment and BUNDLE_LOGGED not in begun.data.tags
            if here and urlparse(begun.info.artifact_uri).scheme:
                client.set_tag(stated, BUNDLE_LOGGED, "true")
                return begun
    return client.create_run(experiment)


def experiment_of(client: MlflowClient, store: Store, name: str) -> str:
    """Id of an experiment of this name; it is made where it is missing."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    place = store.artifacts.resolve()
    place.mkdir(parents=True, exist_ok=True)
    return str(client.create_experiment(name, artifact_location=place.as_uri()))
