import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState

from features.calendar import month_ends
from training.config import BoostingSettings
from training.errors import TrainingError
from training.estimator import Recipe
from training.tuning.rows import Rows
from training.tuning.space import SPACE, within
from training.tuning.study import UNPRUNED_TRIALS, Study, opened, study_name

STANDING = BoostingSettings(max_rounds=15, patience=5, min_data_in_leaf=20, learning_rate=0.15)


def quiet(*_: object) -> None:
    """Nothing is told."""


def make_rows(seed: int = 0) -> Rows:
    chance = np.random.default_rng(seed)
    firm, month = (part.ravel() for part in np.indices((120, 4)))
    values = chance.normal(size=(len(firm), 3))
    target = (chance.uniform(size=len(firm)) < 1 / (1 + np.exp(1.5 - values[:, 0]))).astype(np.int8)
    return Rows(
        recipe=Recipe(("a", "b", "c"), (1, 0, 0), seed, STANDING),
        values=values,
        target=target,
        weight=None,
        enterprise=firm.astype(np.str_),
        as_of=month_ends("2020-01", "2020-04")[month],
        fold=firm % 2,
        embargo_months=13,
    )


@contextmanager
def run(folder: Path, trials: int, rows: Rows | None = None) -> Iterator[Study]:
    with opened(folder, make_rows() if rows is None else rows) as study:
        study.run(trials, quiet)
        yield study


@pytest.fixture(scope="session")
def straight(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Thirteen trials without a break."""
    with run(tmp_path_factory.mktemp("straight"), 13) as study:
        assert {one.state for one in study.trials} == {TrialState.COMPLETE, TrialState.PRUNED}
        return study.history()


def test_the_same_rows_and_seed_give_the_same_trials(straight: bytes, tmp_path: Path) -> None:
    with run(tmp_path, 13) as study:
        assert study.history() == straight


def test_a_study_that_was_broken_off_goes_on_with_the_same_trials(
    straight: bytes, tmp_path: Path
) -> None:
    with run(tmp_path, 7) as study:
        study.kept.ask()  # a trial under way when the process is killed
    with run(tmp_path, 11):
        pass
    with run(tmp_path, 13) as study:
        assert study.history() == straight
        states = [one.state for one in study.kept.trials]
        assert states.count(TrialState.FAIL) == 1


def test_a_study_that_was_broken_off_before_its_first_trial(
    straight: bytes, tmp_path: Path
) -> None:
    with opened(tmp_path, make_rows()) as study:
        study.kept.enqueue_trial(dict(within(STANDING)))
    with run(tmp_path, 2) as study:
        assert json.loads(study.history())["trials"] == json.loads(straight)["trials"][:2]


def test_so_many_trials_are_run_in_all(tmp_path: Path) -> None:
    with run(tmp_path, 3):
        pass
    with opened(tmp_path, make_rows()) as study:
        study.run(3, lambda *_: pytest.fail("a fourth trial was run"))
        assert len(study.trials) == 3


def test_the_first_trial_is_what_stood_and_the_best_is_no_worse(tmp_path: Path) -> None:
    with run(tmp_path, 3) as study:
        stood = {one.name: getattr(STANDING, one.name) for one in SPACE}
        assert study.standing.params == stood
        losses = [one.value for one in study.trials if one.state == TrialState.COMPLETE]
        assert study.best.value == min(losses) <= study.standing.value
        best = study.best_settings()
        assert best.max_rounds == STANDING.max_rounds
        assert {name: getattr(best, name) for name in stood} == study.best.params


def test_a_pruned_trial_was_measured_on_fewer_cuts_and_was_worse(straight: bytes) -> None:
    trials = json.loads(straight)["trials"]
    pruned = [place for place, one in enumerate(trials) if one["state"] == "pruned"]
    assert pruned
    for place in pruned:
        steps = len(trials[place]["loss"])
        assert steps < len(trials[0]["loss"])
        whole = [one["loss"] for one in trials[:place] if one["state"] == "complete"]
        least = [min(np.cumsum(loss) / (np.arange(len(loss)) + 1)) for loss in whole]
        so_far = np.cumsum(trials[place]["loss"]) / (np.arange(steps) + 1)
        assert len(whole) >= UNPRUNED_TRIALS
        assert so_far.min() > np.median(least)


def test_settings_out_of_the_ranges_begin_at_their_edge(tmp_path: Path) -> None:
    rows = make_rows()
    far = STANDING.model_copy(update={"num_leaves": 900, "lambda_l2": 0.0})
    with run(tmp_path, 1, replace(rows, recipe=replace(rows.recipe, settings=far))) as study:
        assert study.standing.params["num_leaves"] == 32
        assert study.standing.params["lambda_l2"] == 0.01


def test_other_rows_settings_or_seeds_are_other_studies() -> None:
    rows = make_rows()
    values = rows.values.copy()
    values[17, 2] += 1e-9
    others = [
        replace(rows, values=values),
        replace(rows, target=1 - rows.target),
        replace(rows, weight=np.ones(len(rows.target))),
        replace(rows, enterprise=rows.enterprise[::-1]),
        replace(rows, embargo_months=12),
        replace(rows, recipe=replace(rows.recipe, seed=8)),
        replace(rows, recipe=replace(rows.recipe, directions=(1, 1, 0))),
    ]
    assert len({study_name(one) for one in [rows, *others]}) == len(others) + 1
    assert study_name(make_rows()) == study_name(rows)


def test_two_do_not_tune_at_once(tmp_path: Path) -> None:
    with (
        opened(tmp_path, make_rows()),
        pytest.raises(TrainingError, match="another process is tuning"),
        opened(tmp_path, make_rows()),
    ):
        pass


def test_a_file_that_is_no_study_is_told(tmp_path: Path) -> None:
    (tmp_path / "studies.db").write_bytes(b"no database at all, but long enough to be read" * 30)
    with (
        pytest.raises(TrainingError, match=r"studies\.db cannot be read"),
        opened(tmp_path, make_rows()),
    ):
        pass


def test_optuna_keeps_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with run(tmp_path, 2):
        pass
    assert optuna.logging.get_verbosity() >= 30
    assert capfd.readouterr().err == ""
