"""A page: a path, who may open it, and the function that answers; no page is without a guard."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from serving.access.door import Door
from serving.console import cookies
from serving.console.csrf import from_elsewhere, is_forged
from serving.console.language import PARAMETER, chosen
from serving.console.officers.role import OfficerRole
from serving.console.officers.sessions import Session, Sessions
from serving.console.visit import Visit

Answering = Callable[[Visit], Response]
_MOST_FIELDS = 200


class Template(NamedTuple):
    """A path's template, as the metrics and the log name a route."""

    path: str


class Guarded:
    """An answering function behind the guard, as an ASGI application.

    Parameters
    ----------
    answer : callable
        Called with the visit, in a thread of its own.
    roles : frozenset of OfficerRole
        Who may.
    template : Template
    """

    def __init__(
        self, answer: Answering, roles: frozenset[OfficerRole], template: Template
    ) -> None:
        self.roles = roles
        self._answer = answer
        self._template = template

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of an officer who may; others are sent to sign in, or told so."""
        scope["route"] = self._template
        request = Request(scope, receive)
        form = await read_form(request)
        response = await run_in_threadpool(self._answered, request, form)
        if request.query_params.get(PARAMETER) == (language := chosen(request)):
            cookies.speak(request, response, language)
        await response(scope, receive, send)

    def _answered(self, request: Request, form: Mapping[str, str]) -> Response:
        session = session_of(request)
        if session is None:
            return _to_sign_in(request)
        if request.method == "POST" and is_forged(form, session.form_token):
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        request.state.principal = session.officer.principal
        visit = Visit(request, session, chosen(request), request.state.clock(), form)
        if not session.officer.may(self.roles):
            visit.denied("role")
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return self._answer(visit)


def page(
    path: str, answer: Answering, name: str, roles: frozenset[OfficerRole], method: str = "GET"
) -> Route:
    """Make the route of a page.

    Parameters
    ----------
    path : str
        Within the console, as ``/cases/{enterprise_id}``.
    answer : callable
        From a :class:`Visit` to a response; it may wait, it runs in a thread of its own.
    name : str
        By which other pages link to it.
    roles : frozenset of OfficerRole
        Who may open it.
    method : {"GET", "POST"}
        A form is POST; its token is checked before the function is called.
    """
    guarded = Guarded(answer, roles, Template(cookies.PATH + path))
    return Route(path, guarded, methods=[method], name=name)


async def read_form(request: Request) -> dict[str, str]:
    """Fields of a form that was sent; empty for other requests.

    Raises
    ------
    HTTPException
        400 for what is no form, or a form of another site.
    """
    if request.method != "POST":
        return {}
    if from_elsewhere(request):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error


def session_of(request: Request) -> Session | None:
    """The open session of a request's cookie."""
    sessions = Sessions(cast(Door, request.state.door).lock().store)
    return sessions.find(request.cookies.get(cookies.SESSION), request.state.clock())


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page, and from there back to the page that was asked for."""
    root: Any = request.scope.get("root_path", "")
    target = f"{root}/sign-in"
    if request.method == "GET":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target += f"?next={quote(wanted, safe='')}"
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)
