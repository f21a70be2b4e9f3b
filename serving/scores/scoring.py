"""The score: from a request to an answer that stands in the ledger. Knows nothing of HTTP.

The service and the command line both answer through :class:`Scorer`. An answer sees only
messages that were known at its as-of and stand at or before the record's position that it
names, so it can be reckoned again from the record at any later time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

import numpy as np

from features.catalogue import CATALOGUE
from features.depth import DataDepth, data_depth
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.feature import Feature
from features.joint import joint
from features.online import FactsReader
from serving import lending
from serving.instants import text_of
from serving.ledger import Entry, Ledger
from serving.limit import limit
from serving.policy import Policy
from serving.scores import standing as known
from serving.scores.asked import Asked, Placed
from serving.scores.document import (
    InsufficientAnswer,
    ModelName,
    Part,
    Points,
    PolicyName,
    ScoredAnswer,
    canonical,
)
from serving.scores.families import numbers_of, stability_of
from serving.scores.grading import IN_FORCE, graded
from serving.scores.limit_part import limit_part
from serving.scores.reasons import Subject, reasons, withheld
from serving.scores.request import ScoreRequest
from serving.stopwatch import Stopwatch
from supervision.record import Record
from training.model.bundle import Bundle, Scores
from training.model.points import Points as Displayed
from training.model.points import displayed_by_family

AT_ONCE = 32
"""Answers that are reckoned together: features of so many cost a fifth of those of each alone,
and more would only take more memory."""


@dataclass(frozen=True)
class Answered:
    """An answer, the bytes of it that are logged and sent, and how it enters the ledger."""

    answer: ScoredAnswer | InsufficientAnswer
    document: bytes
    entry: Entry


@dataclass(frozen=True)
class Case:
    """One answer in the making.

    Attributes
    ----------
    placed : Placed
    subject : Subject or None
        None where the record has never met the enterprise.
    depth : DataDepth
    values : mapping of str to float
        Features by name.
    """

    placed: Placed
    subject: Subject | None
    depth: DataDepth
    values: Mapping[str, float]

    @property
    def is_sufficient(self) -> bool:
        """Whether enough is known for a score."""
        return self.depth.newest_known_at is not None and self.depth.is_sufficient


@dataclass(frozen=True)
class Mark:
    """What the model says of one case: its scores, one row, and the points as they are shown."""

    scores: Scores
    base: int
    score: int
    points: np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Scorer:
    """Everything that an answer needs.

    Attributes
    ----------
    reader : FactsReader
    bundle : Bundle
        The champion; its features are of this catalogue.
    policy : Policy
    ledger : Ledger
    """

    reader: FactsReader
    bundle: Bundle
    policy: Policy
    ledger: Ledger

    @property
    def record(self) -> Record:
        """The record that is read."""
        return self.reader.record

    def answer(
        self, request: ScoreRequest, now: int, default_as_of: int | None, watch: Stopwatch
    ) -> Answered:
        """Answer a request; when this returns, the answer is in the ledger, on disk.

        Parameters
        ----------
        request : ScoreRequest
        now : int
            The clock, UTC microseconds.
        default_as_of : int or None
            As-of of a request that names none; None for ``now``.
        watch : Stopwatch
            Takes the time of each stage.

        Raises
        ------
        Refusal
            If the credit code or the as-of cannot be scored.
        LedgerFailure
            If the answer could not be logged.
        """
        (answered,) = self.reckon([Asked.of(request, now, default_as_of)], watch)
        with watch.stage("commit"):
            self.ledger.append(answered.entry)
        return answered

    def reckon(self, asked: Sequence[Asked], watch: Stopwatch) -> list[Answered]:
        """Reckon answers from the record as it stands now; nothing is logged yet."""
        position = self.record.position()
        with watch.stage("read"):
            numbers = self.record.number_of(list({one.enterprise_id for one in asked}))
        return self.reckon_at(
            [Placed(one, position, numbers.get(one.enterprise_id)) for one in asked], watch
        )

    def reckon_at(self, placed: Sequence[Placed], watch: Stopwatch) -> list[Answered]:
        """Reckon answers from the record as it stood at a position; nothing is logged."""
        found: list[Answered] = []
        for start in range(0, len(placed), AT_ONCE):
            cases = self._cases(placed[start : start + AT_ONCE], watch)
            marks = iter(self._marks([case for case in cases if case.is_sufficient], watch))
            for case in cases:
                answer = (
                    self._scored(case, next(marks), watch)
                    if case.is_sufficient
                    else self._insufficient(case)
                )
                with watch.stage("document"):
                    document = canonical(answer)
                found.append(Answered(answer, document, self._entry(case, answer, document)))
        return found

    def _cases(self, placed: Sequence[Placed], watch: Stopwatch) -> list[Case]:
        with watch.stage("read"):
            cases = [self._read(one) for one in placed]
        with watch.stage("features"):
            subjects = [case.subject for case in cases if case.subject is not None]
            values = iter(self._values(subjects))
            return [
                case if case.subject is None else replace(case, values=next(values))
                for case in cases
            ]

    def _read(self, placed: Placed) -> Case:
        if placed.number is None:
            return Case(placed, None, known.NOTHING, {})
        as_of = placed.asked.as_of
        facts = self.reader.facts_of(placed.number, placed.position, as_of)
        depth = data_depth(facts, placed.number, as_of)
        return Case(placed, Subject(facts, placed.number, as_of), depth, {})

    def _values(self, subjects: Sequence[Subject]) -> list[dict[str, float]]:
        """Features of each, reckoned together where their facts rest on the same ground."""
        found: list[dict[str, float]] = []
        for _, group in groupby(subjects, lambda one: (id(one.facts.prices), id(one.facts.others))):
            together = list(group)
            facts = {one.enterprise: one.facts for one in together}
            spine = Spine(
                np.array([one.enterprise for one in together]),
                np.array([one.as_of for one in together]),
            )
            matrix = evaluate(joint(list(facts.values())), spine, _needed(self.bundle.features))
            found += [dict(zip(matrix.names, row, strict=True)) for row in matrix.values.tolist()]
        return found

    @cached_property
    def _names(self) -> dict[str, Part]:
        """Model and policy, as every answer names them."""
        bundle, policy = self.bundle, self.policy
        return {
            "model": ModelName(name=bundle.name, version=bundle.version, hash=bundle.hash),
            "policy": PolicyName(name=policy.name, hash=policy.hash),
        }

    @property
    def _features(self) -> tuple[Feature, ...]:
        return _declared(self.bundle.features)

    def _marks(self, cases: Sequence[Case], watch: Stopwatch) -> list[Mark]:
        if not cases:
            return []
        with watch.stage("model"):
            names = self.bundle.features
            rows = [[case.values[name] for name in names] for case in cases]
            scores = self.bundle.score(np.array(rows, np.float64))
            shown = displayed_by_family(
                scores.base_micro_points, scores.micro_points, numbers_of(self._features)
            )
        return [_mark(scores, shown, place) for place in range(len(cases))]

    def _scored(self, case: Case, mark: Mark, watch: Stopwatch) -> ScoredAnswer:
        subject, values = case.subject, case.values
        if subject is None:
            raise TypeError("expected a case with a subject")
        points = self._points(subject, values, mark)
        with watch.stage("reasons"):
            stability = stability_of(self.bundle.facts)
            why = reasons(self.record, subject, self._features, points, stability)
        with watch.stage("limit"):
            grades = graded(mark.scores, np.array([values[IN_FORCE] > 0]), self.policy)
            grounds = lending.circumstances(
                self.record, subject.facts, subject.enterprise, subject.as_of, values
            )
            funding = case.placed.asked.request.funding
            pd, lend = float(grades.pd[0]), grades.lend[0]
            suggested = limit(grounds, pd, lend, self.policy, funding)
        return ScoredAnswer(
            **self._frame(case),
            score=mark.score,
            score_micro_points=int(mark.scores.score_micro[0]),
            base_points=mark.base,
            base_micro_points=mark.scores.base_micro_points,
            points=points,
            **grades.row(0),
            limit=limit_part(suggested, grounds, self.policy),
            reasons=why,
        )

    def _points(
        self, subject: Subject, values: Mapping[str, float], mark: Mark
    ) -> tuple[Points, ...]:
        micro_points = mark.scores.micro_points[0].tolist()
        hidden = [withheld(subject, feature) for feature in self._features]
        return tuple(
            Points(
                feature=feature.name,
                points=whole,
                micro_points=micro,
                value=None if secret or math.isnan(values[feature.name]) else values[feature.name],
                withheld=secret,
            )
            for feature, whole, micro, secret in zip(
                self._features, mark.points.tolist(), micro_points, hidden, strict=True
            )
        )

    def _insufficient(self, case: Case) -> InsufficientAnswer:
        subject, depth = case.subject, case.depth
        later = appraised = False
        if subject is not None:
            later = known.known_later(subject.facts, subject.enterprise, subject.as_of)
            appraised = known.appraised(subject.facts, subject.enterprise, subject.as_of)
        return InsufficientAnswer(
            **self._frame(case),
            causes=known.causes(depth, known_name=subject is not None, known_later=later),
            missing=known.missing_streams(depth, appraised),
        )

    def _frame(self, case: Case) -> dict[str, Any]:
        """What scored and insufficient answers have in common."""
        asked, subject = case.placed.asked, case.subject
        absent = sum(math.isnan(case.values.get(name, math.nan)) for name in self.bundle.features)
        return {
            "score_id": asked.score_id,
            "enterprise_id": asked.enterprise_id,
            "client_reference": asked.request.client_reference,
            "consent_id": asked.consent_id,
            "as_of": text_of(asked.as_of),
            "answered_at": text_of(asked.now),
            **self._names,
            "catalogue_hash": CATALOGUE.hash,
            "record_position": case.placed.position,
            "newest_message": subject
            and known.newest_part(subject.facts, subject.enterprise, asked.as_of),
            "data_depth": known.depth_part(case.depth, absent),
        }

    def _entry(
        self, case: Case, answer: ScoredAnswer | InsufficientAnswer, document: bytes
    ) -> Entry:
        placed, asked = case.placed, case.placed.asked
        return Entry(
            score_id=asked.score_id,
            enterprise_id=asked.enterprise_id,
            status=answer.status,
            as_of=asked.as_of,
            answered_at=asked.now,
            record_position=placed.position,
            model_hash=self.bundle.hash,
            catalogue_hash=CATALOGUE.hash,
            policy_hash=answer.policy.hash,
            client_reference=asked.request.client_reference,
            document=document,
            tenant=asked.asker.tenant,
            client_id=asked.asker.client_id,
            consent_id=asked.consent_id,
            request=asked.request.canonical,
            enterprise_number=placed.number,
        )


def _mark(scores: Scores, shown: Displayed, place: int) -> Mark:
    """One row of what the model says."""
    here = slice(place, place + 1)
    long_run = scores.pd_through_the_cycle
    row = Scores(
        scores.micro_points[here],
        scores.base_micro_points,
        scores.score_micro[here],
        scores.pd[here],
        None if long_run is None else long_run[here],
    )
    return Mark(row, shown.base, int(shown.score[place]), shown.features[place])


@lru_cache(maxsize=4)
def _declared(names: tuple[str, ...]) -> tuple[Feature, ...]:
    """Declarations of the features of those names."""
    return tuple(CATALOGUE.by_name[name] for name in names)


@lru_cache(maxsize=4)
def _needed(names: tuple[str, ...]) -> tuple[Feature, ...]:
    """The champion's features, and those that the limit is reckoned from, each once."""
    return tuple(dict.fromkeys((*_declared(names), *lending.FEATURES)))
