"""A cap on bodies, before anything reads them."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.access.errors import TooMuch
from serving.access.refusals import refuse


class BodyCap:
    """ASGI middleware that answers 413 to a body beyond its cap.

    Parameters
    ----------
    app : ASGIApp
    most : int
        Bytes.
    own : frozenset of str
        Paths that write their bodies to disk as they come, under a cap of their own.
    """

    def __init__(self, app: ASGIApp, most: int, own: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._most = most
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its body fits."""
        if scope["type"] != "http" or scope["path"] in self._own:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        stated = headers.get(b"content-length")
        if stated is not None:  # the server sees to it that no more comes than was stated
            if int(stated) > self._most:
                await self._refuse(scope, receive, send)
            else:
                await self._app(scope, receive, send)
        elif b"transfer-encoding" in headers:
            await self._gathered(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _gathered(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = message.get("more_body", False)
            if size > self._most:
                await self._refuse(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": b"".join(parts)}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = TooMuch(
            f"a body of at most {self._most} bytes", "a larger one", "send several requests"
        )
        error.headers["Connection"] = "close"  # the rest of the body is not read
        await refuse(Request(scope), error)(scope, receive, send)
