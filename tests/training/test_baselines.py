import numpy as np
import pytest

from training.baselines import NO_LINK, CoreEnterpriseRule, ranked


def test_no_link_ranks_behind_the_worst_rating() -> None:
    assert ranked(np.array([1.0, 10.0, np.nan])).tolist() == [1, 10, NO_LINK]


def test_the_pd_of_a_rating_is_its_observed_default_rate() -> None:
    rating = np.array([2.0] * 99 + [7.0] * 49 + [np.nan] * 19)
    target = np.zeros(len(rating), dtype=np.int8)
    target[:3] = 1
    target[99:110] = 1
    rule = CoreEnterpriseRule.fit(rating, target)
    pd = rule.pd(np.array([2.0, 7.0, np.nan, 5.0]))
    assert pd == pytest.approx([3.5 / 100, 11.5 / 50, 0.5 / 20, 14.5 / 168])
