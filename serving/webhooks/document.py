"""Endpoints, events and deliveries, as they are asked for and told."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.instants import text_if_any, text_of
from serving.scores.part import Part, Time
from serving.webhooks.deliveries import Delivery
from serving.webhooks.endpoints import Endpoint

VERSION = 1
EventType = Literal["score.grade_changed", "early_warning.raised"]
StateText = Literal["pending", "delivered", "failed", "stopped"]


class WebhookRequest(BaseModel):
    """Tell us there, please."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "url": "https://bank.example/cargoworthy/events",
                    "events": ["score.grade_changed", "early_warning.raised"],
                }
            ]
        },
    )

    url: Annotated[
        str,
        Field(
            strict=True,
            min_length=1,
            max_length=2_000,
            description="https, at a public host",
            json_schema_extra={"format": "uri"},
        ),
    ]
    events: Annotated[
        tuple[EventType, ...],
        Field(min_length=1, max_length=2, description="of which it is told"),
    ] = ("score.grade_changed", "early_warning.raised")


class WebhookAnswer(Part):
    """An endpoint as it stands."""

    version: int = VERSION
    webhook_id: str = Field(examples=["6f1d0f0e-3d41-4d7f-9c92-8d3b5a3f2b10"])
    url: str
    events: tuple[str, ...]
    added_at: Time
    disabled_at: Time | None
    disabled_why: Literal["deleted", "gone"] | None = Field(
        description="deleted by its bank, or gone: it answered 410"
    )


class NewWebhookAnswer(WebhookAnswer):
    """An endpoint that was registered now; its secret is shown this once."""

    secret: str = Field(
        description="by which events are signed: `whsec_` and base64", examples=["whsec_MfKQ9r8G"]
    )


class WebhookList(Part):
    """Endpoints, newest first."""

    version: int = VERSION
    webhooks: tuple[WebhookAnswer, ...]


class LastAttempt(Part):
    """The newest attempt to deliver an event."""

    at: Time
    status: int | None = Field(description="of the endpoint's answer; null where there was none")
    error: str | None
    milliseconds: int


class DeliveryAnswer(Part):
    """One event to one endpoint, as far as it is."""

    version: int = VERSION
    delivery_id: str
    event_id: str = Field(description="sent as `webhook-id`, the same at every attempt and replay")
    webhook_id: str
    type: str = Field(examples=["score.grade_changed"])
    enterprise_id: str | None
    state: StateText = Field(
        description="stopped: the endpoint is disabled, or the enterprise took its consent back"
    )
    attempts: int
    created_at: Time
    next_attempt_at: Time | None
    ended_at: Time | None
    last_attempt: LastAttempt | None


class DeliveryList(Part):
    """Deliveries to an endpoint, newest first, at most a hundred."""

    version: int = VERSION
    deliveries: tuple[DeliveryAnswer, ...]


def webhook_told(found: Endpoint) -> WebhookAnswer:
    """Tell an endpoint."""
    return WebhookAnswer(**_webhook(found))


def new_webhook_told(found: Endpoint, secret: str) -> NewWebhookAnswer:
    """Tell an endpoint with its secret."""
    return NewWebhookAnswer(**_webhook(found), secret=secret)


def delivery_told(found: Delivery, *, seen: bool = True) -> DeliveryAnswer:
    """Tell a delivery; of an enterprise that may not be seen any more, without its code."""
    last = found.last
    return DeliveryAnswer(
        delivery_id=found.delivery_id,
        event_id=found.event_id,
        webhook_id=found.webhook_id,
        type=found.type,
        enterprise_id=found.enterprise_id if seen else None,
        state=found.state,
        attempts=found.attempts,
        created_at=text_of(found.created_at),
        next_attempt_at=text_of(found.next_at) if found.state == "pending" else None,
        ended_at=text_if_any(found.ended_at),
        last_attempt=last
        and LastAttempt(
            at=text_of(last.at),
            status=last.status,
            error=last.error,
            milliseconds=last.milliseconds,
        ),
    )


def _webhook(found: Endpoint) -> dict[str, Any]:
    return {
        "webhook_id": found.webhook_id,
        "url": found.url,
        "events": found.events,
        "added_at": text_of(found.added_at),
        "disabled_at": text_if_any(found.disabled_at),
        "disabled_why": found.disabled_why,
    }


_WEBHOOK: dict[str, Any] = {
    "version": VERSION,
    "webhook_id": "6f1d0f0e-3d41-4d7f-9c92-8d3b5a3f2b10",
    "url": "https://bank.example/cargoworthy/events",
    "events": ["score.grade_changed", "early_warning.raised"],
    "added_at": "2023-01-02T16:00:00Z",
    "disabled_at": None,
    "disabled_why": None,
}
NEW_WEBHOOK = {**_WEBHOOK, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
WEBHOOKS = {"version": VERSION, "webhooks": [_WEBHOOK]}
DELIVERY: dict[str, Any] = {
    "version": VERSION,
    "delivery_id": "b7b0c6a2-6b5c-4f5e-8f46-0b8d6d1a0c55",
    "event_id": "0c9a1f5e-2f0a-4a8e-9a53-4f3f1f0f8a77",
    "webhook_id": "6f1d0f0e-3d41-4d7f-9c92-8d3b5a3f2b10",
    "type": "score.grade_changed",
    "enterprise_id": "91350211MA31009013",
    "state": "pending",
    "attempts": 2,
    "created_at": "2023-01-03T01:15:07Z",
    "next_attempt_at": "2023-01-03T01:15:34Z",
    "ended_at": None,
    "last_attempt": {
        "at": "2023-01-03T01:15:13Z",
        "status": 503,
        "error": None,
        "milliseconds": 41,
    },
}
DELIVERIES = {"version": VERSION, "deliveries": [DELIVERY]}
