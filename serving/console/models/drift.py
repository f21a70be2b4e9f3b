"""Drift: whether scores and features are spread as they were at the training.

The lights are the industry's convention, not a test: below 0.10 green, up to 0.25 amber, above red
(Siddiqi 2006). Beside each stands what chance alone stays below at such numbers (Yurdakul 2018).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.profile.divergence import CHANGED, WATCH, chance_bound, psi
from serving.console.models.scored import MONTHS, Answered, Scored
from training.model.reference import Reference, Spread
from training.model.scale import Floats

FEWEST = 20
"""Scores below which nothing is said."""

Light = Literal["green", "amber", "red"]


@dataclass(frozen=True)
class Bin:
    """One bin of a spread.

    Attributes
    ----------
    low, high : float or None
        Above what, and up to what; None is open. Of the bin of missing values both are.
    is_missing : bool
    then, now : float
        Shares at the training, and among the scores that are looked at.
    """

    low: float | None
    high: float | None
    is_missing: bool
    then: float
    now: float


@dataclass(frozen=True)
class Drift:
    """How far one number moved.

    Attributes
    ----------
    name : str
        Of the feature; ``score`` for the score.
    psi : float
        Population stability index.
    bound : float
        What chance alone stays below in 95 of 100 cases, with enterprises as evidence.
    rows : int
        Scores that it was told by.
    bins : tuple of Bin
    """

    name: str
    psi: float
    bound: float
    rows: int
    bins: tuple[Bin, ...]

    @property
    def light(self) -> Light:
        """By convention."""
        if self.psi >= CHANGED:
            return "red"
        return "amber" if self.psi >= WATCH else "green"

    @property
    def beyond_chance(self) -> bool:
        """Whether chance alone hardly gives so much."""
        return self.psi > self.bound


@dataclass(frozen=True)
class MonthDrift:
    """Drift of the score in one month.

    Attributes
    ----------
    month : (int, int)
    as_of : int
        Of its newest score, UTC microseconds.
    drift : Drift
    """

    month: tuple[int, int]
    as_of: int
    drift: Drift


@dataclass(frozen=True)
class Watched:
    """What is told of a model's drift.

    Attributes
    ----------
    reference : Reference
    score : Drift or None
        By each case's newest score; None where there are too few.
    features : tuple of Drift
        What moved most first.
    untold : tuple of str
        Features of which the answers withhold too many values to say.
    months : tuple of MonthDrift
        The oldest first.
    rows : int
        Newest scores that are looked at.
    """

    reference: Reference
    score: Drift | None
    features: tuple[Drift, ...]
    untold: tuple[str, ...]
    months: tuple[MonthDrift, ...]
    rows: int

    def with_light(self, light: Light) -> int:
        """Number of features with this light."""
        return sum(one.light == light for one in self.features)

    @property
    def moved(self) -> int:
        """Number of features that moved more than chance does."""
        return sum(one.beyond_chance for one in self.features)


def newest(answers: Sequence[Answered]) -> list[Answered]:
    """Each enterprise's newest answer."""
    found: dict[str, Answered] = {}
    for one in answers:
        held = found.get(one.enterprise_id)
        if held is None or one.as_of > held.as_of:
            found[one.enterprise_id] = one
    return list(found.values())


def by_month(answers: Sequence[Answered]) -> dict[tuple[int, int], list[Answered]]:
    """Answers of the last months that have any, the oldest first."""
    found: dict[tuple[int, int], list[Answered]] = {}
    for one in answers:
        found.setdefault(one.month, []).append(one)
    return {month: found[month] for month in sorted(found)[-MONTHS:]}


def watched(
    reference: Reference, answers: Sequence[Answered], scores: Mapping[str, Scored]
) -> Watched:
    """Hold the newest scores, and those of each month, against the training.

    Parameters
    ----------
    reference : Reference
    answers : sequence of Answered
        One a month and enterprise.
    scores : mapping of str to Scored
        By the answer's id; where a default was in force they are left out, as at the training.
    """

    def taken(wanted: Sequence[Answered]) -> list[Scored]:
        return [scores[one.score_id] for one in wanted if not scores[one.score_id].defaulted]

    now = taken(newest(answers))
    features: list[Drift] = []
    untold: list[str] = []
    for name, spread in reference.features.items():
        values = [one.values[name] for one in now if name in one.values]
        told = None
        if 2 * len(values) >= len(now):
            told = _drift(name, spread, values, reference.enterprises)
        if told is None:
            untold.append(name)
        else:
            features.append(told)
    features.sort(key=lambda one: (-one.psi, one.name))
    return Watched(
        reference=reference,
        score=_of_score(reference, now),
        features=tuple(features),
        untold=tuple(untold),
        months=_months(reference, {m: taken(each) for m, each in by_month(answers).items()}),
        rows=len(now),
    )


def _months(
    reference: Reference, months: Mapping[tuple[int, int], list[Scored]]
) -> tuple[MonthDrift, ...]:
    found = []
    for month, scores in months.items():
        drift = _of_score(reference, scores)
        if drift is not None:
            found.append(MonthDrift(month, max(one.answered.as_of for one in scores), drift))
    return tuple(found)


def _of_score(reference: Reference, scores: Sequence[Scored]) -> Drift | None:
    return _drift("score", reference.score, [one.score for one in scores], reference.enterprises)


def _drift(
    name: str, spread: Spread, values: Sequence[float | None], enterprises: int
) -> Drift | None:
    if len(values) < FEWEST:
        return None
    numbers = np.array([np.nan if one is None else one for one in values], np.float64)
    then, now = np.asarray(spread.counts, np.int64), spread.count(numbers)
    return Drift(
        name,
        psi(then, now),
        chance_bound(then, now, enterprises, len(values)),
        len(values),
        tuple(_bins(spread, then / max(then.sum(), 1), now / max(now.sum(), 1))),
    )


def _bins(spread: Spread, then: Floats, now: Floats) -> list[Bin]:
    cut = spread.bins
    found = []
    for place in range(cut.number + 1):
        is_missing = place == cut.number
        low, high = (None, None) if is_missing else cut.limits(place)
        if is_missing and not then[place] and not now[place]:
            continue
        found.append(Bin(low, high, is_missing, float(then[place]), float(now[place])))
    return found
