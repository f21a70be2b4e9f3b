"""The worklist's page."""

from starlette.responses import Response

from features.calendar import DAY
from serving.console.cases import Case, cases_of
from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.visit import Visit
from serving.console.worklist.dates import dates_of
from serving.console.worklist.reading import ORDERS, Wanted, worklist
from serving.console.worklist.urgency import SIGNALS
from serving.policy import DEFAULTED

TOP_UP_DAYS = 5
"""Days after the score that found goods below a line until they must be topped up: what pledge
contracts usually grant. The lender's own contract decides."""
_BESIDE = 8
"""Lines that each list beside the worklist shows."""


def show(visit: Visit) -> Response:
    """Show the cases of the officer's lender by urgency."""
    rooms, tenant = visit.rooms, visit.officer.tenant
    cases = cases_of(rooms.ledger().engine, tenant, visit.now)
    dates = dates_of(visit, cases)
    ends, objections = dates.ends, dates.objections
    policy = rooms.policy
    wanted = _wanted(visit)
    found = worklist(cases, dates.grounds, wanted)
    below = sorted(_below(cases), key=lambda case: (case.as_of, -(case.missing_fen or 0)))
    return visit.page(
        "worklist/worklist.html",
        list=found,
        wanted=wanted,
        orders=tuple(ORDERS),
        signals=SIGNALS,
        grades=(*(grade.name for grade in policy.grades), DEFAULTED),
        maturities=ends[:_BESIDE],
        more_maturities=max(0, len(ends) - _BESIDE),
        objections=objections[:_BESIDE],
        more_objections=max(0, len(objections) - _BESIDE),
        below=[(case, case.as_of + TOP_UP_DAYS * DAY) for case in below[:_BESIDE]],
        more_below=max(0, len(below) - _BESIDE),
        today=visit.today,
        now=visit.now,
    )


def _wanted(visit: Visit) -> Wanted:
    number = visit.query("page", "1")
    order = visit.query("order", "urgency")
    return Wanted(
        text=visit.query("q").strip()[:40],
        grade=visit.query("grade")[:4],
        signal=visit.query("signal")[:20],
        order=order if order in ORDERS else "urgency",
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
    )


def _below(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.goods in ("alert", "close_out")]


ROUTES = (page("/worklist", show, "worklist", RISK),)
