"""What stands beside the cases of a lender today: maturities, objections, overrides that wait."""

from collections.abc import Iterable
from dataclasses import dataclass

from serving.console.cases import Case
from serving.console.decision.log import Decisions
from serving.console.figures.times import days_between
from serving.console.visit import Visit
from serving.console.worklist.maturities import Maturity, maturities
from serving.console.worklist.objections import OpenObjection, open_objections
from serving.console.worklist.urgency import Grounds, grounds


@dataclass(frozen=True)
class Dates:
    """What of the lender's cases waits for a day or for an officer.

    Attributes
    ----------
    ends : list of Maturity
        The nearest first.
    objections : tuple of OpenObjection
        Those due first before the others.
    grounds : Grounds
        By which urgency is judged.
    """

    ends: list[Maturity]
    objections: tuple[OpenObjection, ...]
    grounds: Grounds


def dates_of(visit: Visit, cases: Iterable[Case]) -> Dates:
    """Read them from the record and the ledger."""
    rooms, tenant = visit.rooms, visit.officer.tenant
    ledger = rooms.ledger().engine
    known = {case.enterprise_id for case in cases}
    ends = [m for m in maturities(rooms.record(), tenant, visit.today) if m.enterprise_id in known]
    days: dict[str, int] = {}
    for end in ends:
        days.setdefault(end.enterprise_id, days_between(visit.today, end.matures_at))
    objections = open_objections(ledger, known, visit.now)
    disputing = frozenset(objection.enterprise_id for objection in objections)
    waiting = frozenset(step.enterprise_id for step in Decisions(ledger).waiting(tenant))
    return Dates(ends, objections, grounds(rooms.policy, days, disputing, waiting))
