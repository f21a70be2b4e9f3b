from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import friedmanchisquare, spearmanr

from features.catalogue import CATALOGUE
from training.config import BoostingSettings
from training.errors import TrainingError
from training.estimator import Recipe, fit_rounds
from training.experiment import Experiment
from training.reason_stability import (
    TOP,
    Learner,
    ReasonStability,
    costliest,
    family_points,
    kendalls_w,
    overlap,
    reason_stability,
)
from training.run_folder import metrics

FAMILIES = ("signal", "signal", "noise", "echo", "unused", "twin", "calm")


def quiet(_: str) -> None:
    """No progress."""


def points_of(low: int, high: int) -> st.SearchStrategy[np.ndarray]:
    shape = st.tuples(st.integers(2, 6), st.integers(1, 4), st.integers(5, 7))
    return shape.flatmap(lambda s: arrays(np.int64, s, elements=st.integers(low, high)))


def test_w_of_siegel_and_castellan_without_ties() -> None:
    """Three judges on six applicants (Siegel and Castellan 1988, table 9.6): S of 25.5 / 17.5."""
    judges = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]
    (found,) = kendalls_w(np.array(judges)[:, None, :])
    # Rank sums 8, 14, 11, 11, 11, 8 about 10.5: S = 25.5; 9 x (216 - 6) / 12 = 157.5.
    assert found == pytest.approx(25.5 / 157.5)


@given(points_of(-(10**6), 10**6))
def test_without_ties_w_is_the_mean_rank_correlation_of_the_judges(points: np.ndarray) -> None:
    judges = len(points)
    untied = points * 100 + np.arange(points.shape[2])
    for case, found in enumerate(kendalls_w(untied)):
        pairs = combinations(untied[:, case], 2)
        mean = np.mean([spearmanr(one, two).statistic for one, two in pairs])
        assert found == pytest.approx((1 + (judges - 1) * mean) / judges, abs=1e-9)


@given(points_of(0, 3))
def test_with_ties_w_is_what_friedmans_test_says(points: np.ndarray) -> None:
    judges, _, objects = points.shape
    for case, found in enumerate(kendalls_w(points)):
        tied = all(len(set(row)) == 1 for row in points[:, case].tolist())
        assert np.isnan(found) == tied
        if not tied and judges > 2:
            friedman = friedmanchisquare(*points[:, case].T).statistic
            assert found == pytest.approx(friedman / (judges * (objects - 1)), abs=1e-9)


@given(points_of(-5, 5))
def test_overlap_is_the_mean_over_pairs_of_what_they_share(points: np.ndarray) -> None:
    top = costliest(points)
    assert (top.sum(axis=2) == TOP).all()
    shares = [(one & two).sum(axis=1) / TOP for one, two in combinations(top, 2)]
    assert overlap(top) == pytest.approx(np.mean(shares))


def test_the_costliest_are_those_of_the_fewest_points() -> None:
    found = costliest(np.array([[5, -3, 0, -9, 2, -1]]))
    assert found.tolist() == [[False, True, True, True, False, True]]


@pytest.fixture(scope="module")
def learner() -> Learner:
    """200 enterprises of four rows; two columns decide, others are noise, a twin, a constant."""
    chance = np.random.default_rng(5)
    rows = 800
    firm = np.repeat(np.arange(200), 4)
    values = chance.normal(size=(rows, len(FAMILIES)))
    values[:, 4] = 1.0
    values[:, 5] = values[:, 0] + 0.5 * chance.normal(size=rows)
    odds = 2.5 * values[:, 0] + 1.5 * values[:, 1] - 1.5
    target = (chance.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    settings = BoostingSettings(min_data_in_leaf=20, num_leaves=5)
    names = tuple(f"column_{k}" for k in range(len(FAMILIES)))
    recipe = Recipe(names, (0,) * len(names), 11, settings)
    return Learner(values, target, np.char.mod("E%03d", firm), recipe, 30)


def found_by(learner: Learner, refits: int = 4) -> ReasonStability:
    champion = fit_rounds(learner.values, learner.target, learner.recipe, learner.rounds)
    return reason_stability(champion, learner, learner.values, FAMILIES, refits, quiet)


def test_family_points_are_the_sums_of_their_features_points(learner: Learner) -> None:
    booster = fit_rounds(learner.values, learner.target, learner.recipe, learner.rounds)
    family = np.array([0, 0, 1, 1, 2, 3, 4])
    found = family_points(booster, learner.values, family)
    shares = booster.predict(learner.values, pred_contrib=True)[:, :-1]
    signal = (shares[:, 0] + shares[:, 1]) * -40 / np.log(2) * 1e6
    assert np.abs(found[:, 0] - signal).max() <= 1.0
    assert not found[:, 2].any()


def test_a_strong_signal_is_ranked_alike_by_all_refits(learner: Learner) -> None:
    found = found_by(learner)
    assert (found.refits, found.rows) == (4, len(learner.values))
    assert 0.5 < found.kendalls_w <= 1.0
    assert 0.5 < found.top_overlap <= 1.0
    assert set(found.agreement) == set(FAMILIES)


def test_the_same_enterprises_and_seed_give_the_same_figures(learner: Learner) -> None:
    assert found_by(learner).as_data() == found_by(learner).as_data()


def test_another_seed_draws_other_enterprises(learner: Learner) -> None:
    other = replace(learner, recipe=replace(learner.recipe, seed=12))
    assert found_by(other).as_data() != found_by(learner).as_data()


def test_nothing_to_learn_gives_reasons_that_change(learner: Learner) -> None:
    """With the outcome dealt out anew, W falls."""
    shuffled = np.random.default_rng(1).permutation(learner.target)
    assert found_by(replace(learner, target=shuffled)).kendalls_w < found_by(learner).kendalls_w


def test_every_refit_is_told(learner: Learner) -> None:
    steps: list[str] = []
    champion = fit_rounds(learner.values, learner.target, learner.recipe, learner.rounds)
    reason_stability(champion, learner, learner.values[:50], FAMILIES, 2, steps.append)
    assert [step.split(", ")[1] for step in steps] == ["1 of 2", "2 of 2"]


def test_no_more_rows_than_the_bound_are_looked_at(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.reason_stability.MOST_ROWS", 7)
    assert found_by(learner, refits=2).rows == 7


def test_a_bootstrap_of_one_class_is_told(learner: Learner) -> None:
    rare = np.zeros_like(learner.target)
    rare[0] = 1
    with pytest.raises(TrainingError, match=r"0 defaults in 800 rows.*stability.refits"):
        found_by(replace(learner, target=rare), refits=20)


def test_the_bundle_keeps_the_figures_of_its_own_families(experiment: Experiment) -> None:
    facts = experiment.bundle.facts["reasons"]
    assert facts["refits"] == 3
    assert facts["rows"] == min(2_000, int(experiment.parts.test.sum()))
    assert 1 / 3 <= facts["kendalls_w"] <= 1.0
    assert 0.0 <= facts["top_overlap"] <= 1.0
    assert set(facts["agreement"]) == {feature.family for feature in CATALOGUE.champion}
    assert all(share is None or 0.0 <= share <= 1.0 for share in facts["agreement"].values())


def test_the_run_keeps_both_figures_as_metrics(experiment: Experiment) -> None:
    facts, kept = experiment.bundle.facts["reasons"], metrics(experiment)
    assert kept["reasons_kendalls_w"] == facts["kendalls_w"]
    assert kept["reasons_top_overlap"] == facts["top_overlap"]
