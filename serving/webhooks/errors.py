"""The ways in which an endpoint cannot be registered or asked for."""

from serving.errors import NotFound, Refusal
from supervision.errors import CargoworthyError


class MalformedEndpoint(Refusal):
    """An address to which no event is delivered."""

    code = "malformed-endpoint"
    title = "No event can be delivered there"


class MalformedSealingKey(CargoworthyError):
    """The key by which secrets are sealed cannot be used, or does not fit what it sealed."""


def no_such_webhook(webhook_id: str) -> NotFound:
    """The problem of an endpoint that never was, or not for this caller."""
    return NotFound(
        "no-such-webhook",
        "the webhook_id of an endpoint that was registered",
        repr(webhook_id[:60]),
        "copy it from GET /v1/webhooks",
    )


def no_such_delivery(delivery_id: str) -> NotFound:
    """The problem of a delivery that never was, or not for this caller."""
    return NotFound(
        "no-such-delivery",
        "the delivery_id of an event that was to be delivered",
        repr(delivery_id[:60]),
        "copy it from GET /v1/webhooks/{webhook_id}/deliveries",
    )
