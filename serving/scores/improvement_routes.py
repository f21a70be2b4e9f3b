"""``GET /v1/scores/{score_id}/improvements``: what would raise the grade."""

from fastapi import APIRouter, Response

from serving.accept_language import LanguageHere, headers_of
from serving.access.gate import GateHere
from serving.description import answers, problems
from serving.json_answer import sorted_answer
from serving.scores.earlier import ScoreId, earlier
from serving.scores.improvement_answer import improvements
from serving.scores.improvement_examples import IMPROVEMENTS
from serving.scores.replay import Stores, recovered
from serving.state import RoomsHere

router = APIRouter(prefix="/v1/scores", tags=["scores"])


@router.get(
    "/{score_id}/improvements",
    summary="What would raise the grade",
    responses={
        **answers("ImprovementsAnswer", examples={"What would raise a grade": IMPROVEMENTS}),
        **problems(404, 409, 410, 500, 503),
    },
)
def get_improvements(
    score_id: ScoreId,
    rooms: RoomsHere,
    gate: GateHere,
    language: LanguageHere,
) -> Response:
    """Tell what a trader can do for an earlier score, and what the model would then say.

    Each action moves what it can move no further than to nothing, to the whole, or to what is
    usual among peers; the model of then scores the enterprise of then anew. Where nothing that is
    in its own hands reaches the next better grade, the answer says so.
    """
    entry = earlier(score_id, rooms, gate)
    scorer, placed = recovered(entry, Stores.of(rooms))
    found = improvements(entry, scorer, placed, rooms.peers, language)
    return sorted_answer(found, headers_of(language))
