from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.calendar import month_end
from features.catalogue import CATALOGUE
from features.table import FeatureTable
from supervision.arrays import NEVER
from tests.training.conftest import FEW, LEAKY
from training.additivity import additivity
from training.checks import Finding
from training.comparison import CANDIDATE, CORE_RULE, UNCONSTRAINED
from training.config import CheckSettings, SplitSettings, TrainConfig
from training.division import divide
from training.errors import TrainingError
from training.experiment import Experiment, run
from training.inputs import Inputs, read_inputs
from training.labels import Status
from training.learning import golden_rows, learn
from training.model.bundle import Bundle
from training.model.reference import Reference


def quiet(_: str) -> None:
    """No progress."""


def model_of(inputs: Inputs, config: TrainConfig) -> Bundle:
    """The model alone, without what an experiment compares and checks it with."""
    return learn(inputs, divide(inputs, config), CATALOGUE, config).bundle


def test_the_candidate_beats_the_core_enterprise_rule_out_of_time(experiment: Experiment) -> None:
    figures = experiment.comparison.out_of_time
    assert {CANDIDATE, CORE_RULE, UNCONSTRAINED} <= set(figures)
    assert figures[CANDIDATE].auc > figures[CORE_RULE].auc + 0.1
    assert figures[CANDIDATE].auc_low < figures[CANDIDATE].auc < figures[CANDIDATE].auc_high
    assert figures[CANDIDATE].brier < figures[CORE_RULE].brier
    assert set(experiment.comparison.unseen) == set(figures)


def test_the_mean_pd_is_near_the_default_rate(experiment: Experiment) -> None:
    found = experiment.comparison.out_of_time[CANDIDATE]
    assert found.mean_pd == pytest.approx(found.default_rate, rel=0.6)


def test_months_and_their_order_stand_in_the_bundle(experiment: Experiment) -> None:
    facts = experiment.bundle.facts
    assert (facts["fit"]["from"], facts["fit"]["to"]) == ("2019-12", "2020-05")
    assert (facts["test"]["from"], facts["test"]["to"]) == ("2021-06", "2021-11")
    assert facts["training_labels_as_of"] == "2021-07-01T00:00:00+08:00"
    assert facts["test_labels_as_of"] == "2023-01-01T00:00:00+08:00"
    assert list(experiment.comparison.by_month) == [f"2021-{month:02d}" for month in range(6, 12)]


def test_every_row_is_used_once_or_dropped_for_one_reason(
    experiment: Experiment, inputs: Inputs
) -> None:
    parts = experiment.parts
    used = int(parts.fit.sum() + parts.calibration.sum() + parts.test.sum())
    assert used + sum(experiment.dropped.values()) == len(inputs.rows)


def test_only_features_permitted_to_the_champion_are_read(experiment: Experiment) -> None:
    permitted = {f.name for f in CATALOGUE.features if f.permitted_use == "champion"}
    assert set(experiment.bundle.features) == permitted
    assert "core_enterprise_rating_now" not in permitted


def test_deleting_every_core_enterprise_fact_leaves_the_model_the_same(
    experiment: Experiment, inputs: Inputs, config: TrainConfig
) -> None:
    values = inputs.rows.values.copy()
    values[:, inputs.rows.names.index("core_enterprise_rating_now")] = np.nan
    without = replace(inputs, rows=replace(inputs.rows, values=values))
    assert model_of(without, config).model_text == experiment.bundle.model_text


def test_the_bundle_tells_how_the_rows_of_the_training_were_spread(
    experiment: Experiment,
) -> None:
    reference = Reference.read(experiment.bundle.facts)
    assert reference is not None
    trained = experiment.parts.fit | experiment.parts.calibration
    firms = set(experiment.sample.enterprise[trained].tolist())
    assert (reference.rows, reference.enterprises) == (int(trained.sum()), len(firms))
    assert tuple(reference.features) == experiment.bundle.features
    values = experiment.sample.choose(experiment.bundle.features)[trained]
    points = experiment.bundle.score(values).score_micro / 1_000_000
    assert sum(reference.score.counts) == reference.rows
    upper = reference.score.edges[0]
    assert reference.score.counts[0] == int((points <= upper).sum())
    name = experiment.bundle.features[0]
    missing = int(np.isnan(values[:, 0]).sum())
    assert reference.features[name].counts[-1] == missing


