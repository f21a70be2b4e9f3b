import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import month_end, month_ends
from training.errors import TrainingError
from training.horizon import month_name, months_after
from training.sample import Sample
from training.split import CALIBRATION, crossing, folds_of, plan_months, split


def sample_of(enterprises: int, first: str, last: str) -> Sample:
    months = month_ends(first, last)
    firm, month = (part.ravel() for part in np.indices((enterprises, len(months))))
    return Sample(
        ("x",),
        np.array([f"E{number}" for number in firm]),
        months[month],
        np.zeros((len(firm), 1)),
        (firm % 3 == 0).astype(np.int8),
    )


def test_four_years_give_half_a_year_on_either_side_of_the_embargo() -> None:
    train, test = plan_months(month_ends("2019-12", "2021-11"), 13, 0.5)
    assert [month_name(int(m)) for m in (train[0], train[-1], test[0], test[-1])] == [
        "2019-12",
        "2020-05",
        "2021-06",
        "2021-11",
    ]


def test_too_few_months_are_told() -> None:
    with pytest.raises(TrainingError, match="2020-01 to 2021-01"):
        plan_months(month_ends("2020-01", "2021-01"), 13, 0.5)


@given(st.integers(14, 60), st.integers(0, 15), st.floats(0.05, 0.95))
def test_no_label_window_ever_crosses_a_planned_split(
    months: int, embargo: int, share: float
) -> None:
    as_of = months_after(np.full(months, month_end("2018-01")), 0)
    as_of = np.array([int(months_after(as_of[:1], k)[0]) for k in range(months)])
    try:
        train, test = plan_months(as_of, embargo, share)
    except TrainingError:
        assert months <= embargo
        return
    assert int(months_after(train, embargo).max()) <= int(test.min())
    assert train.max() < test.min()
    assert crossing(train, test, embargo) is None


def test_pd003_names_a_label_window_that_crosses_the_split() -> None:
    found = crossing(month_ends("2020-01", "2020-06"), month_ends("2021-03", "2021-06"), 13)
    assert found is not None
    assert str(found).startswith("PD003 label window crosses the split: 4 of 6 training rows")
    assert "leave 13 months" in found.detail


def test_an_enterprise_is_in_one_fold_whoever_else_is_there() -> None:
    names = np.array([f"E{k}" for k in range(500)])
    fold = folds_of(names, 7, 0.2, 5)
    backwards = folds_of(names[::-1][:100], 7, 0.2, 5)
    assert fold[::-1][:100].tolist() == backwards.tolist()
    assert folds_of(names, 8, 0.2, 5).tolist() != fold.tolist()


def test_folds_have_the_shares_asked_for() -> None:
    fold = folds_of(np.array([f"E{k}" for k in range(20_000)]), 7, 0.2, 5)
    shares = [float((fold == k).mean()) for k in (CALIBRATION, 0, 1, 2, 3, 4)]
    assert shares == pytest.approx([0.2, 0.16, 0.16, 0.16, 0.16, 0.16], abs=0.01)


def test_parts_never_share_a_row_and_training_parts_never_an_enterprise() -> None:
    sample = sample_of(300, "2019-12", "2021-11")
    train, test = plan_months(sample.as_of, 13, 0.5)
    parts = split(sample, train, test, seed=1, calibration_share=0.2, folds=5)
    assert not (parts.fit & parts.calibration).any()
    assert not (parts.test & (parts.fit | parts.calibration)).any()
    assert parts.fit.sum() + parts.calibration.sum() + parts.test.sum() + parts.embargoed == len(
        sample
    )
    fitted, calibrated = (set(sample.enterprise[r]) for r in (parts.fit, parts.calibration))
    assert not fitted & calibrated
    unseen = parts.unseen(sample.enterprise)
    assert unseen.any()
    assert not set(sample.enterprise[unseen]) & fitted


def test_a_test_without_defaults_is_told() -> None:
    sample = sample_of(300, "2019-12", "2021-11")
    train, test = plan_months(sample.as_of, 13, 0.5)
    sample.target[np.isin(sample.as_of, test)] = 0
    with pytest.raises(TrainingError, match="in the out-of-time test, found 0 defaults"):
        split(sample, train, test, seed=1, calibration_share=0.2, folds=5)
