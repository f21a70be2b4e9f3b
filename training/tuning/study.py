"""The study: trials in order, kept on disk, resumed where they stopped.

A trial depends on the rows, the settings before it and its place alone: each place has a seed of
its own, so a study that was interrupted goes on with the very trials that it would have had.
"""

import fcntl
import hashlib
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import optuna
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from training.config import BoostingSettings
from training.errors import TrainingError
from training.model.manifest import json_bytes
from training.tuning.folds import CUTS, Cut, time_ordered
from training.tuning.rows import Rows
from training.tuning.space import SPACE, proposed, within
from training.tuning.trial import Measured, measure

DATABASE = "studies.db"
FORMAT = 1
"""Version of the search: another one begins other studies."""
RANDOM_TRIALS = 10
"""Trials that are drawn before the sampler learns from them."""
UNPRUNED_TRIALS = 5
"""Trials that are measured whole before any is pruned."""

After = Callable[["Study", FrozenTrial], None]
"""Is told of each trial that has ended."""


@dataclass(frozen=True, eq=False)
class Study:
    """A study of one set of rows and one space.

    Attributes
    ----------
    name : str
        Hash of the rows, the space and the way of searching.
    rows : Rows
    cuts : list of Cut
    kept : optuna.Study
    """

    name: str
    rows: Rows
    cuts: list[Cut]
    kept: optuna.Study

    @property
    def trials(self) -> list[FrozenTrial]:
        """Trials that have ended, in order; broken ones are not among them."""
        states = (TrialState.COMPLETE, TrialState.PRUNED)
        return self.kept.get_trials(deepcopy=False, states=states)

    @property
    def standing(self) -> FrozenTrial:
        """The first trial: the settings that stand."""
        return self.trials[0]

    @property
    def best(self) -> FrozenTrial:
        """The trial with the least loss, of equal ones the first."""
        whole = [one for one in self.trials if one.state == TrialState.COMPLETE]
        return min(whole, key=lambda one: (float(one.value or 0.0), one.number))

    def best_settings(self) -> BoostingSettings:
        """The standing settings with the values of the best trial."""
        return self.rows.recipe.settings.model_copy(update=dict(self.best.params))

    def history(self) -> bytes:
        """All trials as JSON: the same bytes for the same rows, settings and number of trials."""
        return json_bytes({"study": self.name, "trials": [_told(one) for one in self.trials]})

    def run(self, trials: int, after: After) -> None:
        """Go on until so many trials have ended.

        Parameters
        ----------
        trials : int
            In all, with those of earlier runs.
        after : After
        """
        for broken in self.kept.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            self.kept.tell(broken.number, state=TrialState.FAIL)
        while (place := len(self.trials)) < trials:
            self._run_one(place)
            after(self, self.trials[-1])

    def _run_one(self, place: int) -> None:
        settings = self.rows.recipe.settings
        waiting = self.kept.get_trials(deepcopy=False, states=(TrialState.WAITING,))
        if place == 0 and not waiting:
            self.kept.enqueue_trial(dict(within(settings)))
        self.kept.sampler = optuna.samplers.TPESampler(
            seed=_seed(self.name, place), n_startup_trials=RANDOM_TRIALS
        )
        trial = self.kept.ask()
        cuts: list[Measured] = []
        for found in measure(self.rows, self.cuts, proposed(trial, settings)):
            cuts.append(found)
            trial.report(_mean([one.loss for one in cuts]), len(cuts) - 1)
            if len(cuts) < len(self.cuts) and trial.should_prune():
                break
        for name in ("loss", "auc", "rounds"):
            trial.set_user_attr(name, [getattr(one, name) for one in cuts])
        if len(cuts) < len(self.cuts):
            self.kept.tell(trial, state=TrialState.PRUNED)
        else:
            self.kept.tell(trial, _mean([one.loss for one in cuts]))


@contextmanager
def opened(folder: Path, rows: Rows) -> Iterator[Study]:
    """Open the study of these rows, or begin it; one process at a time.

    Parameters
    ----------
    folder : Path
        Holds the studies of all rows.
    rows : Rows

    Raises
    ------
    TrainingError
        If another process tunes there, or what is there cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{DATABASE}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise TrainingError(
                f"another process is tuning in {folder}; wait until it has ended, or give this one "
                "another folder with --folder"
            ) from fault
        name = study_name(rows)
        cuts = time_ordered(rows.as_of, rows.fold, rows.embargo_months)
        yield Study(name, rows, cuts, _kept(folder, name))


def study_name(rows: Rows) -> str:
    """Hash of all that the trials depend on, libraries included, 16 hexadecimal digits."""
    searching = (FORMAT, SPACE, CUTS, RANDOM_TRIALS, UNPRUNED_TRIALS)
    stated = (rows.fingerprint(), searching, lgb.__version__, optuna.__version__)
    return hashlib.sha256(repr(stated).encode()).hexdigest()[:16]


def _kept(folder: Path, name: str) -> optuna.Study:
    optuna.logging.set_verbosity(logging.WARNING)
    try:
        return optuna.create_study(
            storage=f"sqlite:///{folder / DATABASE}",
            study_name=name,
            load_if_exists=True,
            direction="minimize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=UNPRUNED_TRIALS),
        )
    except (SQLAlchemyError, optuna.exceptions.OptunaError, RuntimeError) as fault:
        raise TrainingError(
            f"{folder / DATABASE} cannot be read: {str(fault)!s:.160}; was it written by another "
            "version? Remove it, or give another folder with --folder"
        ) from fault


def _seed(name: str, place: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{name}:{place}".encode()).digest()[:4], "big")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _told(one: FrozenTrial) -> dict[str, Any]:
    areas = [None if math.isnan(area) else area for area in one.user_attrs["auc"]]
    return {
        "settings": dict(one.params),
        "state": one.state.name.lower(),
        "loss": list(one.user_attrs["loss"]),
        "auc": areas,
        "rounds": list(one.user_attrs["rounds"]),
    }
