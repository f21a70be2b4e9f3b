import math

import numpy as np
import pytest

from serving.haircuts.falls import changes, fall, measured_understatement, understatement


def test_neighbouring_means_have_two_thirds_of_the_variance() -> None:
    assert understatement(1) ** 2 == pytest.approx(2 / 3)
    assert understatement(6) ** 2 == pytest.approx(17 / 18)


@pytest.mark.parametrize("months", [1, 2, 3, 6])
def test_a_simulated_walk_is_understated_as_working_says(months: int) -> None:
    rng = np.random.default_rng(7)
    walk = np.cumsum(rng.standard_normal(21 * 8_000)) * 1e-4
    deviation, quantile = measured_understatement(walk, 21, months)
    assert deviation == pytest.approx(understatement(months), abs=0.02)
    assert quantile == pytest.approx(understatement(months), abs=0.06)


def test_the_fall_is_the_change_that_one_in_a_hundred_does_not_pass() -> None:
    moves = np.concatenate([[-0.5, -0.4], np.zeros(298)])
    logs = np.concatenate([[0.0], np.cumsum(moves)])
    found = fall(logs, 1, corrected=False)
    assert found == 0.0  # the worst hundredth of 300 changes is the third
    moves[2] = -0.3
    logs = np.concatenate([[0.0], np.cumsum(moves)])
    assert fall(logs, 1, corrected=False) == pytest.approx(1 - math.exp(-0.3))
    assert fall(logs, 1) == pytest.approx(1 - math.exp(-0.3 / math.sqrt(2 / 3)))


def test_prices_that_never_fell_fall_by_nothing() -> None:
    assert fall(np.arange(200.0), 3) == 0.0


def test_changes_overlap_and_skip_what_was_not_published() -> None:
    logs = np.array([0.0, 1.0, np.nan, 3.0, 5.0])
    assert changes(logs, 1).tolist() == [1.0, 2.0]
    assert changes(logs, 3).tolist() == [3.0, 4.0]
