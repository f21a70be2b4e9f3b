"""Problem documents (RFC 9457): every error of the service, in one form.

Each says what was expected, what was found and what to do next. ``type`` is a stable URN; the
documentation page lists them all.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPMethod, HTTPStatus
from typing import Any, TypeVar

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from serving.accept_language import asked_by, headers_of
from serving.errors import (
    Conflict,
    Declined,
    Gone,
    InFlight,
    LedgerFailure,
    NotAcceptable,
    NotFound,
    NotReady,
    Refusal,
    UnsupportedForm,
)
from serving.incidents import Incidents
from serving.language import Language
from serving.problem_phrases import TITLES, in_chinese
from supervision.errors import CargoworthyError

MEDIA_TYPE = "application/problem+json"
URN = "urn:cargoworthy:problem:"
P = TypeVar("P", bound="Problem")
_STATUS: dict[type[Declined], int] = {
    NotFound: 404,
    NotAcceptable: 406,
    Conflict: 409,
    Gone: 410,
    UnsupportedForm: 415,
}
_LOG = logging.getLogger("cargoworthy.serving")


class Fault(BaseModel):
    """One fault of a request.

    Attributes
    ----------
    at : str
        Where: ``body``, ``query`` or ``path``, then a JSON Pointer.
    message : str
    found : str
        Truncated.
    """

    model_config = ConfigDict(frozen=True)

    at: str = Field(examples=["body/enterprise_id"])
    message: str = Field(examples=["Field required"])
    found: str = Field(examples=["{}"])


class Problem(BaseModel):
    """A problem document.

    Attributes
    ----------
    type : str
        Stable name of the kind of problem.
    title : str
        The kind in words, the same for every occurrence.
    status : int
        The HTTP status.
    detail : str
        This occurrence, in one sentence.
    instance : str
        The path that was asked.
    expected, found, remedy : str
        What was expected, what was found (truncated), what to do next.
    faults : tuple of Fault
        Of a request that does not fit its description: every fault.
    incident : str or None
        Of an internal error: the number under which the service's log tells more.
    """

    model_config = ConfigDict(frozen=True)

    type: str = Field(examples=[f"{URN}malformed-credit-code"])
    title: str = Field(examples=["Not a unified social credit code"])
    status: int = Field(examples=[422])
    detail: str
    instance: str = Field(examples=["/v1/scores"])
    expected: str
    found: str
    remedy: str
    faults: tuple[Fault, ...] = ()
    incident: str | None = None


def install(app: FastAPI) -> None:
    """Let every error of an application leave it as a problem document."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(CargoworthyError, _expected)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_middleware(Incidents, answer=_unexpected)


def answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Send a problem document, and count it."""
    code = problem.type.removeprefix(URN)
    if metrics := getattr(request.state, "metrics", None):
        metrics.problem(code)
    told = spoken(problem, asked_by(request))
    return Response(
        orjson.dumps(plain(told), option=orjson.OPT_SORT_KEYS),
        status_code=told.status,
        media_type=MEDIA_TYPE,
        headers={**headers_of("en" if told is problem else "zh"), **(headers or {})},
    )


def spoken(problem: P, language: Language) -> P:
    """A problem document in a language; in English where the phrase book does not have it all."""
    if language == "en":
        return problem
    title, expected, remedy = (
        TITLES.get(problem.title),
        in_chinese(problem.expected),
        in_chinese(problem.remedy),
    )
    if title is None or expected is None or remedy is None:
        return problem
    faults = tuple(
        fault.model_copy(update={"message": in_chinese(fault.message, "faults") or fault.message})
        for fault in problem.faults
    )
    found = in_chinese(problem.found) or problem.found
    if faults:
        found = f"{faults[0].found}（{faults[0].message}）"
    said = {"title": title, "expected": expected, "found": found, "remedy": remedy}
    detail = f"应为{expected}，实为{found}；{remedy}。"
    return problem.model_copy(update={**said, "detail": detail, "faults": faults})


def plain(problem: Problem) -> dict[str, Any]:
    """A problem document for JSON, without what it has nothing to say of."""
    body = problem.model_dump(mode="json", exclude_none=True)
    if not problem.faults:
        del body["faults"]
    return body


def _problem(
    request: Request,
    kind: tuple[int, str, str],
    said: tuple[str, str, str],
    faults: tuple[Fault, ...] = (),
    incident: str | None = None,
) -> Problem:
    return document(request.url.path, kind, said, faults, incident)


def document(
    instance: str,
    kind: tuple[int, str, str],
    said: tuple[str, str, str],
    faults: tuple[Fault, ...] = (),
    incident: str | None = None,
) -> Problem:
    """A problem document.

    Parameters
    ----------
    instance : str
        The path that was asked.
    kind : (int, str, str)
        Status, code and title.
    said : (str, str, str)
        What was expected, what was found, what to do next.
    faults : tuple of Fault
    incident : str, optional
    """
    status, code, title = kind
    expected, found, remedy = said
    return Problem(
        type=URN + code,
        title=title,
        status=status,
        detail=f"Expected {expected}, found {found}; {remedy}.",
        instance=instance[:200],
        expected=expected,
        found=found,
        remedy=remedy,
        faults=faults,
        incident=incident,
    )


def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    first = found[0]
    if first["type"] == "json_invalid":
        said = (
            "a JSON document as body",
            f"{first['ctx']['error']} at character {first['loc'][-1]}",
            "send valid JSON in UTF-8",
        )
        title = "The body is no JSON document"
        return answer(request, _problem(request, (422, "unreadable-request", title), said))
    return answer(request, misfit(found, request.url.path))


def misfit(errors: Sequence[Mapping[str, Any]], instance: str) -> Problem:
    """Tell how a request does not fit its description.

    Parameters
    ----------
    errors : sequence of mapping
        As pydantic lists them.
    instance : str
        The path that was asked.
    """
    faults = tuple(
        Fault(
            at="/".join(map(str, fault["loc"])),
            message=str(fault["msg"]),
            found=_shown(fault.get("input")),
        )
        for fault in errors
    )
    said = (
        f"{faults[0].at} as the interface describes it",
        f"{faults[0].found} ({faults[0].message})",
        "send the body with Content-Type: application/json"
        if isinstance(errors[0].get("input"), bytes)
        else "compare the request with the example at /docs",
    )
    return document(instance, (422, Refusal.code, Refusal.title), said, faults)


def declined(error: Refusal | Declined, instance: str) -> Problem:
    """Tell why a request is not met.

    Parameters
    ----------
    error : Refusal or Declined
    instance : str
        The path that was asked.
    """
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 422)
    said = (error.expected, error.found, error.remedy)
    return document(instance, (status, error.code, error.title), said)


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    title = HTTPStatus(error.status_code).phrase
    found = f"{request.method} {request.url.path[:100]}"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        code = "method-not-allowed"
        allowed = ", ".join(_methods(request))
        headers = {"Allow": allowed}
        said = (f"{allowed} at this path", found, "use the method that /docs shows")
    elif error.status_code == HTTPStatus.NOT_FOUND:
        code = "no-such-path"
        said = ("a path of the interface", found, "see /docs for all paths")
    elif error.status_code == HTTPStatus.BAD_REQUEST:
        code = "unreadable-request"
        said = ("a JSON document in UTF-8", str(error.detail)[:200], "send valid JSON")
    else:
        code = title.lower().replace(" ", "-")
        said = ("a request of the interface", f"{found}: {error.detail!s:.200}", "see /docs")
    return answer(
        request, _problem(request, (error.status_code, code, title), said), headers or None
    )


def _methods(request: Request) -> list[str]:
    """All methods of the path; the framework names those of the first route that it tries."""
    routes, scope = request.app.routes, request.scope
    return [
        method.value
        for method in HTTPMethod
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _expected(request: Request, error: Exception) -> Response:
    if isinstance(error, Refusal | Declined):
        headers = {"Retry-After": "1"} if isinstance(error, InFlight) else None
        return answer(request, declined(error, request.url.path), headers)
    if isinstance(error, NotReady):
        said = (
            "a record, a champion that fits its features, and a ledger",
            "; ".join(error.reasons),
            "see /readyz, mend what it names, then try again",
        )
        found = _problem(request, (503, error.code, error.title), said)
        return answer(request, found, {"Retry-After": "10"})
    code = "ledger-failure" if isinstance(error, LedgerFailure) else "work-failed"
    _LOG.error("%s %s: %s", request.method, request.url.path, error)
    said = ("the record and the ledger to work", str(error)[:300], "try again in a while")
    found = _problem(request, (503, code, "The service cannot do its work now"), said)
    return answer(request, found, {"Retry-After": "10"})


def _database(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s: %s", request.method, request.url.path, error)
    cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    said = ("a database that answers", cause[:200], "try again in a while; see /readyz")
    found = _problem(request, (503, "database-failure", "A database does not answer"), said)
    return answer(request, found, {"Retry-After": "10"})


def _unexpected(request: Request, incident: str) -> Response:
    said = (
        "an answer",
        "a fault of the service's own",
        f"report incident {incident}: the service's log tells more under this number",
    )
    found = _problem(
        request, (500, "internal-error", "The service failed"), said, incident=incident
    )
    return answer(request, found)


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
