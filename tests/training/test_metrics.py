import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from training.metrics import (
    auc,
    auc_interval,
    calibration_bins,
    calibration_line,
    ks,
    performance,
    roc,
)
from training.metrics import log_loss as our_log_loss


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60))
def test_auc_and_ks_agree_with_other_programs(rows: list[tuple[bool, int]]) -> None:
    target = np.array([bad for bad, _ in rows], dtype=np.int8)
    rank = np.array([place for _, place in rows], dtype=np.float64)
    if not 0 < target.sum() < len(target):
        assert np.isnan(auc(target, rank))
        return
    assert auc(target, rank) == pytest.approx(roc_auc_score(target, rank), abs=1e-12)
    expected = max(
        abs(np.mean(rank[target == 1] <= at) - np.mean(rank[target == 0] <= at)) for at in rank
    )
    assert ks(target, rank) == pytest.approx(expected, abs=1e-12)
    false, true = roc(target, rank)
    assert np.trapezoid(true, false) == pytest.approx(auc(target, rank), abs=1e-12)


def test_weights_count_as_copies() -> None:
    chance = np.random.default_rng(0)
    target, rank = chance.integers(0, 2, 50).astype(np.int8), chance.normal(size=50).round(1)
    times = chance.integers(0, 4, 50)
    assert auc(target, rank, times.astype(np.float64)) == pytest.approx(
        roc_auc_score(np.repeat(target, times), np.repeat(rank, times)), abs=1e-12
    )


def test_brier_and_log_loss_agree_with_scikit_learn() -> None:
    chance = np.random.default_rng(1)
    pd = chance.uniform(0.01, 0.5, 400)
    target = (chance.uniform(size=400) < pd).astype(np.int8)
    found = performance(target, pd, np.arange(400).astype(str), bootstrap=20)
    assert found.brier == pytest.approx(brier_score_loss(target, pd), abs=1e-15)
    assert found.log_loss == pytest.approx(log_loss(target, pd), abs=1e-12)
    assert found.gini == pytest.approx(2 * found.auc - 1)
    assert our_log_loss(np.array([1, 0], dtype=np.int8), np.array([0.0, 1.0])) > 30


def test_a_true_pd_has_a_calibration_slope_of_one_and_no_intercept() -> None:
    chance = np.random.default_rng(2)
    pd = 1 / (1 + np.exp(-chance.normal(-3, 1, 200_000)))
    target = (chance.uniform(size=len(pd)) < pd).astype(np.int8)
    found = performance(target, pd, np.arange(len(pd)) // 100, bootstrap=20)  # type: ignore[arg-type]
    assert found.calibration_slope == pytest.approx(1, abs=0.03)
    assert found.calibration_intercept == pytest.approx(0, abs=0.08)
    assert found.ece < 0.003


def test_the_interval_is_wider_where_rows_of_an_enterprise_repeat() -> None:
    chance = np.random.default_rng(3)
    target = (chance.uniform(size=300) < 0.2).astype(np.int8)
    rank = chance.normal(size=300) + target
    bad, order = np.repeat(target, 6), np.repeat(rank, 6)
    firms = np.repeat(np.arange(300), 6).astype(str)
    as_rows = auc_interval(bad, order, np.arange(1800).astype(str), 200, 0)
    as_firms = auc_interval(bad, order, firms, 200, 0)
    assert as_firms[1] - as_firms[0] > 2 * (as_rows[1] - as_rows[0])
    assert as_firms[0] < auc(target, rank) < as_firms[1]


def test_bins_hold_all_rows_in_order_of_pd() -> None:
    pd = np.linspace(0.01, 0.9, 103)
    bins = calibration_bins(np.zeros(103, dtype=np.int8), pd)
    assert bins[:, 2].sum() == 103
    assert (np.diff(bins[:, 0]) > 0).all()


def test_weights_count_as_copies_in_every_figure() -> None:
    chance = np.random.default_rng(5)
    pd = 1 / (1 + np.exp(-chance.normal(-1, 1, 300)))
    target = (chance.uniform(size=300) < pd).astype(np.int8)
    times = chance.integers(0, 4, 300)
    weight, copies = times.astype(np.float64), np.repeat(np.arange(300), times)
    for figure in (ks, our_log_loss, calibration_line):
        assert figure(target, pd, weight) == pytest.approx(figure(target[copies], pd[copies]))


def test_a_rule_that_says_the_same_of_all_has_no_calibration_line() -> None:
    target = np.array([0, 1, 0, 0], dtype=np.int8)
    assert np.isnan(calibration_line(target, np.full(4, 0.2))).all()
