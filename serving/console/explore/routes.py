"""Where browsers get the charting library: this one file and no other of its package."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from serving.console.explore.library import compressed, library
from serving.console.officers.role import EVERYBODY
from serving.console.page import page
from serving.console.visit import Visit

_TYPE = "text/javascript; charset=utf-8"
_KEPT = "private, max-age=31536000, immutable"


def send(visit: Visit) -> Response:
    """Send the script; a browser keeps it for a year under the version that it asked for.

    While workers of two versions run, one may be asked for the other's: that is not kept.
    """
    found = library()
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    kept = _KEPT if visit.query("v") == found.version else "no-store"
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    if "gzip" not in visit.request.headers.get("accept-encoding", ""):
        return FileResponse(found.path, headers=headers, media_type=_TYPE)
    headers["Content-Encoding"] = "gzip"
    return Response(compressed(found.path), headers=headers, media_type=_TYPE)


ROUTES = (page("/library/plotly.min.js", send, "library", EVERYBODY),)
