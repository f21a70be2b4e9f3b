"""The console's cookies: the session's token and the language."""

from starlette.requests import Request
from starlette.responses import Response

from serving.console.language import COOKIE as LANGUAGE
from serving.console.officers.sessions import LONGEST

SESSION = "cargoworthy_session"
PATH = "/console"
_SECOND = 1_000_000
_YEAR = 365 * 24 * 3_600
_LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


def remember(request: Request, response: Response, token: str) -> None:
    """Give a browser its session: no script reads it, no other site sends it with a form."""
    response.set_cookie(
        SESSION,
        token,
        max_age=LONGEST // _SECOND,
        path=PATH,
        secure=_secure(request),
        httponly=True,
        samesite="lax",  # strict would ask an officer who follows a colleague's link to sign in
    )


def forget(request: Request, response: Response) -> None:
    """Take a browser's session back."""
    response.delete_cookie(
        SESSION, path=PATH, secure=_secure(request), httponly=True, samesite="lax"
    )


def speak(request: Request, response: Response, language: str) -> None:
    """Keep the language for later pages."""
    response.set_cookie(
        LANGUAGE,
        language,
        max_age=_YEAR,
        path=PATH,
        secure=_secure(request),
        httponly=True,
        samesite="lax",
    )


def _secure(request: Request) -> bool:
    """Over a network always; on this machine alone a browser may speak plainly."""
    return request.url.hostname not in _LOOPBACK
