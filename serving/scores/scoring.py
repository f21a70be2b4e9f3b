"""The score: from a request to an answer that stands in the ledger. Knows nothing of HTTP.

The service and the command line both answer through :class:`Scorer`. An answer sees only
messages that were known at its as-of and stand at or before the record's position that it
names, so it can be reckoned again from the record at any later time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, groupby
from typing import Any

import numpy as np

from features.depth import data_depth
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.feature import Feature
from features.joint import joint
from features.nodes.network import OfOthers
from features.online import FactsReader
from features.recipe import Leaf
from serving import lending
from serving.instants import text_of
from serving.ledger import Entry, Ledger
from serving.limit import limit
from serving.objections.log import disputed
from serving.policy import Policy
from serving.scores import standing as known
from serving.scores.asked import Asked, Asker, Placed
from serving.scores.case import Case, Mark, mark_of
from serving.scores.depth_document import ScoreRange
from serving.scores.depth_grade import depth_grading
from serving.scores.disputes import disputed_part, known_disputes
from serving.scores.document import (
    InsufficientAnswer,
    ModelName,
    PolicyName,
    ScoredAnswer,
    canonical,
)
from serving.scores.families import numbers_of, stability_of
from serving.scores.grading import IN_FORCE, LISTED, graded
from serving.scores.limit_part import limit_part
from serving.scores.part import Part
from serving.scores.reason_document import Points
from serving.scores.reasons import Subject, Telling, reasons, too_few
from serving.scores.request import ScoreRequest
from serving.scores.score_range import range_part
from serving.stopwatch import Stopwatch
from supervision.record import Record
from training.model.bundle import Bundle
from training.model.points import Families, displayed_by_family, rounded
from training.model.scale import Floats

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
class Scorer:
    """Everything that an answer needs.

    Attributes
    ----------
    reader : FactsReader
    bundle : Bundle
        The champion; it names the catalogue of its features.
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
        self,
        request: ScoreRequest,
        now: int,
        default_as_of: int | None,
        watch: Stopwatch,
        asker: Asker | None = None,
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
        asker : Asker or None

        Raises
        ------
        Refusal
            If the credit code or the as-of cannot be scored.
        LedgerFailure
            If the answer could not be logged.
        """
        (answered,) = self.reckon([Asked.of(request, now, default_as_of, asker)], watch)
        with watch.stage("commit"):
            self.ledger.append(answered.entry)
        return answered

    def reckon(self, asked: Sequence[Asked], watch: Stopwatch) -> list[Answered]:
        """Reckon answers from the record as it stands now; nothing is logged yet."""
        with watch.stage("read"):
            position = self.record.position()
            codes = list({one.enterprise_id for one in asked})
            numbers = self.record.number_of(codes)
            disputes = self.ledger.questions.ask(lambda ledger: disputed(ledger, codes))
        return self.reckon_at(
            [
                Placed(
                    one,
                    position,
                    numbers.get(one.enterprise_id),
                    disputes.get(one.enterprise_id, ()),
                )
                for one in asked
            ],
            watch,
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

    def case(self, placed: Placed) -> Case:
        """What is known of an enterprise as the record stood at a position."""
        (found,) = self._cases([placed], Stopwatch())
        return found

    def _cases(self, placed: Sequence[Placed], watch: Stopwatch) -> list[Case]:
        with watch.stage("read"):
            cases = [self._read(one) for one in placed]
        with watch.stage("features"):
            subjects = [case.subject for case in cases if case.subject is not None]
            found = iter(self._values(subjects))
            return [
                self._graded(case, *(next(found) if case.subject else (case.row, case.values)))
                for case in cases
            ]

    def _graded(self, case: Case, row: Floats, values: Mapping[str, float]) -> Case:
        """A case whose features are known, with the grade of its depth."""
        absent = int(np.count_nonzero(np.isnan(row)))
        grading = depth_grading(case.depth, values, absent, len(row))
        return replace(case, values=values, row=row, grading=grading)

    def _read(self, placed: Placed) -> Case:
        if placed.number is None:
            return Case(placed, None, known.NOTHING, {}, self._nothing)
        as_of = placed.asked.as_of
        facts = self.reader.facts_of(placed.number, placed.position, as_of)
        doubts = known_disputes(facts, placed.disputed, as_of)
        subject = Subject(facts, placed.number, as_of, doubts)
        return Case(placed, subject, data_depth(subject.own), {}, self._nothing)

    def _values(self, subjects: Sequence[Subject]) -> list[tuple[Floats, dict[str, float]]]:
        """Features of each, reckoned together where their facts rest on the same ground.

        Those of the model as a row, and all that are needed by name.
        """
        found: list[tuple[Floats, dict[str, float]]] = []
        for _, group in groupby(subjects, lambda one: (id(one.facts.prices), id(one.facts.others))):
            together = list(group)
            facts = {one.enterprise: one.facts for one in together}
            spine = Spine(
                np.array([one.enterprise for one in together]),
                np.array([one.as_of for one in together]),
            )
            matrix = evaluate(joint(list(facts.values())), spine, self._needed)
            rows = matrix.values[:, : len(self._features)]
            named = [dict(zip(matrix.names, row, strict=True)) for row in matrix.values.tolist()]
            found += zip(rows, named, strict=True)
        return found

    @cached_property
    def _names(self) -> dict[str, Part]:
        """Model and policy, as every answer names them."""
        bundle, policy = self.bundle, self.policy
        return {
            "model": ModelName(name=bundle.name, version=bundle.version, hash=bundle.hash),
            "policy": PolicyName(name=policy.name, hash=policy.hash),
        }

    @cached_property
    def _features(self) -> tuple[Feature, ...]:
        """The champion's features, as its own catalogue declares them."""
        declared = self.bundle.catalogue.by_name
        return tuple(declared[name] for name in self.bundle.features)

    @cached_property
    def _nothing(self) -> Floats:
        """Their values where nothing is known."""
        return np.full(len(self._features), np.nan)

    @cached_property
    def _of_others(self) -> dict[Leaf, list[str]]:
        """Names of those that rest on the state of third parties, by what names these."""
        found: dict[Leaf, list[str]] = {}
        for one in self._features:
            if isinstance(one.recipe, OfOthers):
                found.setdefault(one.recipe.among, []).append(one.name)
        return found

    @cached_property
    def _telling(self) -> Telling:
        """What reasons are told with."""
        return Telling(self._features, stability_of(self.bundle.facts), self.bundle.usual)

    @cached_property
    def _families(self) -> Families:
        """The same by family."""
        return Families.of(numbers_of(self._features))

    @cached_property
    def _needed(self) -> tuple[Feature, ...]:
        """The champion's features, and those that the limit is reckoned from, each once."""
        declared = self.bundle.catalogue.by_name
        limits = (declared.get(feature.name, feature) for feature in lending.FEATURES)
        return tuple(dict.fromkeys((*self._features, *limits)))

    def _marks(self, cases: Sequence[Case], watch: Stopwatch) -> list[Mark]:
        if not cases:
            return []
        with watch.stage("model"):
            scores = self.bundle.score(np.array([case.row for case in cases]))
            shown = displayed_by_family(
                scores.base_micro_points, scores.micro_points, self._families
            )
        return [mark_of(scores, shown, place) for place in range(len(cases))]

    def _scored(self, case: Case, mark: Mark, watch: Stopwatch) -> ScoredAnswer:
        subject, values = case.subject, case.values
        if subject is None:
            raise TypeError("expected a case with a subject")
        with watch.stage("model"):
            points = self._points(subject, case, mark)
        with watch.stage("reasons"):
            language = case.placed.asked.asker.language
            why = reasons(self.record, subject, points, self._telling, language)
        with watch.stage("limit"):
            grades = graded(mark.scores, np.array([values[IN_FORCE] > 0]), self.policy)
            grounds = lending.circumstances(
                self.record,
                subject.facts,
                subject.enterprise,
                subject.as_of,
                values,
                subject.disputed,
            )
            funding = case.placed.asked.request.funding
            pd, lend = float(grades.pd[0]), grades.lend[0]
            suggested = limit(grounds, pd, lend, self.policy, funding)
        with watch.stage("document"):
            return ScoredAnswer(
                **self._frame(case, mark.score),
                score=mark.score,
                score_micro_points=int(mark.scores.score_micro[0]),
                base_points=mark.base,
                base_micro_points=mark.scores.base_micro_points,
                points=points,
                **grades.row(0),
                dishonest_debtor=values[LISTED] > 0,
                limit=limit_part(suggested, grounds, self.policy),
                score_range=self._range(case, mark),
                reasons=why,
            )

    def _rescored(self, case: Case, subject: Subject) -> int | None:
        """The score that a case would have of another subject's facts, if it had one."""
        depth = data_depth(subject.own)
        ((row, values),) = self._values([subject])
        if not self._graded(replace(case, depth=depth), row, values).is_sufficient:
            return None
        return int(rounded(self.bundle.score(row[None]).score_micro)[0])

    def _range(self, case: Case, mark: Mark) -> ScoreRange | None:
        score_micro = int(mark.scores.score_micro[0])
        return range_part(self.bundle, self._features, case.values, score_micro, case.grading.late)

    def _points(self, subject: Subject, case: Case, mark: Mark) -> tuple[Points, ...]:
        names = self.bundle.features
        few = [own for among, own in self._of_others.items() if too_few(subject, among)]
        hidden = {*chain.from_iterable(few)}
        told = (
            None if name in hidden or math.isnan(value) else value
            for name, value in zip(names, case.row.tolist(), strict=True)
        )
        exact, whole = mark.scores.micro_points[0].tolist(), mark.points.tolist()
        return tuple(map(Points, names, exact, whole, told, map(hidden.__contains__, names)))

    def _insufficient(self, case: Case) -> InsufficientAnswer:
        subject, depth = case.subject, case.depth
        later = False
        if subject is not None:
            later = known.known_later(subject.facts, subject.enterprise, subject.as_of)
        return InsufficientAnswer(
            **self._frame(case),
            causes=known.causes(
                depth, case.grading, known_name=subject is not None, known_later=later
            ),
            missing=known.missing_streams(depth),
        )

    def _frame(self, case: Case, score: int | None = None) -> dict[str, Any]:
        """What scored and insufficient answers have in common."""
        asked, subject = case.placed.asked, case.subject
        return {
            "score_id": asked.score_id,
            "enterprise_id": asked.enterprise_id,
            "language": asked.asker.language,
            "client_reference": asked.request.client_reference,
            "consent_id": asked.consent_id,
            "as_of": text_of(asked.as_of),
            "answered_at": text_of(asked.now),
            **self._names,
            "catalogue_hash": self.bundle.catalogue_hash,
            "record_position": case.placed.position,
            "newest_message": subject and known.newest_part(subject.own),
            "data_depth": known.depth_part(case.depth, case.grading),
            "disputed_facts": disputed_part(
                self.record, subject, score, partial(self._rescored, case)
            ),
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
            catalogue_hash=self.bundle.catalogue_hash,
            policy_hash=answer.policy.hash,
            client_reference=asked.request.client_reference,
            document=document,
            tenant=asked.asker.tenant,
            client_id=asked.asker.client_id,
            consent_id=asked.consent_id,
            request=asked.canonical,
            enterprise_number=placed.number,
            answer=answer,
        )
