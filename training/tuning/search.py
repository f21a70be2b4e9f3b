"""The search: from a configuration to a better one, kept in a study, in MLflow and in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from optuna.trial import FrozenTrial, TrialState

from features.catalogue import Catalogue
from supervision.arrays import Integers
from training.config import TrainConfig
from training.horizon import month_name
from training.inputs import Inputs
from training.tracking import Store
from training.trial_runs import TrialRuns, close, runs_of
from training.tuning.rows import Rows, rows_to_tune_on
from training.tuning.study import Study, opened

Watch = Callable[[int, float], None]
"""Is told how many trials have ended, and the least loss among them."""


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes
    ----------
    study : str
    trials, pruned : int
        In all, and those that were not measured on every cut.
    standing_loss, loss : float
        Mean validation log loss of the settings that stood, and of the best.
    config : TrainConfig
        The configuration with the best settings.
    rows, defaults : int
        That the search saw.
    cuts : tuple of str
        Months fitted and validated, in words.
    embargoed : bool
        An embargo lay between them.
    run_id : str
        MLflow's run of the study.
    """

    study: str
    trials: int
    pruned: int
    standing_loss: float
    loss: float
    config: TrainConfig
    rows: int
    defaults: int
    cuts: tuple[str, ...]
    embargoed: bool
    run_id: str

    def as_yaml(self) -> bytes:
        """The configuration with what is known of it, for ``train --config``."""
        head = (
            f"# Found by `cargoworthy tune`, study {self.study}, {self.trials} trials.\n"
            f"# Mean validation log loss: {self.loss:.6f}, before {self.standing_loss:.6f}.\n"
        )
        stated = yaml.safe_dump(self.config.model_dump(mode="json"), sort_keys=False)
        return f"{head}{stated}".encode()


def search(
    inputs: Inputs,
    catalogue: Catalogue,
    config: TrainConfig,
    folder: Path,
    trials: int,
    watch: Watch,
) -> Found:
    """Tune until so many trials have ended, and write the best settings and all trials.

    Beside the studies the folder gets ``best.yaml`` and ``trials.json``.

    Parameters
    ----------
    inputs : Inputs
    catalogue : Catalogue
    config : TrainConfig
        Its settings stand; they are the first trial.
    folder : Path
    trials : int
        In all, with those of earlier runs of the same study.
    watch : Watch

    Raises
    ------
    TrainingError
        If the data do not allow it, or another process tunes there.
    """
    rows = rows_to_tune_on(inputs, catalogue, config)
    store = Store(config.tracking, config.artifacts)
    with opened(folder, rows) as study:
        runs = runs_of(store.client(), store, config.name, study)

        def after(study: Study, _: FrozenTrial) -> None:
            runs.add(study)
            watch(len(study.trials), float(study.best.value or 0.0))

        runs.add(study)
        study.run(trials, after)
        found = _found(study, rows, config, runs)
        close(runs, study, _about(inputs, catalogue, found))
        (folder / "trials.json").write_bytes(study.history())
    (folder / "best.yaml").write_bytes(found.as_yaml())
    return found


def _found(study: Study, rows: Rows, config: TrainConfig, runs: TrialRuns) -> Found:
    return Found(
        study=study.name,
        trials=len(study.trials),
        pruned=sum(one.state == TrialState.PRUNED for one in study.trials),
        standing_loss=float(study.standing.value or 0.0),
        loss=float(study.best.value or 0.0),
        config=config.model_copy(update={"model": study.best_settings()}),
        rows=len(rows.target),
        defaults=int(rows.target.sum()),
        cuts=tuple(f"{_span(cut.fitted)} -> {_span(cut.validated)}" for cut in study.cuts),
        embargoed=all(cut.embargoed for cut in study.cuts),
        run_id=runs.parent,
    )


def _about(inputs: Inputs, catalogue: Catalogue, found: Found) -> dict[str, object]:
    """Tags of the study's run: what it saw."""
    return {
        "rows": found.rows,
        "defaults": found.defaults,
        "cuts": "; ".join(found.cuts),
        "embargoed": found.embargoed,
        "catalogue_hash": catalogue.hash,
        "record_position": inputs.position,
    }


def _span(months: Integers) -> str:
    first, last = month_name(int(months[0])), month_name(int(months[-1]))
    return first if first == last else f"{first}..{last}"
