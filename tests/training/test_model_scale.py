import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.model.calibration import Calibration
from training.model.points import displayed
from training.model.scale import MICRO, Scale


def test_odds_of_twenty_to_one_are_six_hundred_points() -> None:
    assert Scale().base(math.log(1 / 20)) == 600 * MICRO


def test_forty_points_double_the_odds() -> None:
    assert Scale().base(math.log(1 / 40)) == 640 * MICRO
    assert Scale().base(math.log(1 / 10)) == 560 * MICRO


def test_a_score_of_six_hundred_has_a_pd_of_one_in_twenty_one() -> None:
    assert Scale().pd(np.array([600 * MICRO]))[0] == pytest.approx(1 / 21, rel=1e-12)


def test_a_scale_on_which_points_mean_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Scale(double=0.0)


@pytest.mark.parametrize(("slope", "intercept"), [(0.0, 0.0), (-1.0, 0.0), (1.0, math.inf)])
def test_a_calibration_that_turns_the_order_round_is_refused(
    slope: float, intercept: float
) -> None:
    with pytest.raises(ValueError, match="slope above 0"):
        Calibration(slope, intercept)


@given(st.floats(-12, 12))
def test_pd_and_score_say_the_same_to_a_millionth_of_a_point(log_odds: float) -> None:
    micro = Scale().base(log_odds)
    pd = float(Scale().pd(np.array([micro]))[0])
    assert math.log(pd / (1 - pd)) == pytest.approx(log_odds, abs=2e-8)


@given(
    st.integers(300 * MICRO, 900 * MICRO),
    st.lists(
        st.one_of(st.just(0), st.integers(-200 * MICRO, 200 * MICRO), st.integers(-9, 9)),
        min_size=1,
        max_size=40,
    ),
)
def test_displayed_points_add_up_for_every_row(base: int, parts: list[int]) -> None:
    shown = displayed(base, np.array([parts, parts[::-1]], dtype=np.int64))
    total = base + sum(parts)
    assert shown.score.tolist() == [math.floor(total / MICRO + 0.5)] * 2
    assert (shown.base + shown.features.sum(axis=1)).tolist() == shown.score.tolist()
    assert abs(shown.base - base / MICRO) <= 0.5
    for exact, points in zip(parts, shown.features[0], strict=True):
        assert abs(points - exact / MICRO) < 1
        if exact % MICRO == 0:
            assert points == exact // MICRO


def test_rounding_is_half_up() -> None:
    assert displayed(600_500_000, np.array([[0]])).score.tolist() == [601]
    assert displayed(600_499_999, np.array([[0]])).score.tolist() == [600]
