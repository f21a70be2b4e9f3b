"""``POST /v1/scores`` and ``GET /v1/scores/{score_id}``."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.description import answers, problems
from serving.errors import NotFound
from serving.scores.document import ScoredAnswer
from serving.scores.examples import INSUFFICIENT, SCORED
from serving.scores.request import ScoreRequest
from serving.state import MetricsHere, Now, RoomsHere
from serving.stopwatch import Stopwatch

router = APIRouter(prefix="/v1/scores", tags=["scores"])
_ANSWERS = answers(
    "ScoredAnswer",
    "InsufficientAnswer",
    examples={"A score": SCORED, "Too little is known": INSUFFICIENT},
)


@router.post(
    "", summary="Score an enterprise", responses={**_ANSWERS, **problems(400, 422, 500, 503)}
)
def post_score(request: ScoreRequest, rooms: RoomsHere, metrics: MetricsHere, now: Now) -> Response:
    """Score an enterprise as of a time; the answer is logged before it is sent.

    Where too little is known the status is `insufficient_data`: there is no score, and the
    answer says which streams are missing and what would cure it.
    """
    watch = Stopwatch()
    scorer = rooms.scorer()
    answered = scorer.answer(request, now, rooms.settings.as_of, watch)
    metrics.stages(watch.seconds)
    metrics.champion(scorer.bundle.name, scorer.bundle.version, scorer.bundle.hash)
    if isinstance(answered.answer, ScoredAnswer):
        metrics.scored(answered.answer.grade)
    else:
        metrics.insufficient()
    return Response(answered.document, media_type="application/json")


@router.get(
    "/{score_id}",
    summary="An earlier answer, byte for byte",
    responses={**_ANSWERS, **problems(404, 500, 503)},
)
def get_score(
    score_id: Annotated[str, Path(description="score_id of an earlier answer")], rooms: RoomsHere
) -> Response:
    """Give an earlier answer again, the same bytes, from the log."""
    document = rooms.ledger().document(score_id)
    if document is None:
        raise NotFound(
            "no-such-score",
            "the score_id of an earlier answer",
            repr(score_id[:60]),
            "copy it from the answer of POST /v1/scores",
        )
    return Response(document, media_type="application/json")
