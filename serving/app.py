"""The application: routes, errors and description put together around one state."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import Depends, FastAPI

from features.engine.evaluation import settle
from serving import description, problems
from serving.access.body_cap import BodyCap
from serving.access.consent_routes import router as consents
from serving.access.door import Door
from serving.access.errors import Denied
from serving.access.gate import guard
from serving.access.masking import Masking
from serving.access.refusals import refuse
from serving.access.token_routes import router as tokens
from serving.audit.sealer import Sealer
from serving.health.draining import Draining
from serving.health.routes import router as health
from serving.metrics import Metrics
from serving.models.routes import router as models
from serving.pages.documentation import router as documentation
from serving.profiles.routes import router as profiles
from serving.request_log import RequestLog, write_lines
from serving.rooms import Rooms
from serving.scores.replay_routes import router as replays
from serving.scores.routes import router as scores
from serving.settings import Settings
from serving.state import State, wall_clock
from serving.timing import Timing

_LOG = logging.getLogger("cargoworthy.serving")
_LOG.addFilter(Masking())


def create_app(settings: Settings, clock: Callable[[], int] = wall_clock) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings : Settings
    clock : callable
        UTC microseconds now.

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

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        # Opens all that is there before the first request.
        for reason in (*rooms.missing(), *door.missing()):
            _LOG.warning("not ready: %s", reason)
        settle()
        rooms.throne.watch()
        sealer.start()
        with draining.watching(asyncio.get_running_loop()):
            yield State(rooms=rooms, door=door, metrics=metrics, draining=draining, clock=clock)
        sealer.stop()
        door.close()
        rooms.close()

    app = FastAPI(
        title=description.TITLE,
        version=_version(),
        summary=description.SUMMARY,
        description=description.INTRODUCTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(guard)],
    )
    for router in (scores, replays, models, profiles, consents, tokens, health, documentation):
        app.include_router(router)
    app.openapi = lambda: description.describe(app)  # type: ignore[method-assign]
    app.add_exception_handler(Denied, refuse)
    app.add_middleware(BodyCap, most=settings.tokens.body_bytes)
    problems.install(app)
    app.add_middleware(Timing, metrics=metrics)
    app.add_middleware(RequestLog)
    return app


def from_environment() -> FastAPI:
    """Make the application of a worker process that ``serve`` started."""
    write_lines()
    return create_app(Settings.from_environment())


def _version() -> str:
    try:
        return version("cargoworthy")
    except PackageNotFoundError:
        return "unreleased"
