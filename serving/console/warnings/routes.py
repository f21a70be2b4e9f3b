"""The warnings' pages: the list by where they stand, and a page each."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serving.audit.turn import Overtaken
from serving.console.cases import Case, cases_of
from serving.console.figures.times import days_between
from serving.console.language import mark
from serving.console.officers.role import RISK, OfficerRole
from serving.console.page import page
from serving.console.visit import Visit
from serving.console.warnings import words
from serving.console.warnings.form import Faults, Wanted, event_of, read
from serving.console.warnings.tally import LOOKS_BACK, tally
from serving.warnings.event import Kind
from serving.warnings.handling import DAY, GRAVE, ClosedWarning, Handling, OpenWarning, permitted
from serving.warnings.log import Warnings

AT_ONCE = 50
"""Warnings on a page of the list."""
STATES = ("open", "raised", "taken", "closed")
PLACE = "place"
"""Field of every form: how many events the officer saw. A form that saw fewer is not taken."""
_OVERTAKEN = mark("Another officer acted in the meantime. Look at what stands now, then act.")


def show_all(visit: Visit) -> Response:
    """Show the warnings of the lender's cases by where they stand."""
    cases = {
        case.enterprise_id: case
        for case in cases_of(visit.rooms.ledger().engine, visit.officer.tenant, visit.now)
    }
    still_open, closed = lately(visit, cases)
    state = visit.query("state", "open")
    if state not in STATES:
        state = "open"
    found = chosen(still_open, closed, state)
    pages = max(1, -(-len(found) // AT_ONCE))
    number = visit.query("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    at = min(max(1, at), pages)
    shown = _log(visit).some(visit.officer.tenant, found[(at - 1) * AT_ONCE : at * AT_ONCE])
    return visit.page(
        "warnings/warnings.html",
        list=shown,
        cases=cases,
        state=state,
        states=STATES,
        tally=tally(still_open, closed, visit.now),
        page_at=at,
        pages_all=pages,
        looks_back=LOOKS_BACK,
        days={one.raised.warning_id: days_between(one.raised.at, visit.now) for one in shown},
        now=visit.now,
        words=words,
    )


def lately(
    visit: Visit, known: Mapping[str, Case]
) -> tuple[list[OpenWarning], list[ClosedWarning]]:
    """Warnings of the lender's cases: those open, the oldest first, and those closed lately."""
    log, tenant = _log(visit), visit.officer.tenant
    closed = log.closed(tenant, visit.now - LOOKS_BACK * DAY)
    return (
        [one for one in log.open(tenant) if one.enterprise_id in known],
        [one for one in closed if one.enterprise_id in known],
    )


def chosen(
    still_open: Sequence[OpenWarning], closed: Sequence[ClosedWarning], state: str
) -> list[str]:
    """Ids of warnings in one state: the oldest open ones first, of the closed the last."""
    if state == "closed":
        return [one.warning_id for one in sorted(closed, key=lambda one: -one.closed_at)]
    return [one.warning_id for one in still_open if state in ("open", one.state)]


def show(visit: Visit) -> Response:
    """Show one warning and what was done about it."""
    return _page(visit, _found(visit))


def act(visit: Visit) -> Response:
    """Take what an officer does about a warning, or tell beside the form what is wrong with it."""
    handling = _found(visit)
    if visit.form.get(PLACE) != str(handling.place):
        return _page(visit, handling, {"act": _OVERTAKEN}, HTTPStatus.CONFLICT)
    wanted = read(visit.form, _allowed(visit, handling))
    if not isinstance(wanted, Wanted):
        return _page(visit, handling, wanted, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _log(visit).append(event_of(wanted, handling, visit.now, visit.officer))
    except Overtaken:
        return _page(visit, _found(visit), {"act": _OVERTAKEN}, HTTPStatus.CONFLICT)
    return visit.go("warning", warning_id=handling.raised.warning_id)


def _log(visit: Visit) -> Warnings:
    return Warnings(visit.rooms.ledger().engine)


def _found(visit: Visit) -> Handling:
    warning_id = str(visit.request.path_params["warning_id"])
    if not warning_id.isprintable():
        raise HTTPException(HTTPStatus.NOT_FOUND)  # PostgreSQL refuses to look for some signs
    handling = _log(visit).find(visit.officer.tenant, warning_id)
    if handling is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    visit.consented(handling.raised.enterprise_id)
    return handling


def _allowed(visit: Visit, handling: Handling) -> frozenset[Kind]:
    officer = visit.officer
    return permitted(handling, officer.name, senior=officer.role is OfficerRole.APPROVER)


def _page(
    visit: Visit, handling: Handling, faults: Faults | None = None, status: int = HTTPStatus.OK
) -> Response:
    raised = handling.raised
    visit.viewed("warning", raised.enterprise_id, warning_id=raised.warning_id)
    return visit.page(
        "warnings/warning.html",
        status,
        handling=handling,
        allowed={kind.value for kind in _allowed(visit, handling)},
        days=days_between(raised.at, handling.closed.at if handling.closed else visit.now),
        grave=GRAVE,
        faults=faults or {},
        sent=visit.form if faults else {},
        now=visit.now,
        words=words,
    )


ROUTES = (
    page("/warnings", show_all, "warnings", RISK),
    page("/warnings/{warning_id}", show, "warning", RISK),
    page("/warnings/{warning_id}", act, "handle_warning", RISK, method="POST"),
)
