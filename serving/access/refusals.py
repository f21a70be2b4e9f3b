"""Denials as problem documents."""

from fastapi import Request, Response
from pydantic import Field

from serving import problems
from serving.access.errors import Denied, TokenRefused


class TokenProblem(problems.Problem):
    """A problem document that also speaks the standard's words (RFC 6749, section 5.2)."""

    error: str = Field(examples=["invalid_client"])
    error_description: str


def refuse(request: Request, error: Exception) -> Response:
    """Answer a denial."""
    if not isinstance(error, Denied):
        raise error
    said = {
        "type": problems.URN + error.code,
        "title": error.title,
        "status": error.status,
        "detail": f"Expected {error.expected}, found {error.found}; {error.remedy}.",
        "instance": request.url.path[:200],
        "expected": error.expected,
        "found": error.found,
        "remedy": error.remedy,
    }
    if isinstance(error, TokenRefused):
        said |= {"error": error.error, "error_description": str(error)}
        return problems.answer(request, TokenProblem.model_validate(said), error.headers)
    return problems.answer(request, problems.Problem.model_validate(said), error.headers)
