"""``POST /v1/replays/{score_id}``."""

import hashlib
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Response

from serving.access.consents import Matter
from serving.access.gate import GateHere
from serving.audit.log import Event
from serving.description import answers, problems
from serving.instants import text_of
from serving.language import BOTH
from serving.ledger import Entry
from serving.scores.examples import REPLAY
from serving.scores.replay import Stores, differences, replayed
from serving.scores.routes import no_such_score
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
    score_id: Annotated[str, Path(description="score_id of an earlier answer")],
    rooms: RoomsHere,
    now: Now,
    gate: GateHere,
) -> Response:
    """Reckon an earlier answer again from the record as it was known then, and compare.

    With the model, the policy and the features of then the bytes are the same. Where they are
    not, the answer says where. Nothing is scored anew: the replay is noted in the audit log only.
    """
    missing = no_such_score(score_id)
    ledger = rooms.ledger()
    entry = ledger.entry(score_id, gate.principal.wall)
    if entry is None:
        raise missing
    gate.kept(entry.enterprise_id, entry.tenant, Matter.SCORES, missing)
    document = replayed(entry, Stores(rooms.reader(), rooms.settings.models, ledger))
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
