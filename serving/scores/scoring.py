"""The score: from a request to an answer that stands in the ledger. Knows nothing of HTTP.

The service and the command line both answer through :class:`Scorer`. An answer sees only
messages that were known at its as-of and stand at or before the record's position that it
names, so it can be reckoned again from the record at any later time.
"""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from features.catalogue import CATALOGUE
from features.depth import DataDepth, data_depth
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.feature import Feature
from features.online import FactsReader
from serving import lending
from serving.instants import checked_as_of, micros_of, text_of
from serving.ledger import Entry, Ledger
from serving.limit import limit
from serving.policy import Policy
from serving.scores import standing as known
from serving.scores.document import (
    Answer,
    InsufficientAnswer,
    ModelName,
    Points,
    PolicyName,
    ScoredAnswer,
    canonical,
)
from serving.scores.families import numbers_of, stability_of
from serving.scores.grading import IN_FORCE, graded
from serving.scores.limit_part import limit_part
from serving.scores.reasons import Subject, reasons, withheld
from serving.scores.request import ScoreRequest, checked_credit_code
from serving.stopwatch import Stopwatch
from supervision.record import Record
from training.model.bundle import Bundle
from training.model.points import displayed_by_family


@dataclass(frozen=True)
class Answered:
    """An answer, and the bytes of it that are logged and sent."""

    answer: ScoredAnswer | InsufficientAnswer
    document: bytes


