import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import month_ends
from training.errors import TrainingError
from training.horizon import months_after
from training.tuning.folds import CUTS, time_ordered

MONTHS = month_ends("2015-01", "2020-12")


def rows(months: int, firms: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Month, enterprise and fold of each row, some rows missing."""
    firm, month = (part.ravel() for part in np.indices((firms, months)))
    kept = np.random.default_rng(seed).uniform(size=len(firm)) < 0.8
    return MONTHS[month[kept]], firm[kept], firm[kept] % 4


@given(months=st.integers(2, 60), embargo=st.integers(0, 20), seed=st.integers(0, 9))
def test_validated_is_later_and_of_other_enterprises(months: int, embargo: int, seed: int) -> None:
    as_of, firm, fold = rows(months, 30, seed)
    validated: list[int] = []
    for cut in time_ordered(as_of, fold, embargo):
        for learn, validate in cut.folds:
            assert not set(firm[learn]) & set(firm[validate])
            assert as_of[learn].max() < as_of[validate].min()
            if cut.embargoed:
                assert months_after(as_of[learn], embargo).max() <= as_of[validate].min()
            validated.extend(validate.tolist())
    assert len(validated) == len(set(validated)) > 0
    # From the first validated row on, none is left out.
    assert len(validated) == int((as_of >= as_of[validated].min()).sum())


@pytest.mark.parametrize(("months", "embargoed"), [(6, False), (18, False), (24, True)])
def test_the_embargo_is_kept_where_the_months_allow_it(months: int, embargoed: bool) -> None:
    as_of, _, fold = rows(months, 40)
    cuts = time_ordered(as_of, fold, 13)
    assert [cut.embargoed for cut in cuts] == [embargoed] * CUTS


def test_six_months_are_fitted_on_three_and_more() -> None:
    as_of, _, fold = rows(6, 40)
    cuts = time_ordered(as_of, fold, 13)
    assert [(len(cut.fitted), len(cut.validated)) for cut in cuts] == [(3, 1), (4, 1), (5, 1)]
    assert [len(cut.folds) for cut in cuts] == [4, 4, 4]


def test_one_month_cannot_be_cut() -> None:
    as_of, _, fold = rows(1, 40)
    with pytest.raises(TrainingError, match="at least two training months"):
        time_ordered(as_of, fold, 13)
