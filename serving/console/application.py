"""The console as an application of its own: every page's routes behind one set of headers."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from serving.console import errors
from serving.console.cargo.routes import ROUTES as CARGO
from serving.console.case.routes import ROUTES as CASE
from serving.console.decision.routes import ROUTES as DECISION
from serving.console.explore.routes import ROUTES as EXPLORE
from serving.console.feeds.routes import ROUTES as FEEDS
from serving.console.home import ROUTES as HOME
from serving.console.language import HERE
from serving.console.models.routes import ROUTES as MODELS
from serving.console.portfolio.routes import ROUTES as PORTFOLIO
from serving.console.portrait.routes import ROUTES as PORTRAIT
from serving.console.security_headers import SecurityHeaders
from serving.console.sign_in.routes import ROUTES as SIGN_IN
from serving.console.warnings.routes import ROUTES as WARNINGS
from serving.console.what_if.routes import ROUTES as WHAT_IF
from serving.console.worklist.routes import ROUTES as WORKLIST
from serving.incidents import Incidents
from supervision.errors import CargoworthyError

PAGES: tuple[BaseRoute, ...] = (
    *SIGN_IN,
    *HOME,
    *WORKLIST,
    *CASE,
    *CARGO,
    *PORTRAIT,
    *WHAT_IF,
    *DECISION,
    *PORTFOLIO,
    *WARNINGS,
    *FEEDS,
    *MODELS,
    *EXPLORE,
)
"""Routes of every page; a new page adds its own here."""


class Files(StaticFiles):
    """The console's style and script, kept by browsers for an hour."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Answer with a file."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = "public, max-age=3600"
        return response


def console() -> Starlette:
    """Make the application; the state of the one that mounts it is its own."""
    return Starlette(
        routes=[*PAGES, Mount("/static", Files(directory=HERE / "static"), name="static")],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Incidents, answer=errors.incident),
        ],
        exception_handlers={HTTPException: _told, CargoworthyError: _told},
    )


async def _told(request: Request, error: Exception) -> Response:
    return errors.answer(request, error)
