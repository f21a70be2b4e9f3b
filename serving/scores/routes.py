"""Scores over HTTP: one, many in one call, and earlier ones."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import orjson
from fastapi import APIRouter, Response

from serving.accept_language import headers_of
from serving.access.consents import Matter
from serving.access.gate import GateHere
from serving.description import answers, problems
from serving.language import BOTH, Language
from serving.ledger import Attempt
from serving.metrics import Metrics
from serving.scores.asked import Asked
from serving.scores.call import Call, CallHere
from serving.scores.document import ScoredAnswer
from serving.scores.earlier import ScoreId, earlier
from serving.scores.examples import BATCH, INSUFFICIENT, SCORED
from serving.scores.many import BatchRequest, Terms, Turned, batch_event, body, judged
from serving.scores.request import ScoreRequest, checked_credit_code
from serving.scores.scoring import Answered, Scorer
from serving.state import RoomsHere
from serving.stopwatch import Stopwatch
from serving.threads import done_in

router = APIRouter(prefix="/v1/scores", tags=["scores"])
_ANSWERS = answers(
    "ScoredAnswer",
    "InsufficientAnswer",
    examples={"A score": SCORED, "Too little is known": INSUFFICIENT},
)
_BATCHES = answers("BatchAnswer", examples={"One row answered, one not": BATCH})
REPLAYED = {"Idempotency-Replayed": "true"}
"""Header of an answer that was given under its key before."""

NOTHING: Mapping[str, str] = MappingProxyType({})


@router.post(
    "",
    summary="Score an enterprise",
    responses={**_ANSWERS, **problems(400, 404, 409, 413, 422, 500, 503)},
)
async def post_score(request: ScoreRequest, call: CallHere) -> Response:
    """Score an enterprise as of a time; the answer is logged before it is sent.

    Where too little is known the status is `insufficient_data`: there is no score, and the
    answer says which streams are missing and what would cure it.
    """
    return await done_in(call.threads, partial(_score, request, call))


def _score(request: ScoreRequest, call: Call) -> Response:
    gate, asker = call.gate, call.asker
    consent_id = gate.consent(checked_credit_code(request.enterprise_id), Matter.SCORES)
    asked = Asked.of(request, gate.now, call.rooms.settings.as_of, asker, consent_id)
    scorer = call.rooms.scorer()
    with scorer.ledger.attempt(call.kept_under("score", request)) as attempt:
        if attempt.kept is not None:
            (outcome,) = attempt.kept
            document = scorer.ledger.documents([outcome["score_id"]])[outcome["score_id"]]
            return _sent(document, asker.language, REPLAYED)
        (answered,) = _answered(scorer, [asked], attempt, call.metrics)
    return _sent(answered.document, asker.language)


@router.post(
    ":batch",
    summary="Score up to 1,000 enterprises",
    responses={**_BATCHES, **problems(400, 409, 413, 422, 500, 503)},
)
async def post_scores(request: BatchRequest, call: CallHere) -> Response:
    """Score many enterprises; each row has an outcome of its own, an answer or a problem.

    All answers are logged in one commit before any is sent. The status is 200 whatever became of
    the rows: look at each outcome's own.
    """
    return await done_in(call.threads, partial(_score_many, request, call))


def _score_many(request: BatchRequest, call: Call) -> Response:
    gate, asker, metrics = call.gate, call.asker, call.metrics
    gate.charge(len(request.requests))
    terms = Terms(
        gate.now,
        call.rooms.settings.as_of,
        asker,
        lambda codes: gate.permitted(codes, Matter.SCORES),
        gate.unseen,
    )
    rows = judged(request.requests, terms)
    scorer = call.rooms.scorer()
    with scorer.ledger.attempt(call.kept_under("batch", request)) as attempt:
        if attempt.kept is not None:
            return _sent(_batch_again(attempt, rows, scorer), asker.language, REPLAYED)
        asked = [row for row in rows if isinstance(row, Asked)]
        outcomes = [
            row.outcome if isinstance(row, Turned) else {"score_id": row.score_id} for row in rows
        ]
        answered = scorer.reckon(asked, Stopwatch())
        event = batch_event(rows, terms)
        attempt.commit([one.entry for one in answered], outcomes, [event])
    _count(scorer, answered, metrics)
    for row in rows:
        if isinstance(row, Turned):
            metrics.row_problem(row.code)
    documents = {one.entry.score_id: one.document for one in answered}
    return _sent(body(outcomes, documents), asker.language)


@router.get(
    "/{score_id}",
    summary="An earlier answer, byte for byte",
    responses={**_ANSWERS, **problems(404, 500, 503)},
)
def get_score(
    score_id: ScoreId,
    rooms: RoomsHere,
    gate: GateHere,
) -> Response:
    """Give an earlier answer again, the same bytes, from the log: in the language of then."""
    entry = earlier(score_id, rooms, gate)
    language = orjson.loads(entry.document).get("language", BOTH)
    return Response(
        entry.document, media_type="application/json", headers={"Content-Language": language}
    )


def _sent(document: bytes, language: Language, more: Mapping[str, str] = NOTHING) -> Response:
    headers = {**headers_of(language), **more}
    return Response(document, media_type="application/json", headers=headers)


def _answered(
    scorer: Scorer, asked: list[Asked], attempt: Attempt, metrics: Metrics
) -> list[Answered]:
    watch = Stopwatch()
    answered = scorer.reckon(asked, watch)
    with watch.stage("commit"):
        attempt.commit([one.entry for one in answered])
    metrics.stages(watch.seconds)
    _count(scorer, answered, metrics)
    return answered


def _count(scorer: Scorer, answered: list[Answered], metrics: Metrics) -> None:
    metrics.champion(scorer.bundle.name, scorer.bundle.version, scorer.bundle.hash)
    for one in answered:
        if isinstance(one.answer, ScoredAnswer):
            metrics.scored(one.answer.grade)
        else:
            metrics.insufficient(next((cause.code for cause in one.answer.causes), "other"))


def _batch_again(attempt: Attempt, rows: list[Asked | Turned], scorer: Scorer) -> bytes:
    """The stored answer of a batch, but for enterprises that may no longer be seen."""
    outcomes = [
        row.outcome if isinstance(row, Turned) and row.unseen else outcome
        for row, outcome in zip(rows, attempt.kept or [], strict=True)
    ]
    ids = [outcome["score_id"] for outcome in outcomes if "score_id" in outcome]
    return body(outcomes, scorer.ledger.documents(ids))
