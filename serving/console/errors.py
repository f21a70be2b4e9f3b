"""What went wrong, as a page: in the officer's language, with what to do next."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from serving.console.language import chosen, mark
from serving.console.visit import rendered
from serving.errors import NotFound, NotReady, Refusal

TITLES = {
    400: mark("This form cannot be taken"),
    403: mark("Not for your role"),
    404: mark("Nothing here"),
    503: mark("Not ready"),
    500: mark("Something went wrong"),
}
REMEDIES = {
    400: mark("It was sent by another page or has grown old. Go back, load the page anew and send it again."),  # noqa: E501
    403: mark("Officers of another role open this page. Ask your administrator if you should."),
    404: mark("There is no such page, or no such enterprise that consented to your lender."),
    503: mark("The service lacks something without which it cannot answer; try again in a moment."),
    500: mark("The fault is noted in the service's log. Try again, and name the number below if it persists."),  # noqa: E501
}  # fmt: skip


def answer(request: Request, error: Exception) -> Response:
    """Show an expected error."""
    return _shown(request, _status(error))


def incident(request: Request, number: str) -> Response:
    """Show that something unexpected happened, and the number under which it is logged."""
    return _shown(request, 500, number)


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, NotReady):
        return int(HTTPStatus.SERVICE_UNAVAILABLE)
    if isinstance(error, NotFound | Refusal):
        return int(HTTPStatus.NOT_FOUND)
    return int(HTTPStatus.SERVICE_UNAVAILABLE)


def _shown(request: Request, status: int, number: str | None = None) -> Response:
    if status not in TITLES:
        return PlainTextResponse(HTTPStatus(status).phrase, status)
    return rendered(
        request,
        chosen(request),
        "templates/error.html",
        status,
        heading=TITLES[status],
        remedy=REMEDIES[status],
        number=number,
    )
