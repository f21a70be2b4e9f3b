"""A fault of the service's own: answered with a number, and the connection lives on.

Starlette hands such a fault on to the server after it was answered, and the server then cuts the
connection, so that a client's next request on it is lost. Here it ends.
"""

import logging
import uuid
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger("cargoworthy.serving")


class Incidents:
    """ASGI middleware that answers what nobody foresaw, and logs it under the same number.

    Parameters
    ----------
    app : ASGIApp
    answer : callable
        Makes the response from the request and the incident's number.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request, str], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; once an answer has begun, a fault still cuts the connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if begun:
                raise
            incident, request = str(uuid.uuid4()), Request(scope)
            _LOG.error(
                "incident %s: %s %s", incident, request.method, request.url.path, exc_info=error
            )
            await self._answer(request, incident)(scope, receive, send)
