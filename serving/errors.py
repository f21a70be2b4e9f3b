"""The expected ways in which a request fails, each saying what was expected, found and to do.

Nothing here knows of HTTP: the command line shows the same errors in one line, and
:mod:`serving.problems` turns them into problem documents.
"""

from typing import Self

from supervision.errors import CargoworthyError, UsageError


class Refusal(UsageError):
    """A request that cannot be served as it stands.

    Attributes
    ----------
    code : str
        Stable word for the kind of fault, last part of the problem's ``type``.
    expected, found, remedy : str
        What was expected, what was found (truncated), what to do next.
    """

    code = "invalid-request"
    title = "The request is not as the interface describes it"

    def __init__(self, expected: str, found: str, remedy: str) -> None:
        super().__init__(f"expected {expected}, found {found}; {remedy}")
        self.expected = expected
        self.found = found
        self.remedy = remedy


class MalformedCreditCode(Refusal):
    """A text that is no unified social credit code stands where an enterprise should."""

    code = "malformed-credit-code"
    title = "Not a unified social credit code"


class MalformedAsOf(Refusal):
    """An as-of that is no RFC 3339 time with a zone."""

    code = "malformed-as-of"
    title = "Not a time with a zone"


class AsOfOutOfRange(Refusal):
    """An as-of before the year 2000 or later than the clock."""

    code = "as-of-out-of-range"
    title = "The as-of lies outside what can be scored"


class ExpiryOutOfRange(Refusal):
    """A consent that would end in the past, or later than a consent may."""

    code = "expiry-out-of-range"
    title = "A consent cannot end then"


class UnknownBank(Refusal):
    """A consent to a bank of which no client is registered."""

    code = "unknown-bank"
    title = "No such bank"


class KeyReused(Refusal):
    """An idempotency key under which another request was answered."""

    code = "idempotency-key-reused"
    title = "The key belongs to another request"


class MalformedPolicy(Refusal):
    """A policy file that is missing or says what a policy cannot say."""

    code = "malformed-policy"
    title = "The lender's policy cannot be used"


class Declined(CargoworthyError):
    """A request that is sound but cannot be met as things stand.

    Attributes
    ----------
    code : str
        Stable word for the kind of fault, last part of the problem's ``type``.
    expected, found, remedy : str
    """

    title = "The request cannot be met"

    def __init__(self, code: str, expected: str, found: str, remedy: str) -> None:
        super().__init__(f"expected {expected}, found {found}; {remedy}")
        self.code = code
        self.expected = expected
        self.found = found
        self.remedy = remedy


class NotFound(Declined):
    """Something was asked for by its name and is not there."""

    title = "Not found"


class Conflict(Declined):
    """What is there stands against the request."""

    title = "In conflict with what is there"


class InFlight(Conflict):
    """Another call under the same key is being answered at this moment."""

    title = "Being answered at this moment"


class Gone(Declined):
    """What the answer needs was there once and is no longer."""

    title = "No longer there"


class NotAcceptable(Declined):
    """An answer in none of the forms that it can be given in."""

    title = "Not in that form"


class UnsupportedForm(Declined):
    """A body in none of the forms that can be read."""

    title = "A body of another form"


class NotReady(CargoworthyError):
    """The service lacks something without which it cannot answer.

    Attributes
    ----------
    reasons : tuple of str
        One sentence each, with what to do.
    """

    code = "not-ready"
    title = "The service is not ready"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class LedgerFailure(CargoworthyError):
    """The ledger could not be opened, or took no row: without a row there is no answer."""

    @classmethod
    def unreadable(cls, found: str) -> Self:
        """Of a ledger that does not answer at this moment."""
        return cls(f"ledger: expected to read it, found {found}; try again")

    @classmethod
    def unwritable(cls, found: str) -> Self:
        """Of a ledger that cannot be opened to write."""
        return cls(
            f"ledger: expected a database that can be written, found {found}; check --ledger and "
            "the folder's permissions"
        )