def test_the_same_inputs_and_seed_give_the_same_hash(
    experiment: Experiment, inputs: Inputs, config: TrainConfig, tmp_path: Path
) -> None:
    again = run(inputs, CATALOGUE, config, quiet)
    hashes = {one.bundle.write(tmp_path / str(k)).hash for k, one in enumerate((experiment, again))}
    assert len(hashes) == 1


def test_no_future_row_touches_the_model(
    experiment: Experiment, inputs: Inputs, config: TrainConfig
) -> None:
    values = inputs.rows.values.copy()
    last_trained = inputs.rows.as_of[np.isin(inputs.rows.as_of, trained_months(experiment))].max()
    values[inputs.rows.as_of > last_trained] *= -3.0
    changed = replace(inputs, rows=replace(inputs.rows, values=values))
    found = model_of(changed, config)
    assert found.model_text == experiment.bundle.model_text
    assert found.calibration == experiment.bundle.calibration


def trained_months(done: Experiment) -> np.ndarray:
    return np.unique(done.sample.as_of[done.parts.fit])


def test_a_default_reported_after_the_test_begins_is_not_learnt_from(inputs: Inputs) -> None:
    trained, begins = month_end("2019-12"), month_end("2021-06")
    defaults = inputs.reports.outcome
    labelled = (inputs.rows.as_of == trained) & (inputs.status == Status.BAD)
    firm = inputs.reports.enterprise[labelled][0]
    reported = np.where(
        defaults["enterprise_id"] == firm, month_end("2021-08"), defaults["known_at"]
    )
    outcome = {**defaults, "known_at": reported}
    late = replace(inputs, reports=replace(inputs.reports, outcome=outcome))
    row = np.flatnonzero((inputs.rows.as_of == trained) & (inputs.reports.enterprise == firm))
    assert late.status[row].tolist() == [Status.BAD]
    assert late.status_at_test(begins)[row].tolist() == [Status.GOOD]
    assert inputs.status_at_test(begins)[row].tolist() == [Status.BAD]


def test_what_is_reported_after_the_test_begins_changes_no_model(
    experiment: Experiment, inputs: Inputs, config: TrainConfig
) -> None:
    outcome, begins = inputs.reports.outcome, month_end("2021-06")
    # Of every third enterprise it is said only now that it defaulted in the training's windows.
    firms = np.unique(inputs.reports.enterprise)[::3]
    told = {name: np.resize(values, len(firms)) for name, values in outcome.items()}
    told |= {"enterprise_id": firms, "occurred_at": np.full(len(firms), month_end("2020-08"))}
    told |= {"known_at": np.full(len(firms), begins + 1)}
    told |= {"reversed_at": np.full(len(firms), NEVER)}
    joined = {name: np.concatenate([outcome[name], told[name]]) for name in outcome}
    changed = replace(inputs, reports=replace(inputs.reports, outcome=joined))
    assert model_of(changed, config).model_text == experiment.bundle.model_text
    dropped = divide(changed, config).dropped
    assert dropped["in_default"] > experiment.dropped["in_default"]


def test_months_that_leave_no_embargo_stop_with_pd003(inputs: Inputs, config: TrainConfig) -> None:
    months = SplitSettings(train=("2019-12", "2020-06"), test=("2021-06", "2021-11"))
    with pytest.raises(TrainingError, match="PD003 label window crosses the split"):
        run(inputs, CATALOGUE, config.model_copy(update={"split": months}), quiet)


def test_one_side_of_the_months_alone_is_told(inputs: Inputs, config: TrainConfig) -> None:
    months = SplitSettings(train=("2019-12", "2020-05"))
    with pytest.raises(TrainingError, match="found only one of them"):
        run(inputs, CATALOGUE, config.model_copy(update={"split": months}), quiet)


