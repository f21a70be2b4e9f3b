import numpy as np
import pytest

from training.resampling import intervals, percentiles, resampled


def test_an_enterprise_counts_with_all_of_its_rows() -> None:
    enterprise = np.array(["a", "b", "a", "c", "b", "a"])
    for times in resampled(enterprise, 20, seed=1):
        assert times[0] == times[2] == times[5]
        assert times[1] == times[4]
        assert times[0] + times[1] + times[3] == 3


def test_order_of_rows_does_not_matter() -> None:
    enterprise = np.array([f"{number}" for number in range(50)])
    turned = enterprise[::-1]
    for one, other in zip(resampled(enterprise, 5, 3), resampled(turned, 5, 3), strict=True):
        assert np.array_equal(one, other[::-1])


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    values = np.random.default_rng(0).normal(size=2000)
    firm = np.arange(2000).astype(str)
    low, high = intervals(lambda w: np.array([np.average(values, weights=w)]), firm, 600, 0)[:, 0]
    reach = 1.96 * values.std() / np.sqrt(2000)
    assert high - low == pytest.approx(2 * reach, rel=0.1)


def test_draws_without_a_figure_are_left_out() -> None:
    drawn = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    found = percentiles(drawn)
    assert found[:, 0] == pytest.approx([1.05, 2.95])
    assert np.isnan(found[:, 1]).all()
