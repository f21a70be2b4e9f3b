"""The pages of an enterprise's cargo: all of it, and one lot."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serving.console.cargo import drawings, words
from serving.console.cargo.cover import covers
from serving.console.cargo.own_lots import find_lot
from serving.console.cargo.reading import cargo_page, standpoint
from serving.console.cargo.standpoint import Standpoint
from serving.console.cargo.way import Terms, lot_page
from serving.console.case.answers import Answer
from serving.console.case.routes import case_answers
from serving.console.explore.explored import explored
from serving.console.explore.timeline import timeline_figure
from serving.console.navigation import CASE_LINKS
from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.visit import Visit
from serving.objections.log import disputed


def show(visit: Visit) -> Response:
    """Show the cargo of an enterprise: as it is known now, or as ``?score=`` could see it."""
    enterprise_id = visit.request.path_params["enterprise_id"]
    answer, at = _looked_at(visit, enterprise_id)
    visit.viewed("cargo", enterprise_id, as_of=at.as_of)
    found = cargo_page(visit.rooms, at, _disputed(visit, enterprise_id))
    limit = answer.told.get("limit") or {}
    lines = limit.get("lines")
    return visit.page(
        "cargo/cargo.html",
        enterprise_id=enterprise_id,
        cargo=found,
        covers=covers(found.pledges, found.stock.lots),
        answer=answer,
        lines=lines,
        gauge=drawings.goods(lines, visit.say) if lines else None,
        worth=drawings.worth(found, visit.language, visit.say),
        timeline=drawings.exceptions(found, visit.say),
        explored=explored(visit, "timeline", timeline_figure(found, visit.language, visit.say)),
        score=visit.query("score"),
        words=words,
        tabs=CASE_LINKS,
        here="cargo",
    )


def show_lot(visit: Visit) -> Response:
    """Show one lot's whole way."""
    place = visit.request.path_params
    enterprise_id = place["enterprise_id"]
    _, at = _looked_at(visit, enterprise_id)
    rooms = visit.rooms
    facts = rooms.reader().facts_of(at.enterprise, at.position, at.as_of)
    lot = find_lot(rooms.record(), facts, at, place["lot"])
    if lot is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    visit.viewed("lot", enterprise_id, lot=lot[1].tail)
    terms = Terms(rooms.policy.eligible, _disputed(visit, enterprise_id))
    found = lot_page(rooms.record(), facts, at, lot, terms)
    return visit.page(
        "cargo/lot.html",
        enterprise_id=enterprise_id,
        at=at,
        lot=found,
        disputed=terms.disputed,
        covers=covers(found.pledges, [found.now] if found.now else []),
        score=visit.query("score"),
        words=words,
        tabs=CASE_LINKS,
        here="cargo",
    )


def _looked_at(visit: Visit, enterprise_id: str) -> tuple[Answer, Standpoint]:
    """The answer beside the cargo, and from where the cargo is looked at."""
    history = case_answers(visit, enterprise_id)
    wanted = visit.query("score")
    named = next((one for one in history if one.score_id == wanted), None)
    as_of, position = (named.as_of, named.position) if named else (visit.today, None)
    tenant = visit.officer.tenant
    found = standpoint(visit.rooms, enterprise_id, tenant, as_of, position)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return named or history[-1], found


def _disputed(visit: Visit, enterprise_id: str) -> frozenset[int]:
    ledger = visit.rooms.ledger().questions
    found = ledger.ask(lambda connection: disputed(connection, [enterprise_id]))
    return frozenset(found.get(enterprise_id, ()))


ROUTES = (
    page("/cases/{enterprise_id}/cargo", show, "cargo", RISK),
    page("/cases/{enterprise_id}/cargo/{lot}", show_lot, "lot", RISK),
)
