from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from features.calendar import month_end, month_ends
from training.central_tendency import (
    CentralTendency,
    LongRun,
    YearlyRate,
    central_tendency,
    cycle_of,
    long_run,
    shift_to,
    told,
    yearly_rates,
)
from training.config import CentralTendencySettings, TrainConfig
from training.division import divide
from training.errors import TrainingError
from training.estimator import raw_margin
from training.experiment import Experiment
from training.inputs import Inputs
from training.labels import Status

STATED = CentralTendencySettings(long_run_rate=0.04, years=7, source="the bank's own books")
UNSTATED = CentralTendencySettings()
YEARS = tuple(YearlyRate(2015 + k, 100 * (k + 1), (k + 1) * (5 - k)) for k in range(5))


def test_each_years_cohort_are_the_known_outcomes_of_those_there_when_it_began() -> None:
    months = month_ends("2018-11", "2021-03")
    as_of = np.repeat(months, 40)
    status = np.random.default_rng(3).integers(0, 6, len(as_of)).astype(np.int8)
    found = yearly_rates(as_of, status)
    assert [one.year for one in found] == [2019, 2020, 2021]
    for one in found:
        cohort = [int(s) for t, s in zip(as_of, status, strict=True)
                  if t == month_end(f"{one.year - 1}-12")]  # fmt: skip
        assert one.defaults == cohort.count(Status.BAD)
        assert one.rows == cohort.count(Status.BAD) + cohort.count(Status.GOOD)
        assert one.rate == one.defaults / one.rows


def test_a_year_without_a_known_outcome_is_no_year() -> None:
    as_of = np.repeat(month_ends("2018-12", "2019-12")[[0, -1]], 3)
    status = np.array([Status.GOOD, Status.BAD, Status.LEFT_EARLY, *[Status.IMMATURE] * 3], np.int8)
    assert yearly_rates(as_of, status) == (YearlyRate(2019, 2, 1),)


def test_a_day_in_the_middle_of_a_month_begins_no_year() -> None:
    middle = np.array([month_end("2019-12") + 5 * 86_400_000_000])
    assert yearly_rates(middle, np.array([Status.BAD], np.int8)) == ()


def test_the_long_run_is_the_plain_mean_of_the_years() -> None:
    found = long_run(YEARS, UNSTATED)
    assert found is not None
    assert found.rate == pytest.approx(0.03)  # of 5, 4, 3, 2 and 1 %, however many rows
    assert found.years == 5
    assert "2015 to 2019" in found.source


def test_fewer_years_than_five_are_no_long_run() -> None:
    assert long_run(YEARS[:4], UNSTATED) is None
    assert long_run(YEARS, CentralTendencySettings(least_years=6)) is None


def test_what_is_stated_goes_before_what_is_known() -> None:
    assert long_run(YEARS, STATED) == LongRun(0.04, 7, "the bank's own books")
    assert long_run((), STATED) == LongRun(0.04, 7, "the bank's own books")


def mean_pd(log_odds: np.ndarray[tuple[int], np.dtype[np.float64]], floor: float) -> float:
    return float(np.mean(np.maximum(floor, 1 / (1 + np.exp(-log_odds)))))


@given(
    st.lists(st.floats(-12, 8), min_size=1, max_size=60),
    st.floats(0.002, 0.9),
    st.sampled_from([0.0001, 0.0005, 0.0019]),
)
@example([0.0], 0.0019000001, 0.0019)
@example([-12.0, 8.0], 0.9, 0.0001)
def test_the_mean_pd_is_the_target(log_odds: list[float], target: float, floor: float) -> None:
    given_odds = np.array(log_odds)
    shift = shift_to(given_odds, target, floor)
    assert mean_pd(given_odds + shift, floor) == pytest.approx(target, rel=1e-10)


def test_the_shift_is_the_root_that_another_solver_finds() -> None:
    log_odds = np.random.default_rng(1).normal(-3, 1.2, 5_000)
    expected = brentq(lambda s: mean_pd(log_odds + s, 0.0005) - 0.043, -5, 5, xtol=1e-13)
    assert shift_to(log_odds, 0.043, 0.0005) == pytest.approx(expected, abs=1e-10)


@given(st.lists(st.floats(-8, 3), min_size=1, max_size=40), st.floats(0.01, 0.4))
def test_a_higher_rate_moves_further(log_odds: list[float], target: float) -> None:
    odds = np.array(log_odds)
    assert shift_to(odds, target, 0.0005) < shift_to(odds, target * 1.5, 0.0005)


@pytest.mark.parametrize(("rows", "target"), [(0, 0.04), (3, 0.0005), (3, 1.0)])
def test_a_target_that_cannot_be_reached_is_told(rows: int, target: float) -> None:
    with pytest.raises(TrainingError, match=r"look at central_tendency"):
        shift_to(np.zeros(rows), target, 0.0005)


