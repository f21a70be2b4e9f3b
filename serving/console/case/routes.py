"""The pages of one case: its score, and the messages behind it."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serving.console.case.answers import Answer, answers_of
from serving.console.case.improvements import improvements_of
from serving.console.case.message import message_of
from serving.console.case.reading import case_page, compared
from serving.console.decision import words
from serving.console.decision.log import Decisions
from serving.console.decision.standing import standing_of
from serving.console.navigation import CASE_LINKS
from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.visit import Visit
from serving.objections.log import disputed
from supervision.providers.vouching import vouched_for


def show(visit: Visit) -> Response:
    """Show one enterprise: its newest score, or the one that ``?score=`` names."""
    enterprise_id = visit.request.path_params["enterprise_id"]
    history = case_answers(visit, enterprise_id)
    wanted = visit.query("score")
    shown = next((one for one in history if one.score_id == wanted), history[-1])
    before = compared(history, shown, visit.query("with"))
    visit.viewed("case", enterprise_id, score_id=shown.score_id)
    rooms = visit.rooms
    found = case_page(rooms, history, shown, before)
    better = improvements_of(rooms, shown, visit.officer.tenant, visit.language)
    acts = Decisions(rooms.ledger().engine).of_enterprise(visit.officer.tenant, enterprise_id)
    return visit.page(
        "case/case.html",
        case=found,
        told=shown.told,
        better=better,
        acts=acts,
        decided=standing_of(acts, shown.score_id),
        words=words,
        tabs=CASE_LINKS,
        here="case",
    )


def case_answers(visit: Visit, enterprise_id: str) -> tuple[Answer, ...]:
    """Answers that the officer's lender was given about an enterprise that consents, or 404."""
    visit.consented(enterprise_id)
    ledger = visit.rooms.ledger().engine
    history = answers_of(ledger, visit.officer.tenant, enterprise_id)
    if not history:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return history


def show_message(visit: Visit) -> Response:
    """Show one message of an enterprise."""
    place = visit.request.path_params
    enterprise_id, stream = place["enterprise_id"], place["stream"]
    case_answers(visit, enterprise_id)
    if not place["message_id"].isprintable():
        raise HTTPException(HTTPStatus.NOT_FOUND)  # PostgreSQL refuses to look for some signs
    found = message_of(
        visit.rooms.record(),
        enterprise_id,
        stream,
        place["message_id"],
        visit.officer.tenant,
        visit.query("provider"),
    )
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    record, ledger = visit.rooms.record(), visit.rooms.ledger()
    number = record.number_of([enterprise_id])[enterprise_id]
    signed = vouched_for(record.engine, stream, number, [found.message_id])
    disputes = ledger.questions.ask(lambda asked: disputed(asked, [enterprise_id]))
    visit.viewed("message", enterprise_id, stream=stream, message_id=found.message_id)
    return visit.page(
        "case/message.html",
        enterprise_id=enterprise_id,
        message=found,
        is_disputed=found.position in disputes.get(enterprise_id, ()),
        signed_with=signed[found.position].key_id if found.position in signed else None,
        tabs=CASE_LINKS,
        here="message",
    )


ROUTES = (
    page("/cases/{enterprise_id}", show, "case", RISK),
    page(
        "/cases/{enterprise_id}/messages/{stream}/{message_id:path}",
        show_message,
        "message",
        RISK,
    ),
)
