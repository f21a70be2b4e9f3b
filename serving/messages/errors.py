"""The ways in which messages cannot be taken in as a whole."""

from serving.errors import Refusal


class MalformedMessages(Refusal):
    """A body that is no lines of messages."""

    code = "malformed-messages"
    title = "The body cannot be read as messages"


class BadSignature(Refusal):
    """A signature that does not vouch for the body, or is another provider's."""

    code = "bad-signature"
    title = "The signature does not vouch for this body"
