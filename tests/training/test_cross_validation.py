import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.cross_validation import make_folds
from training.errors import TrainingError

TARGET = np.tile([0, 0, 0, 1], 100).astype(np.int8)


def test_every_row_is_tested_once_and_classes_are_dealt_out_evenly() -> None:
    folds = make_folds(TARGET, None, None, 5, 0)
    tested = np.concatenate([test for _, test in folds])
    assert sorted(tested.tolist()) == list(range(400))
    assert [int(TARGET[test].sum()) for _, test in folds] == [20] * 5
    assert all(not set(learn) & set(test) for learn, test in folds)


def test_a_group_is_on_one_side_only() -> None:
    group = np.array([f"g{k // 8}" for k in range(400)])
    for learn, test in make_folds(TARGET, None, group, 5, 0):
        assert not set(group[learn]) & set(group[test])


@given(st.lists(st.integers(0, 30), min_size=400, max_size=400), st.booleans())
def test_with_a_time_all_that_is_fitted_on_is_earlier(times: list[int], grouped: bool) -> None:
    time = np.unique(np.array(times), return_inverse=True)[1]
    group = np.array([f"g{k % 90}" for k in range(400)]) if grouped else None
    try:
        folds = make_folds(TARGET, time, group, 3, 0)
    except TrainingError:
        return
    for learn, test in folds:
        assert time[learn].max() < time[test].min()
        if group is not None:
            assert not set(group[learn]) & set(group[test])


def test_too_few_times_are_told() -> None:
    with pytest.raises(TrainingError, match="at least 6 different times for 5 folds, found 4"):
        make_folds(TARGET, np.arange(400) % 4, None, 5, 0)


def test_an_empty_fold_is_told() -> None:
    group = np.array(["g1"] * 399 + ["g2"])
    with pytest.raises(TrainingError, match=r"fold \d of 5 .*expected both outcomes"):
        make_folds(TARGET, None, group, 5, 0)
