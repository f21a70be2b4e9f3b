"""Bounds of a margin, judged by LightGBM's predictions of rows within the box."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.test_shapley_explainer import Case, learnt
from training.model.margin_bounds import Box, margin_bounds
from training.model.scale import Floats

cases = st.builds(
    learnt,
    seed=st.integers(0, 10_000),
    columns=st.integers(1, 12),
    categorical=st.integers(0, 1),
    trees=st.integers(1, 12),
    num_leaves=st.sampled_from([2, 8, 31]),
    use_missing=st.booleans(),
    zero_as_missing=st.booleans(),
)


def margins(case: Case, rows: Floats) -> Floats:
    return np.asarray(case.booster.predict(rows, raw_score=True, num_threads=1))


@given(cases, st.integers(0, 399), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_no_row_within_a_box_leads_beyond_its_bounds(case: Case, place: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    row = case.values[place]
    box, rows = Box.of(row), np.repeat(row[None], 200, axis=0)
    for free in np.flatnonzero(rng.random(len(row)) < 0.5):
        low, high = np.sort(rng.choice([-2.0, -0.5, 0.0, 0.3, 1.4], 2))
        box.low[free], box.high[free], box.missing[free] = low, high, rng.random() < 0.5
        rows[:, free] = rng.uniform(low, high, 200)
        rows[:40, free], rows[40:80, free] = low, high
        if low <= 0.0 <= high:
            rows[80:100, free] = 0.0
        if box.missing[free]:
            rows[100:140, free] = np.nan
        rows[:, free] = rng.permutation(rows[:, free])
    least, greatest = margin_bounds(case.explainer, box)
    found = margins(case, rows)
    assert least - 1e-9 <= found.min()
    assert found.max() <= greatest + 1e-9


@given(cases, st.integers(0, 399))
@settings(max_examples=30, deadline=None)
def test_of_a_row_that_is_known_both_bounds_are_its_margin(case: Case, place: int) -> None:
    row = case.values[place]
    least, greatest = margin_bounds(case.explainer, Box.of(row))
    (margin,) = margins(case, row[None])
    assert least - 1e-9 <= margin <= greatest + 1e-9
    if "cat_threshold" not in case.booster.model_to_string():
        assert least == pytest.approx(margin, abs=1e-9)
        assert greatest == pytest.approx(margin, abs=1e-9)


@pytest.mark.parametrize("zero_as_missing", [False, True])
def test_of_one_tree_the_bounds_are_reached(zero_as_missing: bool) -> None:
    case = learnt(seed=4, columns=3, trees=1, num_leaves=12, zero_as_missing=zero_as_missing)
    row = np.array([0.4, np.nan, np.nan])
    box = Box.of(row)
    box.low[2], box.high[2] = -1.5, 1.5
    grid = np.append(np.linspace(-1.5, 1.5, 3_001), np.nan)
    rows = np.repeat(row[None], len(grid), axis=0)
    rows[:, 2] = grid
    found = margins(case, rows)
    assert np.ptp(found) > 0
    assert margin_bounds(case.explainer, box) == pytest.approx((found.min(), found.max()))
