"""Trials in MLflow: a run for the study, and nested under it a run for each trial.

The study is the truth; the runs are its picture. What is missing there is added, so a run that
was lost between the two, or a store that was removed, is made good by the next call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME
from optuna.trial import FrozenTrial, TrialState

from training.tracking import Store, experiment_of
from training.tuning.study import Study

STUDY = "study"
TRIAL = "trial"
_MANY = 10_000


@dataclass(frozen=True, eq=False)
class TrialRuns:
    """The runs of one study.

    Attributes
    ----------
    client : MlflowClient
    experiment, parent : str
        Ids.
    known : set of int
        Trials that have a run.
    """

    client: MlflowClient
    experiment: str
    parent: str
    known: set[int] = field(default_factory=set)

    def add(self, study: Study) -> None:
        """Give each trial a run that has none yet, and keep the best loss so far."""
        least = None
        for place, trial in enumerate(study.trials):
            if trial.state == TrialState.COMPLETE:
                value = float(trial.value or 0.0)
                least = value if least is None else min(least, value)
            if place not in self.known:
                self._write(place, trial)
                if least is not None:
                    self.client.log_metric(self.parent, "best_loss", least, step=place)
                self.known.add(place)

    def _write(self, place: int, trial: FrozenTrial) -> None:
        pruned = trial.state == TrialState.PRUNED
        tags = {
            MLFLOW_PARENT_RUN_ID: self.parent,
            MLFLOW_RUN_NAME: f"trial {place}{' (pruned)' if pruned else ''}",
            TRIAL: str(place),
        }
        run = self.client.create_run(self.experiment, tags=tags)
        now = run.info.start_time
        points = [
            Metric(name, float(value), now, step)
            for name in ("loss", "auc", "rounds")
            for step, value in enumerate(trial.user_attrs[name])
        ]
        if not pruned:
            points.append(Metric("mean_loss", float(trial.value or 0.0), now, 0))
        self.client.log_batch(
            run.info.run_id,
            metrics=points,
            params=[Param(name, str(value)) for name, value in trial.params.items()],
        )
        self.client.set_terminated(run.info.run_id, "KILLED" if pruned else "FINISHED")


def runs_of(client: MlflowClient, store: Store, experiment: str, study: Study) -> TrialRuns:
    """Find the runs of a study, or begin them."""
    number = experiment_of(client, store, experiment)
    found = client.search_runs([number], f"tags.{STUDY} = '{study.name}'", max_results=1)
    if found:
        parent = found[0].info.run_id
        trials = client.search_runs(
            [number], f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{parent}'", max_results=_MANY
        )
        known = {int(one.data.tags[TRIAL]) for one in trials if one.info.status != "RUNNING"}
        return TrialRuns(client, number, parent, known)
    tags = {STUDY: study.name, MLFLOW_RUN_NAME: f"tuning {study.name[:8]}"}
    parent = client.create_run(number, tags=tags).info.run_id
    return TrialRuns(client, number, parent)


def close(runs: TrialRuns, study: Study, about: Mapping[str, object]) -> None:
    """Write what the study has found so far, and end its run."""
    standing = float(study.standing.value or 0.0)
    runs.client.log_metric(runs.parent, "standing_loss", standing, step=0)
    for name, value in about.items():
        runs.client.set_tag(runs.parent, name, str(value))
    runs.client.log_text(runs.parent, study.history().decode(), "trials.json")
    runs.client.set_terminated(runs.parent, "FINISHED")
