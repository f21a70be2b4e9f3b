"""Signing in and out: the only pages that need no session."""

from http import HTTPStatus
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from serving.access.clients import as_name
from serving.access.denials import Denial
from serving.access.door import Door
from serving.access.errors import TooManyCalls
from serving.console import cookies
from serving.console.language import chosen
from serving.console.officers.role import EVERYBODY
from serving.console.officers.roster import Roster
from serving.console.officers.sessions import Sessions
from serving.console.page import Template, page, read_form, session_of
from serving.console.visit import Visit, rendered

_HOME = "/console/"


async def sign_in(request: Request) -> Response:
    """Show the form, or try what was sent with it."""
    request.scope["route"] = Template("/console/sign-in")
    form = await read_form(request)
    if request.method == "POST":
        return await run_in_threadpool(_try, request, form)
    response = await run_in_threadpool(_form, request)
    cookies.speak(request, response, chosen(request))
    return response


def _form(request: Request, failed: str | None = None, name: str = "") -> Response:
    if failed is None and session_of(request) is not None:
        return RedirectResponse(_home(request), HTTPStatus.SEE_OTHER)
    statuses = {None: 200, "busy": 429}
    status = statuses.get(failed, HTTPStatus.UNAUTHORIZED)
    wanted = request.query_params.get("next", "")
    return rendered(
        request,
        chosen(request),
        "sign_in/sign_in.html",
        int(status),
        failed=failed,
        name=name,
        wanted=wanted,
    )


def _try(request: Request, form: dict[str, str]) -> Response:
    name, password = form.get("name", "").strip().lower(), form.get("password", "")
    door, now = cast(Door, request.state.door), request.state.clock()
    try:
        door.charge_address(request.client.host if request.client else "unknown")
    except TooManyCalls:
        return _form(request, "busy", name)
    store = door.lock().store
    entrance = Roster(store).enter(name, password, now)
    if entrance.officer is None:
        # Also of names that nobody has, of which the roster notes nothing.
        door.denials.note(Denial("sign-in", "POST /console/sign-in", claimed=as_name(name)))
        return _form(request, "locked" if entrance.locked else "wrong", name)
    sessions = Sessions(store)
    sessions.close(request.cookies.get(cookies.SESSION))
    token = sessions.open(entrance.officer, now)
    response = RedirectResponse(_home(request), HTTPStatus.SEE_OTHER)
    cookies.remember(request, response, token)
    return response


def _home(request: Request) -> str:
    """The page that was asked for before, if it is one of the console's own."""
    wanted = request.query_params.get("next", "")
    return wanted if wanted.startswith(_HOME) and "\\" not in wanted else _HOME


def sign_out(visit: Visit) -> Response:
    """End the session."""
    store = visit.door.lock().store
    Sessions(store).close(visit.request.cookies.get(cookies.SESSION))
    visit.noted("sign-out", visit.officer.name)
    response = visit.go("sign_in")
    cookies.forget(visit.request, response)
    return response


ROUTES = (
    Route("/sign-in", sign_in, methods=["GET", "POST"], name="sign_in"),
    page("/sign-out", sign_out, "sign_out", EVERYBODY, method="POST"),
)
