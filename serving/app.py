"""The application: routes, errors and description put together around one state."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from features.engine.evaluation import settle
from serving import description, problems
from serving.health.routes import router as health
from serving.metrics import Metrics
from serving.pages.documentation import router as documentation
from serving.profiles.routes import router as profiles
from serving.rooms import Rooms
from serving.scores.routes import router as scores
from serving.settings import Settings
from serving.state import State, wall_clock
from serving.timing import Timing

_LOG = logging.getLogger("cargoworthy.serving")


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

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        for reason in rooms.missing():  # opens all that is there before the first request
            _LOG.warning("not ready: %s", reason)
        settle()
        yield State(rooms=rooms, metrics=metrics, clock=clock)
        rooms.close()

    app = FastAPI(
        title=description.TITLE,
        version=_version(),
        summary=description.SUMMARY,
        description=description.INTRODUCTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    for router in (scores, profiles, health, documentation):
        app.include_router(router)
    app.openapi = lambda: description.describe(app)  # type: ignore[method-assign]
    problems.install(app)
    app.add_middleware(Timing, metrics=metrics)
    return app


def from_environment() -> FastAPI:
    """Make the application of a worker process that ``serve`` started."""
    return create_app(Settings.from_environment())


def _version() -> str:
    try:
        return version("cargoworthy")
    except PackageNotFoundError:
        return "unreleased"
