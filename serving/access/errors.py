"""The ways in which a call is denied before anything is looked at."""

from supervision.errors import CargoworthyError


class Denied(CargoworthyError):
    """A call that is not let through.

    Attributes
    ----------
    status : int
        The HTTP status.
    code, title : str
        Stable word for the kind, last part of the problem's ``type``; the kind in words.
    expected, found, remedy : str
        What was expected, what was found (never a secret), what to do next.
    headers : dict
        To be sent with the problem.
    noted : bool
        Whether the audit log is to know of it.
    client_id, tenant : str
        Who was denied, where that was proven; else empty.
    claimed : str
        Name of the client that the call said it was, where that was not proven.
    """

    status = 403
    code = "denied"
    title = "Not allowed"
    noted = False
    client_id = tenant = claimed = ""

    def __init__(
        self, expected: str, found: str, remedy: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"expected {expected}, found {found}; {remedy}")
        self.expected = expected
        self.found = found
        self.remedy = remedy
        self.headers = headers or {}

    @property
    def reason(self) -> str:
        """Why, in a text of the service's own."""
        return f"{self.code}: {self.found}"


class Unauthenticated(Denied):
    """No token, or none that proves anything."""

    status = 401
    noted = True
    code = "unauthenticated"
    title = "Who asks is not known"


class OutOfScope(Denied):
    """A token that does not allow this operation."""

    noted = True
    code = "insufficient-scope"
    title = "The token does not allow this operation"


class TooManyCalls(Denied):
    """More calls than a client, or an address, has in a minute."""

    status = 429
    code = "too-many-calls"
    title = "Too many calls"


class TooMuch(Denied):
    """A body or a batch beyond its cap."""

    status = 413
    code = "content-too-large"
    title = "More than one call may carry"


class TokenRefused(Denied):
    """A request for a token that gives none (RFC 6749, section 5.2).

    Attributes
    ----------
    error : str
        The standard's word for it, as ``invalid_client``.
    """

    status = 400
    code = "token-refused"
    title = "No token is given"

    def __init__(
        self, error: str, expected: str, found: str, remedy: str, status: int = 400
    ) -> None:
        headers = {"Cache-Control": "no-store"}
        if status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="cargoworthy"'
        super().__init__(expected, found, remedy, headers)
        self.error = error
        self.status = status
        self.noted = error in ("invalid_client", "invalid_scope")

    @property
    def reason(self) -> str:
        """The standard's word alone: what was found may hold what the caller wrote."""
        return self.error


class MalformedKey(CargoworthyError):
    """A key file or key set that cannot be used."""
