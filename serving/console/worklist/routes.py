"""The worklist's page."""

from starlette.responses import Response

from features.calendar import DAY
from serving.console.cases import Case, cases_of
from serving.console.decision.log import Decisions
from serving.console.figures.times import days_between
from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.visit import Visit
from serving.console.worklist.maturities import maturities
from serving.console.worklist.objections import open_objections
from serving.console.worklist.reading import ORDERS, Wanted, worklist
from serving.console.worklist.urgency import SIGNALS, grounds
from serving.policy import DEFAULTED

TOP_UP_DAYS = 5
"""Days after the score that found goods below a line until they must be topped up: what pledge
contracts usually grant. The lender's own contract decides."""
_BESIDE = 8
"""Lines that each list beside the worklist shows."""


def show(visit: Visit) -> Response:
    """Show the cases of the officer's lender by urgency."""
    rooms, tenant = visit.rooms, visit.officer.tenant
    ledger = rooms.ledger().engine
    cases = cases_of(ledger, tenant, visit.now)
    known = {case.enterprise_id for case in cases}
    ends = [m for m in maturities(rooms.record(), tenant, visit.today) if m.enterprise_id in known]
    days: dict[str, int] = {}
    for end in ends:
        days.setdefault(end.enterprise_id, days_between(visit.today, end.matures_at))
    objections = open_objections(ledger, known, visit.now)
    disputing = frozenset(objection.enterprise_id for objection in objections)
    overrides = Decisions(ledger).waiting(tenant)
    waiting = frozenset(step.enterprise_id for step in overrides)
    policy = rooms.policy
    wanted = _wanted(visit)
    found = worklist(cases, grounds(policy, days, disputing, waiting), wanted)
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
