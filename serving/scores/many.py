"""Many scores in one call: each row has an outcome of its own, all stand in the ledger at once."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serving.audit.log import Event
from serving.errors import NotFound, Refusal
from serving.keys import Outcome
from serving.problems import URN, Problem, declined, misfit, plain, spoken
from serving.scores.asked import Asked, Asker
from serving.scores.document import InsufficientAnswer, ScoredAnswer
from serving.scores.part import Part
from serving.scores.request import ScoreRequest, checked_credit_code

PATH = "/v1/scores:batch"
VERSION = 1
"""Version of the form of a batch's answer."""


class BatchRequest(BaseModel):
    """Up to 1,000 scores, please; a row that does not fit its description spoils no other."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "properties": {
                "requests": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1000,
                    "items": {"$ref": "#/components/schemas/ScoreRequest"},
                }
            },
            "examples": [{"requests": [{"enterprise_id": "91350200MA2XXXXX0M"}]}],
        },
    )

    requests: list[Any] = Field(min_length=1)

    @property
    def canonical(self) -> bytes:
        """The request as canonical JSON."""
        # The standard library's: it also writes what no row may hold, such as huge numbers.
        return json.dumps(self.requests, sort_keys=True).encode()


class RowOutcome(Part):
    """What came of one row: an answer, or a problem."""

    row: int = Field(description="its place in the request, from 0")
    status: int = Field(description="as if it had been asked alone", examples=[200])
    answer: ScoredAnswer | InsufficientAnswer | None = Field(
        default=None, description="absent where there is a problem"
    )
    problem: Problem | None = Field(default=None, description="absent where there is an answer")


class BatchAnswer(Part):
    """Outcomes of a batch, in the order of its rows."""

    version: int = VERSION
    outcomes: tuple[RowOutcome, ...]


@dataclass(frozen=True)
class Turned:
    """A row that is not answered.

    Attributes
    ----------
    problem : Problem
    unseen : bool
        Whether because the caller may not see the enterprise.
    """

    problem: Problem
    unseen: bool = False

    @property
    def code(self) -> str:
        """Stable word for the kind of its problem."""
        return self.problem.type.removeprefix(URN)

    @property
    def outcome(self) -> Outcome:
        """How it is kept under the batch's key."""
        return {"problem": plain(self.problem)}


@dataclass(frozen=True)
class Terms:
    """What holds for all rows of a batch.

    Attributes
    ----------
    now : int
        UTC microseconds.
    default_as_of : int or None
    asker : Asker
    permitted : callable
        Enterprises that the caller may see, of those given, each with the consent's id.
    unseen : callable
        The problem of one that it may not see.
    path : str
        The path that was asked, as problems name it.
    at : tuple of str
        Where the rows stand, as faults name it.
    first : int
        Place of the first row that is judged, where they are some of many.
    """

    now: int
    default_as_of: int | None
    asker: Asker
    permitted: Callable[[Iterable[str]], Mapping[str, str | None]]
    unseen: Callable[[str], NotFound]
    path: str = PATH
    at: tuple[str, ...] = ("body", "requests")
    first: int = 0


def judged(rows: Sequence[Any], terms: Terms) -> list[Asked | Turned]:
    """Tell the rows that can be answered from those that cannot, and why not."""
    sound = [_sound(row, place, terms) for place, row in enumerate(rows, terms.first)]
    codes = {row.enterprise_id for row in sound if isinstance(row, ScoreRequest)}
    permitted = terms.permitted(sorted(codes))
    return [_spoken(_asked(row, terms, permitted), terms) for row in sound]


def body(outcomes: Sequence[Outcome], documents: Mapping[str, bytes]) -> bytes:
    """Write a batch's answer: canonical JSON, each answer byte for byte as it is logged."""
    return b'{"outcomes":[%b],"version":%d}' % (
        b",".join(_row(place, outcome, documents) for place, outcome in enumerate(outcomes)),
        VERSION,
    )


def batch_event(rows: Sequence[Asked | Turned], terms: Terms) -> Event:
    """Note how many rows a batch had and how many of them were answered."""
    answered = sum(isinstance(row, Asked) for row in rows)
    return Event(
        action="batch",
        subject=str(uuid.uuid4()),
        client_id=terms.asker.client_id,
        tenant=terms.asker.tenant,
        at=terms.now,
        detail={"rows": len(rows), "answered": answered},
    )


def _sound(row: Any, place: int, terms: Terms) -> ScoreRequest | Turned:
    try:
        request = ScoreRequest.model_validate(row)
        checked_credit_code(request.enterprise_id)
    except ValidationError as error:
        at = (*terms.at, place)
        faults = [{**fault, "loc": (*at, *fault["loc"])} for fault in error.errors()]
        return Turned(misfit(faults, terms.path))
    except Refusal as error:
        return Turned(declined(error, terms.path))
    return request


def _asked(
    row: ScoreRequest | Turned, terms: Terms, permitted: Mapping[str, str | None]
) -> Asked | Turned:
    if isinstance(row, Turned):
        return row
    if row.enterprise_id not in permitted:
        return Turned(declined(terms.unseen(row.enterprise_id), terms.path), unseen=True)
    consent_id = permitted[row.enterprise_id]
    try:
        return Asked.of(row, terms.now, terms.default_as_of, terms.asker, consent_id)
    except Refusal as error:
        return Turned(declined(error, terms.path))


def _spoken(row: Asked | Turned, terms: Terms) -> Asked | Turned:
    if isinstance(row, Asked):
        return row
    return replace(row, problem=spoken(row.problem, terms.asker.language))


def _row(place: int, outcome: Outcome, documents: Mapping[str, bytes]) -> bytes:
    if "score_id" in outcome:
        document = documents[outcome["score_id"]]
        return b'{"answer":%b,"row":%d,"status":200}' % (document, place)
    told = {**outcome, "row": place, "status": outcome["problem"]["status"]}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
