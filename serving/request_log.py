"""One line a request, as JSON: its id, route, status, time and client; never a path's values.

The id comes from the caller (``X-Request-Id``) or is made here; it goes back in the answer and
stands in every line that is logged on the way.
"""

import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.answer_status import AnswerStatus

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
HEADER = b"x-request-id"
_FORM = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_FIELDS = "fields"
_LOG = logging.getLogger("cargoworthy.requests")


class RequestLog:
    """ASGI middleware that logs each request when it is answered.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on under its id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = dict(scope["headers"]).get(HEADER, b"")
        request_id = stated if _FORM.fullmatch(stated) else uuid.uuid4().hex.encode()
        begun, status = time.perf_counter(), AnswerStatus(send)

        async def naming(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (HEADER, request_id)]
            await status(message)

        before = REQUEST_ID.set(request_id.decode())
        try:
            await self._app(scope, receive, naming)
        finally:
            state = scope.get("state", {})
            principal = state.get("principal")
            fields = {
                "method": scope["method"],
                "route": getattr(scope.get("route"), "path", None),
                "status": status.code,
                "milliseconds": round((time.perf_counter() - begun) * 1_000, 3),
                "client": getattr(principal, "client_id", None),
                "trace_id": state.get("trace_id"),
            }
            _LOG.info("request", extra={_FIELDS: fields})
            REQUEST_ID.reset(before)


class JsonLines(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "request_id": REQUEST_ID.get(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        told = {name: value for name, value in line.items() if value is not None}
        return orjson.dumps(told).decode()


def write_lines() -> None:
    """Let a worker process write its log as lines of JSON to its standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("cargoworthy")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
