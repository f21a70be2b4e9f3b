"""Denials as problem documents."""

from typing import cast

from fastapi import Request, Response
from pydantic import Field

from serving import problems
from serving.access.denials import UNPROVEN, Denial
from serving.access.door import Door
from serving.access.errors import Denied, TokenRefused


class TokenProblem(problems.Problem):
    """A problem document that also speaks the standard's words (RFC 6749, section 5.2)."""

    error: str = Field(examples=["invalid_client"])
    error_description: str


def refuse(request: Request, error: Exception) -> Response:
    """Answer a denial."""
    if not isinstance(error, Denied):
        raise error
    if error.noted:
        _note(request, error)
    kind = error.status, error.code, error.title
    said = error.expected, error.found, error.remedy
    found = problems.document(request.url.path, kind, said)
    if isinstance(error, TokenRefused):
        found = TokenProblem(**dict(found), error=error.error, error_description=str(error))
    return problems.answer(request, found, error.headers)


def _note(request: Request, error: Denied) -> None:
    path = getattr(request.scope.get("route"), "path", "")
    denial = Denial(
        reason=error.reason,
        operation=f"{request.method} {path}",
        client_id=error.client_id or UNPROVEN,
        tenant=error.tenant or UNPROVEN,
        claimed=error.claimed,
    )
    cast(Door, request.state.door).denials.note(denial)
