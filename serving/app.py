"""The application: routes, errors and description put together around one state."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI

from features.engine.evaluation import settle
from serving import description, problems, tracing
from serving.access.body_cap import BodyCap
from serving.access.consent_routes import router as consents
from serving.access.door import Door
from serving.access.errors import Denied
from serving.access.gate import guard
from serving.access.masking import Masking
from serving.access.refusals import refuse
from serving.access.token_routes import router as tokens
from serving.audit.sealer import Sealer
from serving.console.application import console
from serving.health.draining import Draining
from serving.health.routes import router as health
from serving.jobs.routes import PATH as JOBS
from serving.jobs.routes import router as jobs
from serving.limits.held import warm_up
from serving.messages.routes import router as messages
from serving.metrics import Metrics
from serving.models.routes import router as models
from serving.objections.routes import router as objections
from serving.pages.documentation import router as documentation
from serving.profiles.routes import router as profiles
from serving.request_log import RequestLog, write_lines
from serving.resident import keep_all, let_go_of_start
from serving.rooms import Rooms
from serving.scores.improvement_routes import router as improvements
from serving.scores.replay_routes import router as replays
from serving.scores.routes import router as scores
from serving.settings import Settings
from serving.state import State, wall_clock
from serving.threads import answering_threads
from serving.timing import Timing
from serving.webhooks.routes import router as webhooks
from serving.webhooks.service import deliverer

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig
    from opentelemetry.sdk.trace import TracerProvider

_SILENT: "TelemetryConfig" = dict.fromkeys(  # type: ignore[assignment]
    ("tracing", "metrics", "logs", "operation_spans", "auto_configure"), False
)
"""The framework's own spans hold paths and queries, and so credit codes."""
_LOG = logging.getLogger("cargoworthy.serving")
_LOG.addFilter(Masking())


def create_app(
    settings: Settings,
    clock: Callable[[], int] = wall_clock,
    traces: "TracerProvider | None" = None,
    opened: Callable[[], None] = lambda: None,
) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings
    clock : callable
        UTC microseconds now.
    traces : TracerProvider or None
        Where spans go; None for none.
    opened : callable
        Called when all is open, before the first request.

    Raises
    ------
    MalformedPolicy
        If the lender's policy cannot be used.
    """
    rooms = Rooms(settings)
    metrics = Metrics()
    draining = Draining(settings.drain_seconds)
    sealer = Sealer(lambda: rooms.ledger().engine)
    door = Door(settings.access, settings.tokens, settings.ledger, clock)
    deliveries = deliverer(rooms, door, clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        # Opens all that is there before the first request.
        for reason in (*rooms.missing(), *door.missing()):
            _LOG.warning("not ready: %s", reason)
        rooms.prepare(clock())
        warm_up()
        settle()
        let_go_of_start()
        opened()
        rooms.throne.watch()
        sealer.start()
        deliveries.start()
        door.denials.start()
        threads = answering_threads()
        with draining.watching(asyncio.get_running_loop()):
            yield State(
                rooms=rooms,
                door=door,
                metrics=metrics,
                draining=draining,
                threads=threads,
                clock=clock,
            )
        threads.shutdown(cancel_futures=True)
        deliveries.stop()
        sealer.stop()
        door.close()
        rooms.close()
        if traces is not None:
            tracing.end(traces)

    app = FastAPI(
        title=description.TITLE,
        version=_version(),
        summary=description.SUMMARY,
        description=description.INTRODUCTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(guard)],
        telemetry=_SILENT,
    )
    enterprises = (profiles, consents, objections)
    answered = (scores, improvements, jobs, replays, webhooks)
    for router in (*answered, messages, models, *enterprises, tokens, health, documentation):
        app.include_router(router)
    app.mount("/console", console())
    app.openapi = lambda: description.describe(app)  # type: ignore[method-assign]
    app.add_exception_handler(Denied, refuse)
    app.add_middleware(BodyCap, most=settings.tokens.body_bytes, own=frozenset({JOBS}))
    problems.install(app)
    app.add_middleware(Timing, metrics=metrics)
    if traces is not None:
        app.add_middleware(tracing.Tracing, traces=traces)
    app.add_middleware(RequestLog)
    return app


def from_environment() -> FastAPI:
    """Make the application of a worker process that ``serve`` started."""
    write_lines()
    traces = tracing.provider(os.environ)
    return create_app(Settings.from_environment(), traces=traces, opened=keep_all)


def _version() -> str:
    try:
        return version("cargoworthy")
    except PackageNotFoundError:
        return "unreleased"
