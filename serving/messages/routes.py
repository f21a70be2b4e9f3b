"""``POST /v1/messages``: a provider reports what it knows."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from serving.access.gate import Gate, GateHere
from serving.audit.log import Event
from serving.body_form import body_form
from serving.description import answers, problems
from serving.json_answer import json_answer
from serving.messages.document import EXAMPLE, MessagesAnswer
from serving.messages.taking import FORM, Body, take
from serving.rooms import Rooms
from serving.state import MetricsHere, RoomsHere
from supervision.archive import Archive
from supervision.contract.messages import STREAMS
from supervision.ingestion import Terms
from supervision.port_key import read_port_key

router = APIRouter(prefix="/v1/messages", tags=["messages"])
NDJSON = "application/x-ndjson"
Stream = StrEnum("Stream", {stream.upper(): stream for stream in STREAMS})  # type: ignore[misc]
_TOLD = answers("MessagesAnswer", examples={"One message of three was refused": EXAMPLE})
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "one message a line, as the stream's schema says (docs/schemas)",
        "content": {NDJSON: {"schema": {}}},
    }
}


@router.post(
    "",
    summary="Report what is known",
    responses={**_TOLD, **problems(400, 413, 415, 422, 500, 503)},
    openapi_extra=_BODY,
)
async def post_messages(
    request: Request,
    rooms: RoomsHere,
    metrics: MetricsHere,
    gate: GateHere,
    stream: Annotated[Stream, Query(description="that all lines are messages of")],
    signature: Annotated[
        str | None,
        Header(
            alias="Cargoworthy-Signature",
            pattern=r"^[\x21-\x7e]{1,2000}$",
            description="a signed statement about the body (compact JWS of its SHA-256 and stream, "
            "as `cargoworthy record sign` makes it): messages that it vouches for are marked as "
            "verified",
        ),
    ] = None,
) -> Response:
    """Take in messages of one stream; each is accepted, quarantined with a reason, or a duplicate.

    When the answer comes, what was accepted is in the record. The same body again changes nothing.
    A provider speaks for itself alone: a message that names another is quarantined. A signature
    that does not hold refuses the whole body.
    """
    body_form(request, {NDJSON: FORM})
    body = Body(stream.value, await request.body(), signature)
    answer = await run_in_threadpool(_taken, body, rooms, gate)
    metrics.messages(answer.stream, answer.accepted, answer.quarantined, answer.duplicate)
    return json_answer(answer)


def _taken(body: Body, rooms: Rooms, gate: Gate) -> MessagesAnswer:
    who, settings = gate.principal, rooms.settings
    gate.door.charge(who, max(1, body.content.count(b"\n")))
    key = None if settings.port_key is None else read_port_key(settings.port_key)
    terms = Terms(gate.now, None, key, None if who.is_open else who.tenant)
    answer = take(rooms.record(), Archive(settings.archive), body, terms)
    counts = {"accepted": answer.accepted, "quarantined": answer.quarantined}
    told = {**counts, "stream": answer.stream, "signed": answer.signed, "sha256": answer.sha256}
    event = Event("messages", str(answer.batch), who.client_id, who.tenant, gate.now, detail=told)
    rooms.ledger().note(event)
    return answer