@dataclass(frozen=True)
class Asked:
    """A request that was found sound.

    Attributes
    ----------
    enterprise_id : str
    client_reference : str or None
    as_of, now : int
        UTC microseconds.
    position : int
        Newest position of the record when it was asked.
    """

    enterprise_id: str
    client_reference: str | None
    as_of: int
    now: int
    position: int


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
        code = checked_credit_code(request.enterprise_id)
        as_of = default_as_of if default_as_of is not None else now
        if request.as_of is not None:
            as_of = micros_of(request.as_of)
        as_of = checked_as_of(as_of, now)
        asked = Asked(code, request.client_reference, as_of, now, self.record.position())
        answer = self._answer(asked, watch)
        with watch.stage("document"):
            document = canonical(answer)
        with watch.stage("commit"):
            self.ledger.append(self._entry(asked, answer, document))
        return Answered(answer, document)

    def _answer(self, asked: Asked, watch: Stopwatch) -> ScoredAnswer | InsufficientAnswer:
        with watch.stage("read"):
            number = self.record.number_of([asked.enterprise_id]).get(asked.enterprise_id)
            if number is None:
                return self._unknown(asked)
            facts = self.reader.facts_of(number, asked.position, asked.as_of)
            subject = Subject(facts, number, asked.as_of)
            depth = data_depth(facts, number, asked.as_of)
        with watch.stage("features"):
            values = self._values(subject)
        if depth.newest_known_at is None or not depth.is_sufficient:
            return self._insufficient(asked, subject, depth, values)
        return self._scored(asked, subject, depth, values, watch)

    def _values(self, subject: Subject) -> dict[str, float]:
        spine = Spine(np.array([subject.enterprise]), np.array([subject.as_of]))
        matrix = evaluate(subject.facts, spine, _needed(self.bundle.features))
        return dict(zip(matrix.names, matrix.values[0].tolist(), strict=True))

    @property
    def _features(self) -> tuple[Feature, ...]:
        return _declared(self.bundle.features)

    def _scored(
        self,
        asked: Asked,
        subject: Subject,
        depth: DataDepth,
        values: Mapping[str, float],
        watch: Stopwatch,
    ) -> ScoredAnswer:
        with watch.stage("model"):
            row = np.array([[values[name] for name in self.bundle.features]], np.float64)
            scores = self.bundle.score(row)
            shown = displayed_by_family(
                scores.base_micro_points, scores.micro_points, numbers_of(self._features)
            )
        points = self._points(subject, row[0].tolist(), scores.micro_points[0], shown.features[0])
        with watch.stage("reasons"):
            stability = stability_of(self.bundle.facts)
            why = reasons(self.record, subject, self._features, points, stability)
        with watch.stage("limit"):
            grades = graded(scores, np.array([values[IN_FORCE] > 0]), self.policy)
            grounds = lending.circumstances(
                self.record, subject.facts, subject.enterprise, asked.as_of, values
            )
            suggested = limit(grounds, float(grades.pd[0]), grades.lend[0], self.policy)
        return ScoredAnswer(
            **self._frame(asked, subject, depth, values),
            score=int(shown.score[0]),
            score_micro_points=int(scores.score_micro[0]),
            base_points=shown.base,
            base_micro_points=scores.base_micro_points,
            points=points,
            **grades.row(0),
            limit=limit_part(suggested, grounds, self.policy),
            reasons=why,
        )

    def _points(
        self,
        subject: Subject,
        row: Sequence[float],
        micro_points: np.ndarray[tuple[int], np.dtype[np.int64]],
        whole: np.ndarray[tuple[int], np.dtype[np.int64]],
    ) -> tuple[Points, ...]:
        hidden = [withheld(subject, feature) for feature in self._features]
        return tuple(
            Points(
                feature=feature.name,
                points=int(whole[place]),
                micro_points=int(micro_points[place]),
                value=None if hidden[place] or math.isnan(row[place]) else row[place],
                withheld=hidden[place],
            )
            for place, feature in enumerate(self._features)
        )

    def _unknown(self, asked: Asked) -> InsufficientAnswer:
        return InsufficientAnswer(
            **self._frame(asked, None, known.NOTHING, {}),
            causes=known.causes(known.NOTHING, known_name=False, known_later=False),
            missing=known.missing_streams(known.NOTHING, appraised=False),
        )

    def _insufficient(
        self, asked: Asked, subject: Subject, depth: DataDepth, values: Mapping[str, float]
    ) -> InsufficientAnswer:
        later = known.known_later(subject.facts, subject.enterprise, asked.as_of)
        appraised = known.appraised(subject.facts, subject.enterprise, asked.as_of)
        return InsufficientAnswer(
            **self._frame(asked, subject, depth, values),
            causes=known.causes(depth, known_name=True, known_later=later),
            missing=known.missing_streams(depth, appraised),
        )

    def _frame(
        self,
        asked: Asked,
        subject: Subject | None,
        depth: DataDepth,
        values: Mapping[str, float],
    ) -> dict[str, Any]:
        """What scored and insufficient answers have in common."""
        absent = sum(math.isnan(values.get(name, math.nan)) for name in self.bundle.features)
        return {
            "score_id": str(uuid.uuid4()),
            "enterprise_id": asked.enterprise_id,
            "client_reference": asked.client_reference,
            "as_of": text_of(asked.as_of),
            "answered_at": text_of(asked.now),
            "model": ModelName(
                name=self.bundle.name, version=self.bundle.version, hash=self.bundle.hash
            ),
            "policy": PolicyName(name=self.policy.name, hash=self.policy.hash),
            "catalogue_hash": CATALOGUE.hash,
            "record_position": asked.position,
            "newest_message": subject
            and known.newest_part(subject.facts, subject.enterprise, asked.as_of),
            "data_depth": known.depth_part(depth, absent),
        }

    def _entry(self, asked: Asked, answer: Answer, document: bytes) -> Entry:
        return Entry(
            score_id=answer.score_id,
            enterprise_id=asked.enterprise_id,
            status="scored" if isinstance(answer, ScoredAnswer) else "insufficient_data",
            as_of=asked.as_of,
            answered_at=asked.now,
            record_position=asked.position,
            model_hash=self.bundle.hash,
            catalogue_hash=CATALOGUE.hash,
            policy_hash=self.policy.hash,
            client_reference=asked.client_reference,
            document=document,
        )


@lru_cache(maxsize=4)
def _declared(names: tuple[str, ...]) -> tuple[Feature, ...]:
    """Declarations of the features of those names."""
    return tuple(CATALOGUE.by_name[name] for name in names)


@lru_cache(maxsize=4)
def _needed(names: tuple[str, ...]) -> tuple[Feature, ...]:
    """The champion's features, and those that the limit is reckoned from, each once."""
    return tuple(dict.fromkeys((*_declared(names), *lending.FEATURES)))
