"""``/v1/webhooks``: a bank says where it wants to be told, and looks after what it was told."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from serving.access.consents import Matter
from serving.access.gate import Gate, GateHere
from serving.description import answers, problems
from serving.errors import Conflict
from serving.instants import text_of
from serving.json_answer import json_answer
from serving.rooms import Rooms
from serving.state import RoomsHere
from serving.webhooks.address import Place, Reach
from serving.webhooks.deliveries import Deliveries, Delivery
from serving.webhooks.document import (
    DELIVERIES,
    DELIVERY,
    NEW_WEBHOOK,
    WEBHOOKS,
    DeliveryList,
    StateText,
    WebhookList,
    WebhookRequest,
    delivery_told,
    new_webhook_told,
    webhook_told,
)
from serving.webhooks.endpoints import Endpoint, Endpoints
from serving.webhooks.errors import no_such_delivery, no_such_webhook
from serving.webhooks.signature import Sealing, new_secret

router = APIRouter(prefix="/v1", tags=["webhooks"])
_MICROS = 1_000_000
_NEW = answers("NewWebhookAnswer", examples={"An endpoint, with its secret": NEW_WEBHOOK})
_ALL = answers("WebhookList", examples={"Endpoints": WEBHOOKS})
_ONE = answers("WebhookAnswer", examples={"An endpoint": WEBHOOKS["webhooks"][0]})  # type: ignore[index]
_TOLD = answers("DeliveryList", examples={"One that is tried again": DELIVERIES})
_DELIVERY: dict[int | str, dict[str, Any]] = {
    202: {
        **answers("DeliveryAnswer", examples={"One that is tried again": DELIVERY})[200],
        "description": "It is delivered in a moment",
    }
}
WebhookId = Annotated[str, Path(description="webhook_id of an endpoint that was registered")]


@router.post(
    "/webhooks",
    summary="Be told of events at an address",
    responses={**_NEW, **problems(400, 409, 413, 422, 500, 503)},
)
def post_webhook(request: WebhookRequest, rooms: RoomsHere, gate: GateHere) -> Response:
    """Register an endpoint; the answer shows the secret by which its events are signed, this once.

    From then on it is told when a new score of this bank gives an enterprise another grade than
    the former one, or raises an early warning of the lender's policy.
    """
    settings = rooms.settings.webhooks
    _reach(rooms).check(Place.of(request.url))
    endpoints = Endpoints(rooms.ledger().engine)
    if endpoints.open(gate.principal) >= settings.endpoints:
        raise Conflict(
            "too-many-webhooks",
            f"at most {settings.endpoints} endpoints",
            "more",
            "delete one of them",
        )
    secret = new_secret()
    events = tuple(dict.fromkeys(request.events))
    sealed = Sealing(settings.key).seal(secret)
    found = endpoints.add(gate.principal, request.url, events, sealed, gate.now)
    return json_answer(new_webhook_told(found, secret))


@router.get(
    "/webhooks", summary="Endpoints that were registered", responses={**_ALL, **problems(500, 503)}
)
def get_webhooks(rooms: RoomsHere, gate: GateHere) -> Response:
    """List the endpoints of this bank, newest first, those that are disabled among them."""
    found = Endpoints(rooms.ledger().engine).listed(gate.principal)
    return json_answer(WebhookList(webhooks=tuple(webhook_told(each) for each in found)))


@router.delete(
    "/webhooks/{webhook_id}",
    summary="Be told there no more",
    responses={**_ONE, **problems(404, 500, 503)},
)
def delete_webhook(webhook_id: WebhookId, rooms: RoomsHere, gate: GateHere) -> Response:
    """Disable an endpoint; what waits for it is stopped. What it was told stays on record."""
    endpoints = Endpoints(rooms.ledger().engine)
    found = _endpoint(endpoints, webhook_id, gate)
    endpoints.disable(found, "deleted", gate.principal.client_id, gate.now)
    return json_answer(webhook_told(_endpoint(endpoints, webhook_id, gate)))


@router.post(
    "/webhooks/{webhook_id}/test",
    status_code=202,
    summary="Send a trial event",
    responses={**_DELIVERY, **problems(404, 409, 500, 503)},
)
def post_trial(webhook_id: WebhookId, rooms: RoomsHere, gate: GateHere) -> Response:
    """Send an event `webhook.test` to an endpoint, signed as any other; it tells nothing."""
    endpoints = Endpoints(rooms.ledger().engine)
    found = _open(_endpoint(endpoints, webhook_id, gate))
    delivery_id = endpoints.trial(found, text_of(gate.now), gate.now, _give_up(rooms))
    return _delivery(Deliveries(endpoints), delivery_id, gate)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    summary="What an endpoint was told",
    responses={**_TOLD, **problems(404, 422, 500, 503)},
)
def get_deliveries(
    webhook_id: WebhookId,
    rooms: RoomsHere,
    gate: GateHere,
    state: Annotated[StateText | None, Query(description="of this state alone")] = None,
) -> Response:
    """List the newest hundred deliveries to an endpoint, each with its last attempt."""
    endpoints = Endpoints(rooms.ledger().engine)
    found = _endpoint(endpoints, webhook_id, gate)
    told = Deliveries(endpoints).listed(found.webhook_id, gate.principal, state)
    seen = _seen(told, gate)
    return json_answer(
        DeliveryList(
            deliveries=tuple(
                delivery_told(each, seen=each.enterprise_id in (*seen, None)) for each in told
            )
        )
    )


@router.post(
    "/deliveries/{delivery_id}:replay",
    status_code=202,
    summary="Send an event once more",
    responses={**_DELIVERY, **problems(404, 409, 500, 503)},
)
def post_replay(
    delivery_id: Annotated[str, Path(description="delivery_id of an earlier delivery")],
    rooms: RoomsHere,
    gate: GateHere,
) -> Response:
    """Deliver an event anew, whatever became of it, under the same id and with the same body."""
    endpoints = Endpoints(rooms.ledger().engine)
    deliveries = Deliveries(endpoints)
    found = deliveries.find(delivery_id, gate.principal)
    if found is None or (found.enterprise_id is not None and not _seen([found], gate)):
        raise no_such_delivery(delivery_id)
    _open(_endpoint(endpoints, found.webhook_id, gate))
    again = deliveries.replay(found, gate.principal, gate.now, _give_up(rooms))
    return _delivery(deliveries, again, gate)


def _delivery(deliveries: Deliveries, delivery_id: str, gate: Gate) -> Response:
    found = deliveries.find(delivery_id, gate.principal)
    if found is None:
        raise no_such_delivery(delivery_id)
    return json_answer(delivery_told(found), 202)


def _seen(told: list[Delivery], gate: Gate) -> set[str]:
    """Enterprises that the caller may still see, for whatever purpose."""
    codes = {each.enterprise_id for each in told if each.enterprise_id is not None}
    consents = gate.door.lock().consents
    return {*consents.permitted(gate.principal, codes, Matter.SCORES, None, gate.now)}


def _endpoint(endpoints: Endpoints, webhook_id: str, gate: Gate) -> Endpoint:
    found = endpoints.find(webhook_id, gate.principal)
    if found is None:
        raise no_such_webhook(webhook_id)
    return found


def _open(found: Endpoint) -> Endpoint:
    if found.disabled_at is not None:
        raise Conflict(
            "webhook-disabled",
            "an endpoint that is told of events",
            f"one that is disabled ({found.disabled_why})",
            "register it anew",
        )
    return found


def _reach(rooms: Rooms) -> Reach:
    settings = rooms.settings
    return Reach(settings.webhooks.networks, loopback=settings.access == "open")


def _give_up(rooms: Rooms) -> int:
    return int(rooms.settings.webhooks.give_up_seconds * _MICROS)
