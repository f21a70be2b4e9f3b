"""Drift, by answers made by hand."""

import math

import numpy as np
import pytest

from features.profile.divergence import psi
from serving.console.models.drift import FEWEST, by_month, newest, watched
from serving.console.models.scored import Answered, Scored
from serving.console.models.window import months_after
from tests.serving.conftest import code
from training.model.reference import Reference

JANUARY = 1_640_966_400_000_000
"""2022-01-01T00:00+08:00: the end of December 2021."""
RNG = np.random.default_rng(7)
THEN = RNG.normal(600, 40, 2_000)
REFERENCE = Reference.of(
    ("x", "hidden"),
    np.column_stack([RNG.uniform(0, 1, 2_000), np.zeros(2_000)]),
    (THEN * 1_000_000).astype(np.int64),
    500,
)


def answer(number: int, as_of: int = JANUARY) -> Answered:
    return Answered(code(number), as_of, f"{number}-{as_of}")


def scored(one: Answered, points: float, x: float | None, defaulted: bool = False) -> Scored:
    return Scored(one, points, "BB", 0.02, 0.015, defaulted, {"x": x})


@pytest.mark.parametrize(("shift", "light"), [(0, "green"), (18, "amber"), (60, "red")])
def test_the_light_is_the_convention_of_the_index(shift: int, light: str) -> None:
    points = THEN[:1_000] + shift
    answers = [answer(number) for number in range(1_000)]
    scores = {one.score_id: scored(one, points[n], 0.5) for n, one in enumerate(answers)}
    found = watched(REFERENCE, answers, scores).score
    assert found is not None
    counts = np.histogram(points, [-np.inf, *np.nextafter(REFERENCE.score.edges, np.inf), np.inf])
    assert found.psi == pytest.approx(psi(REFERENCE.score.counts[:-1], counts[0]))
    assert found.light == light
    assert found.beyond_chance == (light != "green")
    assert sum(one.then for one in found.bins) == pytest.approx(1)
    assert sum(one.now for one in found.bins) == pytest.approx(1)


def test_missing_values_are_a_bin_of_their_own_and_withheld_features_are_untold() -> None:
    answers = [answer(number) for number in range(40)]
    scores = {
        one.score_id: scored(one, 600, None if n < 10 else 0.5) for n, one in enumerate(answers)
    }
    found = watched(REFERENCE, answers, scores)
    (x,) = found.features
    assert x.name == "x"
    assert x.bins[-1].is_missing
    assert (x.bins[-1].then, x.bins[-1].now) == (0, 0.25)
    assert found.untold == ("hidden",)
    assert math.isfinite(x.psi)


def test_too_few_scores_are_not_judged_and_those_in_default_do_not_count() -> None:
    answers = [answer(number) for number in range(FEWEST)]
    scores = {one.score_id: scored(one, 600, 0.5) for one in answers}
    assert watched(REFERENCE, answers, scores).score is not None
    scores[answers[0].score_id] = scored(answers[0], 600, 0.5, defaulted=True)
    few = watched(REFERENCE, answers, scores)
    assert (few.score, few.features, few.rows) == (None, (), FEWEST - 1)
    assert few.months == ()


def test_each_month_is_told_by_its_own_scores_the_oldest_first() -> None:
    ends = [months_after(JANUARY, n) for n in range(14)]
    answers = [answer(number, end) for end in ends for number in range(30)]
    scores = {
        one.score_id: scored(one, float(THEN[n % 30]) + 8 * ends.index(one.as_of), 0.5)
        for n, one in enumerate(answers)
    }
    found = watched(REFERENCE, answers, scores)
    assert [one.month for one in found.months] == [(2022, month) for month in range(2, 13)] + [
        (2023, 1)
    ]
    assert [one.drift.rows for one in found.months] == [30] * 12
    assert found.score is not None
    assert found.score.psi == found.months[-1].drift.psi
    assert {one.as_of for one in newest(answers)} == {ends[-1]}
    assert next(iter(by_month(answers))) == (2022, 2)
