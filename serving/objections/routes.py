"""``/v1/objections``: an enterprise objects to a fact, and who answers for it settles that."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from serving.access.gate import Gate, GateHere
from serving.access.roles import Role
from serving.description import problems
from serving.errors import Conflict, NotFound
from serving.json_answer import json_answer
from serving.objections.document import (
    ObjectionAnswer,
    ObjectionList,
    ObjectionRequest,
    SettlementRequest,
    told,
)
from serving.objections.effect import effect_of
from serving.objections.examples import LISTED, LODGED, SETTLED
from serving.objections.facts import find_fact, reversed_among
from serving.objections.log import Objections, settled_already
from serving.objections.objection import Objection, Resolution, State, due_at
from serving.objections.sight import Sight, may_settle, sees_effect, sights, wall_of
from serving.rooms import Rooms
from serving.scores.asked import Asked
from serving.scores.request import CreditCode, ScoreRequest, checked_credit_code
from serving.state import RoomsHere

router = APIRouter(prefix="/v1/objections", tags=["objections"])
MOST = 1_000
"""Objections in one list."""
_ID = Annotated[str, Path(description="objection_id of an objection")]


def _answers(model: type[BaseModel], example: object) -> dict[int | str, dict[str, object]]:
    return {200: {"model": model, "content": {"application/json": {"example": example}}}}


@router.post(
    "",
    summary="Object to a fact",
    responses={
        **_answers(ObjectionAnswer, LODGED),
        **problems(400, 404, 409, 413, 422, 500, 503),
    },
)
def post_objection(request: ObjectionRequest, rooms: RoomsHere, gate: GateHere) -> Response:
    """Write down that an enterprise says a message about it is wrong; it is on disk first.

    From then on the fact is marked as disputed, wherever it is told. The answer tells the score
    with it and without it, and by when the objection must be answered. Only the enterprise itself
    can object, and only to a message about itself.
    """
    enterprise_id = checked_credit_code(request.enterprise_id)
    if not gate.principal.is_open and gate.principal.tenant != enterprise_id:
        raise gate.unseen(enterprise_id)
    scorer = rooms.scorer()
    fact = find_fact(rooms.record(), enterprise_id, request.message_id, request.stream, gate.now)
    if reversed_among(rooms.record(), [fact]):
        raise Conflict(
            "already-reversed",
            "a message that stands",
            "one that its provider has reversed",
            "nothing is left to object to: it counts no more",
        )
    log = Objections(scorer.ledger.engine)
    log.check_undisputed(fact)
    asked = Asked.of(ScoreRequest(enterprise_id=enterprise_id), gate.now, rooms.settings.as_of)
    objection = Objection(
        objection_id=str(uuid.uuid4()),
        fact=fact,
        ground=request.ground,
        text=request.text,
        lodged_at=gate.now,
        due_at=due_at(gate.now),
        effect=effect_of(scorer, asked, fact),
    )
    log.lodge(objection, gate.principal)
    return json_answer(told(objection, gate.now, Sight.WHOLE, effect=True, reversed_=False))


@router.get(
    "",
    summary="Objections that one lodged, answers for, or may know of",
    responses={**_answers(ObjectionList, LISTED), **problems(404, 422, 500, 503)},
)
def get_objections(
    gate: GateHere,
    rooms: RoomsHere,
    enterprise_id: Annotated[
        CreditCode | None, Query(description="of this enterprise alone")
    ] = None,
    state: Annotated[State | None, Query(description="that stand so")] = None,
) -> Response:
    """List objections of which the caller may know, newest first, at most a thousand."""
    if enterprise_id is not None:
        checked_credit_code(enterprise_id)
        if gate.principal.role is Role.ENTERPRISE and gate.principal.tenant != enterprise_id:
            raise gate.unseen(enterprise_id)
    found: list[Objection] = []
    seen: dict[str, Sight] = {}
    for page in _log(rooms).listed(wall_of(gate.principal), enterprise_id, state):
        seen |= sights(gate, page)
        found += [one for one in page if one.objection_id in seen]
        if len(found) >= MOST:
            break
    return json_answer(ObjectionList(objections=_told(found[:MOST], seen, gate, rooms)))


@router.get(
    "/{objection_id}",
    summary="An objection as it stands",
    responses={**_answers(ObjectionAnswer, SETTLED), **problems(404, 500, 503)},
)
def get_objection(objection_id: _ID, gate: GateHere, rooms: RoomsHere) -> Response:
    """Tell an objection: all of it to its parties, that there is one to a bank with consent."""
    objection, sight = _found(objection_id, gate, rooms)
    (answer,) = _told([objection], {objection_id: sight}, gate, rooms)
    return json_answer(answer)


@router.post(
    "/{objection_id}/resolve",
    summary="Settle an objection",
    responses={
        **_answers(ObjectionAnswer, SETTLED),
        **problems(400, 404, 409, 413, 422, 500, 503),
    },
)
def post_resolution(
    objection_id: _ID, request: SettlementRequest, gate: GateHere, rooms: RoomsHere
) -> Response:
    """Say how an objection ends, and why: whoever reported the fact does, or the administrator.

    Nothing is edited: where it is upheld, the provider reverses its message. Until then the fact
    stays marked, and counts.
    """
    objection, sight = _found(objection_id, gate, rooms)
    if not may_settle(gate.principal, objection):
        raise _missing(objection_id)
    if objection.resolution is not None:
        raise settled_already(objection)
    resolution = Resolution(request.outcome, request.text, gate.now)
    log, wall = _log(rooms), wall_of(gate.principal)
    log.settle(objection, resolution, gate.principal, wall)
    settled = replace(objection, resolution=resolution)
    (answer,) = _told([settled], {objection_id: sight}, gate, rooms)
    return json_answer(answer)


def _found(objection_id: str, gate: Gate, rooms: Rooms) -> tuple[Objection, Sight]:
    found = _log(rooms).find(objection_id, wall_of(gate.principal))
    sight = None if found is None else sights(gate, [found]).get(objection_id)
    if found is None or sight is None:
        raise _missing(objection_id)
    return found, sight


def _missing(objection_id: str) -> NotFound:
    return NotFound(
        "no-such-objection",
        "the objection_id of an objection that the caller may see, or settle",
        repr(objection_id[:60]),
        "copy it from GET /v1/objections",
    )


def _told(
    objections: Sequence[Objection], seen: Mapping[str, Sight], gate: Gate, rooms: Rooms
) -> tuple[ObjectionAnswer, ...]:
    """Those objections of which the caller sees anything."""
    shown = [one for one in objections if one.objection_id in seen]
    taken_back = reversed_among(rooms.record(), [one.fact for one in shown])
    return tuple(
        told(
            one,
            gate.now,
            seen[one.objection_id],
            effect=sees_effect(gate.principal),
            reversed_=one.fact.position in taken_back,
        )
        for one in shown
    )


def _log(rooms: Rooms) -> Objections:
    return Objections(rooms.ledger().engine)
