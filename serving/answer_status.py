"""The status of an answer, seen on its way out."""

from starlette.types import Message, Send

_FAILED = 500
"""Where a request ends without an answer."""


class AnswerStatus:
    """Sends an answer on, and takes note of its status.

    Attributes
    ----------
    code : int
        500 until an answer begins.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.code = _FAILED

    async def __call__(self, message: Message) -> None:
        """Send a part of the answer on."""
        if message["type"] == "http.response.start":
            self.code = message["status"]
        await self._send(message)