def test_months_without_rows_are_told(inputs: Inputs, config: TrainConfig) -> None:
    months = SplitSettings(train=("2015-01", "2015-06"), test=("2021-06", "2021-11"))
    with pytest.raises(TrainingError, match="rows with known outcomes are of 2019-12 to 2021-11"):
        run(inputs, CATALOGUE, config.model_copy(update={"split": months}), quiet)


def test_a_sample_without_defaults_is_told(inputs: Inputs, config: TrainConfig) -> None:
    outcome = {name: values[:0] for name, values in inputs.reports.outcome.items()}
    silent = replace(inputs, reports=replace(inputs.reports, outcome=outcome))
    with pytest.raises(TrainingError, match=r"found 0 defaults in .* is the outcome stream"):
        run(silent, CATALOGUE, config, quiet)


def test_a_leak_among_the_features_is_named(inputs: Inputs, config: TrainConfig) -> None:
    values = inputs.rows.values.copy()
    place = inputs.rows.names.index(LEAKY)
    values[:, place] = inputs.status == Status.BAD
    checks = config.model_copy(update={"checks": CheckSettings(probe_rows=10)})
    leaky = replace(inputs, rows=replace(inputs.rows, values=values))
    findings = run(leaky, FEW, checks, quiet).findings
    assert [f.code for f in findings] == ["PD002"]
    assert f"column {LEAKY}" in findings[0].detail


def test_an_honest_world_has_no_findings(experiment: Experiment) -> None:
    assert experiment.findings == ()


def test_pd005_notices_points_that_miss_the_margin(experiment: Experiment) -> None:
    rows = experiment.sample.choose(experiment.bundle.features)[experiment.parts.test]
    scores = experiment.test_scores
    assert additivity(experiment.bundle, rows, scores) is None
    found = additivity(
        experiment.bundle, rows, replace(scores, score_micro=scores.score_micro + 99)
    )
    assert isinstance(found, Finding)
    assert found.code == "PD005"


def test_golden_rows_reach_from_best_to_worst() -> None:
    margin = np.random.default_rng(0).permutation(1000).astype(np.float64)
    rows = golden_rows(margin[:, None], margin)
    assert len(rows) == 100
    assert (rows.min(), rows.max()) == (0, 999)
    assert len(golden_rows(margin[:3, None], margin[:3])) == 3


def test_labels_are_read_from_the_record(recorded: TrainConfig, inputs: Inputs) -> None:
    read = read_inputs(recorded, CATALOGUE)
    assert read.status.tolist() == inputs.status.tolist()
    assert read.rows.values.shape == inputs.rows.values.shape
    assert len(read.table_sha256) == 64


def test_labels_known_later_than_the_record_reaches_are_refused(recorded: TrainConfig) -> None:
    labels = recorded.labels.model_copy(update={"known_until": "2023-06"})
    with pytest.raises(TrainingError, match=r"known until 2023-07-01.* labels\.known_until"):
        read_inputs(recorded.model_copy(update={"labels": labels}), CATALOGUE)


def test_labels_known_until_an_earlier_month_leave_more_rows_immature(
    recorded: TrainConfig, inputs: Inputs
) -> None:
    labels = recorded.labels.model_copy(update={"known_until": "2022-06"})
    read = read_inputs(recorded.model_copy(update={"labels": labels}), CATALOGUE)
    assert (read.status == Status.IMMATURE).sum() > (inputs.status == Status.IMMATURE).sum()


def test_a_table_of_another_catalogue_is_refused(recorded: TrainConfig, tmp_path: Path) -> None:
    table = FeatureTable.read(recorded.table)
    replace(table, catalogue_hash="f" * 64).write(tmp_path / "other.parquet")
    with pytest.raises(TrainingError, match="built by catalogue ffffffffffff"):
        read_inputs(recorded.model_copy(update={"table": tmp_path / "other.parquet"}), CATALOGUE)


def test_a_missing_table_is_told(recorded: TrainConfig, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cargoworthy features build"):
        read_inputs(recorded.model_copy(update={"table": tmp_path / "none.parquet"}), CATALOGUE)
