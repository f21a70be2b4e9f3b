"""``POST /v1/messages``: a provider reports what it knows."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from serving.access.gate import Gate, GateHere
from serving.audit.log import Event
from serving.body_form import body_form
from serving.description import answers, problems
from serving.errors import NotReady
from serving.intake import intake_terms
from serving.json_answer import json_answer
from serving.messages.document import EXAMPLE, MessagesAnswer
from serving.messages.taking import BUSY, FORM, Body, take
from serving.rooms import Rooms
from serving.state import MetricsHere, RoomsHere
from supervision.archive import Archive
from supervision.contract.messages import STREAMS

router = APIRouter(prefix="/v1/messages", tags=["messages"])
NDJSON = "application/x-ndjson"
BEGUN, DONE = "messages-begun", "messages"
"""Actions of the audit log."""
ROW_BYTES = 256
"""A longer line counts as several rows of what a client may send in a minute."""
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
    if not rooms.taking_in.acquire(blocking=False):
        raise NotReady((BUSY,))
    try:
        # The clock is read again now that the body is here: messages are known from then on.
        answer = await run_in_threadpool(_taken, body, rooms, gate, request.state.clock)
    finally:
        rooms.taking_in.release()
    metrics.messages(answer.stream, answer.accepted, answer.quarantined, answer.duplicate)
    return json_answer(answer)


def _taken(body: Body, rooms: Rooms, gate: Gate, clock: Callable[[], int]) -> MessagesAnswer:
    who, ledger = gate.principal, rooms.ledger()
    rows = max(1, body.content.count(b"\n"), len(body.content) // ROW_BYTES)
    gate.door.charge(who, min(rows, gate.door.settings.rows_a_minute))
    terms = intake_terms(rooms, clock(), None if who.is_open else who.tenant)

    def note(action: str, subject: str, **detail: object) -> None:
        told = {"stream": body.stream, "sha256": body.statement.digest, **detail}
        ledger.note(Event(action, subject, who.client_id, who.tenant, clock(), detail=told))

    note(BEGUN, "")
    answer = take(rooms.record(), Archive(rooms.settings.archive), body, terms, clock)
    counts = {"accepted": answer.accepted, "quarantined": answer.quarantined}
    note(DONE, str(answer.batch), **counts, signed=answer.signed)
    return answer
