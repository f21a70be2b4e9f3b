"""How long requests take, by route: told to the metrics, never by the paths' values."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.answer_status import AnswerStatus
from serving.metrics import Metrics

OTHER = "other"
"""Route of requests that fit no path of the interface."""


class Timing:
    """ASGI middleware that times each request.

    Parameters
    ----------
    app : ASGIApp
    metrics : Metrics
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and take note of its time and status."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), AnswerStatus(send)
        try:
            await self._app(scope, receive, status)
        finally:
            route = getattr(scope.get("route"), "path", OTHER)
            method = scope["method"] if route != OTHER else OTHER
            self._metrics.request(route, method, status.code, time.perf_counter() - begun)
