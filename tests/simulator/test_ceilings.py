import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.ceilings import ceiling, expected_auc

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.floats(0.0, 1.0)), min_size=2, max_size=25)


@given(PAIRS)
def test_expected_auc_is_that_of_all_pairs_weighed(rows: list[tuple[int, float]]) -> None:
    score = np.array([s for s, _ in rows], np.float64)
    pd = np.array([p for _, p in rows])
    weight = pd[:, None] * (1.0 - pd)[None, :]
    np.fill_diagonal(weight, 0.0)
    wins = (score[:, None] > score[None, :]) + 0.5 * (score[:, None] == score[None, :])
    found = expected_auc(score, pd)
    if weight.sum() > 1e-9:
        assert found == pytest.approx(float((weight * wins).sum() / weight.sum()), abs=1e-6)


def test_it_is_the_auc_that_drawn_labels_have_on_average() -> None:
    rng = np.random.default_rng(1)
    pd = rng.beta(0.5, 6.0, 3_000)
    score = pd + 0.05 * rng.standard_normal(3_000)
    drawn = [expected_auc(score, (rng.random(3_000) < pd).astype(np.float64)) for _ in range(60)]
    assert np.mean(drawn) == pytest.approx(expected_auc(score, pd), abs=0.004)


def test_no_default_no_ceiling() -> None:
    assert np.isnan(expected_auc(np.arange(4.0), np.zeros(4)))
    assert np.isnan(expected_auc(np.zeros(0), np.zeros(0)))


@pytest.mark.parametrize("paths", [201, 800])
def test_the_interval_holds_the_true_ceiling_and_narrows_with_more_paths(paths: int) -> None:
    rng = np.random.default_rng(2)
    pd = np.minimum(np.exp(-4.6 + 1.3 * rng.standard_normal(20_000)), 0.95)
    halves = np.stack((rng.binomial(paths - paths // 2, pd), rng.binomial(paths // 2, pd)))
    outcome = rng.random(20_000) < pd
    found = ceiling(halves, paths, outcome, np.ones(20_000, np.bool_))
    true = expected_auc(pd, pd)
    assert found.split_half < found.low < true < found.high
    assert found.high - found.low < (0.015 if paths == 800 else 0.045)
    assert (found.low + found.high) / 2 == pytest.approx(true, abs=0.003)
    assert found.realised == pytest.approx(true, abs=0.05)
    some = ceiling(halves, paths, outcome, pd > 0.01)
    assert some.enterprises == int((pd > 0.01).sum())
    assert some.high < found.high
