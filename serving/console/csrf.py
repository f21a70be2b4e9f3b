"""Forms that another site sends in an officer's name are refused, by two signs of their own.

The browser says from where a form was sent (``Origin``, ``Sec-Fetch-Site``), and each form of a
session carries a token that only this service's pages know (OWASP's cheat sheet on CSRF).
"""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request

FIELD = "form_token"


def from_elsewhere(request: Request) -> bool:
    """Whether a form was sent by a page of another site, as far as the browser tells."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def is_forged(form: Mapping[str, str], token: str) -> bool:
    """Whether a form lacks the session's token."""
    return not hmac.compare_digest(form.get(FIELD, "").encode(), token.encode())