def test_the_margin_of_conservatism_is_on_top_of_the_rate() -> None:
    log_odds = np.random.default_rng(2).normal(-3, 1, 400)
    cycle = cycle_of(log_odds, LongRun(0.04, 7, "books"), STATED)
    assert cycle.target == pytest.approx(0.044)
    assert cycle.pd_at(log_odds).mean() == pytest.approx(0.044, rel=1e-10)


def stated(found: CentralTendency) -> str:
    return told(found.cycle, found.as_data())


def test_what_is_reported_after_the_test_begins_counts_for_no_year(
    inputs: Inputs, config: TrainConfig
) -> None:
    division = divide(inputs, config)
    log_odds = np.zeros(len(division.sample))
    found = central_tendency(inputs, division, log_odds, UNSTATED)
    assert [one.year for one in found.yearly] == [2020]
    assert found.cycle is None
    outcome = inputs.reports.outcome
    known = outcome["known_at"]
    every_other = np.arange(len(known)) % 2 == 1
    late = np.where(every_other, np.maximum(known, month_end("2021-06") + 1), known)
    reports = replace(inputs.reports, outcome={**outcome, "known_at": late})
    later = replace(inputs, reports=reports)
    changed = central_tendency(later, divide(later, config), log_odds, UNSTATED)
    assert changed.yearly[0].defaults < found.yearly[0].defaults


def test_too_few_years_are_said_plainly(inputs: Inputs, config: TrainConfig) -> None:
    division = divide(inputs, config)
    log_odds = np.zeros(len(division.sample))
    found = central_tendency(inputs, division, log_odds, UNSTATED)
    assert "not available. At least 5 yearly default rates are needed, known are 1" in stated(found)
    assert "central_tendency.long_run_rate" in stated(found)
    with_rate = central_tendency(inputs, division, log_odds, STATED)
    assert "mean 4.40% over the training rows" in stated(with_rate)
    assert "the bank's own books" in stated(with_rate)


def test_the_mean_over_all_months_of_training_is_the_target(
    inputs: Inputs, config: TrainConfig
) -> None:
    division = divide(inputs, config)
    log_odds = np.random.default_rng(4).normal(-2, 1.5, len(division.sample))
    found = central_tendency(inputs, division, log_odds, STATED).cycle
    assert found is not None
    trained = division.parts.fit | division.parts.calibration
    assert found.pd_at(log_odds[trained]).mean() == pytest.approx(0.044, rel=1e-10)
    assert found.pd_at(log_odds[division.parts.test]).mean() != pytest.approx(0.044, rel=1e-10)


def test_a_trained_model_has_the_level_of_the_long_run(experiment: Experiment) -> None:
    bundle, parts = experiment.bundle, experiment.parts
    assert bundle.cycle is not None
    assert (bundle.cycle.long_run_rate, bundle.cycle.years) == (0.04, 7)
    # As the calibration: by boosters that had not seen the enterprise.
    held_out = experiment.sample.choose(bundle.features)[parts.calibration]
    unseen = np.concatenate([experiment.fitted.margins, raw_margin(bundle.booster, held_out)])
    line = bundle.calibration
    odds = line.slope * unseen + line.intercept + bundle.cycle.shift
    assert mean_pd(odds, 0.0005) == pytest.approx(0.044, rel=1e-9)


def test_a_trained_model_tells_the_years_and_both_levels(experiment: Experiment) -> None:
    facts = experiment.bundle.facts["central_tendency"]
    assert [one["year"] for one in facts["yearly"]] == [2020]
    target = experiment.sample.target[experiment.parts.test]
    found = experiment.test_scores.pd_through_the_cycle
    assert found is not None
    level = facts["out_of_time"]["through_the_cycle"]
    assert level["mean_pd"] == pytest.approx(found.mean())
    assert level["brier"] == pytest.approx(np.mean((found - target) ** 2))
    assert facts["out_of_time"]["point_in_time"]["mean_pd"] == pytest.approx(
        experiment.test_scores.pd.mean()
    )


def test_a_trained_model_tells_what_exact_points_cost(experiment: Experiment) -> None:
    facts = experiment.bundle.facts["calibration_rivals"]
    assert list(facts["models"]) == ["affine", "isotonic", "beta", "spline"]
    level = experiment.bundle.facts["central_tendency"]["out_of_time"]["point_in_time"]
    assert facts["models"]["affine"]["log_loss"] == pytest.approx(level["log_loss"], abs=1e-4)
    assert set(facts["price"]) == {"log_loss", "brier", "ece"}
