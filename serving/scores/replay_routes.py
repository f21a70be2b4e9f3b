"""``POST /v1/replays/{score_id}``."""

import hashlib

import orjson
from fastapi import APIRouter, Response

from serving.access.gate import GateHere
from serving.audit.log import Event
from serving.description import answers, problems
from serving.instants import text_of
from serving.language import BOTH
from serving.ledger import Entry
from serving.scores.earlier import ScoreId, earlier
from serving.scores.examples import REPLAY
from serving.scores.replay import Stores, differences, replayed
from serving.state import Now, RoomsHere

router = APIRouter(prefix="/v1/replays", tags=["scores"])


@router.post(
    "/{score_id}",
    summary="An earlier answer, reckoned again",
    responses={
        **answers("ReplayAnswer", examples={"The same bytes": REPLAY}),
        **problems(404, 409, 410, 500, 503),
    },
)
def post_replay(
    score_id: ScoreId,
    rooms: RoomsHere,
    now: Now,
    gate: GateHere,
) -> Response:
    """Reckon an earlier answer again from the record as it was known then, and compare.

    With the model, the policy and the features of then the bytes are the same. Where they are
    not, the answer says where. Nothing is scored anew: the replay is noted in the audit log only.
    """
    entry, ledger = earlier(score_id, rooms, gate), rooms.ledger()
    document = replayed(entry, Stores.of(rooms))
    ledger.note(
        Event(
            action="replay",
            subject=score_id,
            client_id=gate.principal.client_id,
            tenant=gate.principal.tenant,
            at=now,
            detail={"identical": document == entry.document},
        )
    )
    language = orjson.loads(document).get("language", BOTH)
    return Response(
        _told(entry, document, now),
        media_type="application/json",
        headers={"Content-Language": language},
    )


def _told(entry: Entry, document: bytes, now: int) -> bytes:
    told = {
        "differences": [one.model_dump() for one in differences(entry.document, document)],
        "document": orjson.Fragment(document),
        "identical": document == entry.document,
        "replayed_at": text_of(now),
        "score_id": entry.score_id,
        "sha256_now": hashlib.sha256(document).hexdigest(),
        "sha256_then": hashlib.sha256(entry.document).hexdigest(),
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
