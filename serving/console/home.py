"""The console's entrance: each officer's first page."""

from starlette.responses import Response

from serving.console.navigation import links
from serving.console.officers.role import EVERYBODY
from serving.console.page import page
from serving.console.visit import Visit, there


def home(visit: Visit) -> Response:
    """Go on to the first page that the officer may open and that is there."""
    for link in links(visit.officer, there(visit.request)):
        return visit.go(link.name)
    return visit.page("templates/nothing.html")


ROUTES = (page("/", home, "home", EVERYBODY),)
