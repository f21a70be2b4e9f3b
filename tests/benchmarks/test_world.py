import numpy as np
import pytest

from benchmarks.world.measure import Measure, Ranking
from benchmarks.world.plan import EMBARGO_MONTHS, Plan
from benchmarks.world.rates import Months
from benchmarks.world.report import Line, markdown, over_seeds
from features.calendar import month_end
from training.horizon import month_name, months_after


@pytest.mark.parametrize("months", [48, 60, 72, 96])
def test_training_ends_an_embargo_before_the_test(months: int) -> None:
    plan = Plan(100, months, 1)
    assert month_name(int(plan.trained[-1])) == "2020-08"
    assert months_after(plan.trained[-1:], EMBARGO_MONTHS)[0] == plan.tested[0]
    assert months_after(plan.tested[-1:], EMBARGO_MONTHS)[0] == plan.known_until


def test_training_begins_when_features_can_look_back_a_year() -> None:
    assert month_name(int(Plan(100, 48, 1).trained[0])) == "2019-12"
    assert month_name(int(Plan(100, 96, 1).trained[0])) == "2017-11"
    assert len(Plan(100, 24, 1).trained) == 0


def test_mean_over_seeds_has_a_t_interval() -> None:
    found = over_seeds([{"a": Measure(value)} for value in (0.7, 0.8, 0.9)])["a"]
    assert found.value == pytest.approx(0.8)
    assert found.high - found.value == pytest.approx(4.302653 * 0.1 / np.sqrt(3.0), rel=1e-5)


def test_what_one_seed_lacks_does_not_spoil_the_mean() -> None:
    found = over_seeds([{"a": Measure(0.7)}, {"a": Measure(float("nan"))}])["a"]
    assert found.value == pytest.approx(0.7)
    assert np.isnan(found.low)


def test_the_table_says_what_is_missed() -> None:
    line = Line("core.everyone", "rule", high=0.62)
    assert (line.met(0.5), line.met(0.7), line.met(float("nan"))) == ("yes", "**no**", "")
    text = markdown("t", {"core.everyone": Measure(0.7)}, {1: {}})
    assert "| core-enterprise rule, everyone | 0.700 |  | below 0.620 | **no** |" in text


def test_few_defaults_give_no_auc() -> None:
    target = np.array([1, 0, 0, 0], np.int8)
    ranking = Ranking(np.array(["a", "b", "c", "d"]), 10)
    found = ranking.auc(target, np.arange(4.0), np.ones(4, np.bool_))
    assert np.isnan(found.value)
    assert "too few defaults" in found.note


def test_rates_are_a_year_and_leave_the_first_year_out() -> None:
    ends = np.array([month_end(m) for m in ("2019-12", "2020-01", "2020-02")])
    months = Months(ends, np.array([100, 120, 120]), np.array([50, 1, 0]))
    assert months.years.tolist() == [2019, 2020, 2020]
    assert months.rate() == pytest.approx(1 / 20)
    assert months.rate(2019) == pytest.approx(50 / (100 / 12))
