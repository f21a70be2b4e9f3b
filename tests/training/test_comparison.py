import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from training.comparison import CANDIDATE, CORE_RULE, NO_SCORECARD, SCORECARD, UNCONSTRAINED
from training.console import NAMES, comparison_table, splits_table
from training.experiment import Experiment
from training.metrics import FIGURES
from training.run_folder import metrics
from training.weight_of_evidence import installed

needs_scorecard = pytest.mark.skipif(not installed(), reason="optbinning has no wheel here")


def shown(table: object) -> str:
    out = StringIO()
    Console(file=out, width=160).print(table)
    return out.getvalue()


@needs_scorecard
def test_the_scorecard_stands_beside_the_others_on_the_same_rows(experiment: Experiment) -> None:
    figures = experiment.comparison.out_of_time
    assert set(figures) == {CANDIDATE, CORE_RULE, SCORECARD, UNCONSTRAINED} == set(NAMES)
    assert len({(one.rows, one.defaults) for one in figures.values()}) == 1
    assert figures[SCORECARD].auc > figures[CORE_RULE].auc + 0.05
    assert 0.5 < figures[SCORECARD].mean_pd / figures[CANDIDATE].mean_pd < 2.0
    assert experiment.comparison.notices == ()


def test_a_scorecard_left_out_is_told_of(experiment: Experiment) -> None:
    without = {
        name: one for name, one in experiment.comparison.out_of_time.items() if name != SCORECARD
    }
    assert replace(experiment.comparison, out_of_time=without).notices == (NO_SCORECARD,)


def test_every_figure_has_its_interval(experiment: Experiment) -> None:
    comparison = experiment.comparison
    for figures in (comparison.out_of_time, comparison.unseen):
        for one in figures.values():
            assert set(one.intervals) == set(FIGURES)
            for name, (low, high) in one.intervals.items():
                assert low < high
                # KS is a maximum, and so higher in resamples; the others lie within.
                assert low <= getattr(one, name) <= high or name == "ks"
            assert (one.auc_low, one.auc_high) == one.intervals["auc"]
    kept = metrics(experiment)
    assert kept["test_brier_low"] < kept["test_brier"] < kept["test_brier_high"]
    assert kept["unseen_calibration_slope_low.core_enterprise_rule"]


def test_as_data_is_plain_and_shows_both_splits(experiment: Experiment) -> None:
    said = json.loads(json.dumps(experiment.comparison.as_data(), allow_nan=False))
    figures = said["out_of_time"][CANDIDATE]
    assert figures["intervals"]["auc"] == [figures["auc_low"], figures["auc_high"]]
    splits = said["splits"]
    assert splits["flattered"] == pytest.approx(splits["by_row"] - splits["by_enterprise"])
    trained = experiment.parts.fit | experiment.parts.calibration
    assert splits["rows"] == trained.sum()
    assert splits["enterprises"] == len(np.unique(experiment.sample.enterprise[trained]))
    assert metrics(experiment)["cv_auc_by_row"] == splits["by_row"]


def test_tables_show_all_figures(experiment: Experiment) -> None:
    comparison = experiment.comparison
    text = shown(comparison_table(comparison.out_of_time, "Out of time"))
    one = comparison.out_of_time[CANDIDATE]
    for figure in (f"{one.log_loss:.4f}", f"{one.calibration_slope:.2f}", f"{one.ks:.3f}"):
        assert figure in text
    assert f"{one.intervals['gini'][0]:.3f}..{one.intervals['gini'][1]:.3f}" in text
    assert comparison.splits is not None
    assert f"{comparison.splits.by_row:.3f}" in shown(splits_table(comparison.splits))
