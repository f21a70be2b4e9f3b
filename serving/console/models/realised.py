"""Realised defaults against the PD by grade, each enterprise counted once.

Where the year after a score is over, and all its defaults are reported, the PD is held against
what came. Where the year still runs, it is held against what the PD would have at an even pace by
now: 1 - (1 - PD)^t at the share t of the year. The interval is Wilson's.

References
----------
E. B. Wilson, "Probable inference, the law of succession, and statistical inference", *Journal of
the American Statistical Association* 22 (1927), 209-212.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from serving.console.models.outcomes import Defaults
from serving.console.models.scored import Answered, Scored
from serving.console.models.window import Window

_Z = 1.959964
"""Both ends of 95 % of the normal distribution."""

FEWEST = 20
"""Scores below which nothing is said of the PD."""

Standing = Literal["within", "too low", "prudent", "too few"]


@dataclass(frozen=True)
class Cohort:
    """Answers of a model whose outcomes are looked at, one an enterprise.

    Attributes
    ----------
    is_settled : bool
        Their windows are over and reported; else they run.
    answers : tuple of Answered
    """

    is_settled: bool
    answers: tuple[Answered, ...]


@dataclass(frozen=True)
class Came:
    """What came of the scores of one grade.

    Attributes
    ----------
    grade : str
        Empty: of all.
    scores : int
    pd : float
        Mean PD by which the grade was given, within the whole window.
    expected : float
        Defaults that the PDs give until now.
    defaults : int
        That came.
    """

    grade: str
    scores: int
    pd: float
    expected: float
    defaults: int

    @property
    def rate(self) -> float:
        """Share that defaulted."""
        return self.defaults / self.scores

    @property
    def expected_rate(self) -> float:
        """Share that was expected to, until now."""
        return self.expected / self.scores

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true rate lies with 95 %."""
        return wilson(self.defaults, self.scores)

    @property
    def standing(self) -> Standing:
        """Where the expected rate stands to that interval."""
        if self.scores < FEWEST:
            return "too few"
        low, high = self.interval
        if self.expected_rate < low:
            return "too low"
        return "prudent" if self.expected_rate > high else "within"


@dataclass(frozen=True)
class Realised:
    """What came of a cohort.

    Attributes
    ----------
    is_settled : bool
    grades : tuple of Came
        From the best grade to the worst.
    total : Came
    point_in_time : float
        Mean PD point in time.
    first, last : int
        As-of of the oldest and the newest score, UTC microseconds.
    """

    is_settled: bool
    grades: tuple[Came, ...]
    total: Came
    point_in_time: float
    first: int
    last: int


def cohorts(answers: Sequence[Answered], window: Window, today: int) -> tuple[Cohort, Cohort]:
    """The settled and the running answers, one an enterprise in each.

    Of settled ones the newest counts, for it is nearest to the present; of running ones the
    oldest, of which most is known.

    Parameters
    ----------
    answers : sequence of Answered
    window : Window
    today : int
        UTC microseconds.
    """
    settled: dict[str, Answered] = {}
    running: dict[str, Answered] = {}
    for one in sorted(answers, key=lambda each: each.as_of):
        if window.settles(one.as_of) <= today:
            settled[one.enterprise_id] = one
        else:
            running.setdefault(one.enterprise_id, one)
    return Cohort(True, tuple(settled.values())), Cohort(False, tuple(running.values()))


def realised(
    cohort: Cohort,
    scores: Mapping[str, Scored],
    defaults: Defaults,
    window: Window,
    scale: tuple[Sequence[str], int],
) -> Realised | None:
    """Count what came, by grade; None where there is no score to look at.

    Parameters
    ----------
    cohort : Cohort
    scores : mapping of str to Scored
        By the answer's id; where a default was in force they are left out.
    defaults : mapping of str to tuple of int
    window : Window
    scale : (sequence of str, int)
        Grades from the best to the worst, and the present, UTC microseconds.
    """
    grades, today = scale
    taken = [scores[one.score_id] for one in cohort.answers]
    taken = [one for one in taken if not one.defaulted]
    if not taken:
        return None

    def came(grade: str, of: list[Scored]) -> Came:
        return _came(grade, of, lambda one: _share(cohort, one, window, today), defaults, window)

    named = [(grade, [one for one in taken if one.grade == grade]) for grade in grades]
    times = [one.answered.as_of for one in taken]
    return Realised(
        is_settled=cohort.is_settled,
        grades=tuple(came(grade, of) for grade, of in named if of),
        total=came("", taken),
        point_in_time=sum(one.pd for one in taken) / len(taken),
        first=min(times),
        last=max(times),
    )


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Interval of a share, 95 %.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(2, 40)]
    [0.0138, 0.165]
    """
    share, spread = hits / tries, _Z * _Z / tries
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / tries + spread / (4 * tries)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _share(cohort: Cohort, one: Scored, window: Window, today: int) -> float:
    return 1.0 if cohort.is_settled else window.elapsed(one.answered.as_of, today)


def _came(
    grade: str,
    of: Sequence[Scored],
    share: Callable[[Scored], float],
    defaults: Defaults,
    window: Window,
) -> Came:
    expected = sum(1.0 - (1.0 - one.grading_pd) ** share(one) for one in of)
    hit = sum(_defaulted(one.answered, defaults, window) for one in of)
    pd = sum(one.grading_pd for one in of) / len(of)
    return Came(grade, len(of), pd, expected, hit)


def _defaulted(one: Answered, defaults: Defaults, window: Window) -> bool:
    end = window.ends(one.as_of)
    return any(one.as_of < at <= end for at in defaults.get(one.enterprise_id, ()))
