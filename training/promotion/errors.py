"""What can go wrong when a model is to come into force."""

from supervision.errors import CargoworthyError, UsageError


class PromotionRefused(CargoworthyError):
    """A gate holds the model back; the message says which, and what opens it."""


class SignatureRefused(PromotionRefused, UsageError):
    """An exception is not what two people have to sign; the call has to change."""


class PeopleError(UsageError):
    """The list of people, or a key, is not what it should be."""


class PromotionRecordFailure(CargoworthyError):
    """The record of promotions cannot be read or written, or was tampered with."""
