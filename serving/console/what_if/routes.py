"""The what-if page: a form of levers, and what the score would be."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serving.console.case.answers import Answer
from serving.console.case.routes import case_answers
from serving.console.navigation import CASE_LINKS
from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.visit import Visit
from serving.console.what_if.bench import Bench, bench_of
from serving.console.what_if.plan import plan_of
from serving.console.what_if.reading import what_if
from serving.errors import Declined
from serving.scores.replay import Stores, recovered


def show(visit: Visit) -> Response:
    """Show what the newest score would be after the plan that the address states."""
    enterprise_id = visit.request.path_params["enterprise_id"]
    answer = case_answers(visit, enterprise_id)[-1]
    bench = _bench(visit, answer)
    found = None if bench is None else what_if(bench, plan_of(_query(visit), bench.actions))
    visit.viewed(
        "what_if",
        enterprise_id,
        score_id=answer.score_id,
        **(found.told if found is not None else {}),
    )
    return visit.page(
        "what_if/what_if.html",
        enterprise_id=enterprise_id,
        tabs=CASE_LINKS,
        here="what_if",
        answer=answer,
        told=answer.told,
        found=found,
    )


def _query(visit: Visit) -> dict[str, str]:
    return dict(visit.request.query_params)


def _bench(visit: Visit, answer: Answer) -> Bench | None:
    """The answer on the bench; None where there is no score, or its model is kept no longer."""
    rooms = visit.rooms
    entry = rooms.ledger().entry(answer.score_id, visit.officer.tenant)
    if entry is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        scorer, placed = recovered(entry, Stores.of(rooms))
        return bench_of(entry, scorer, placed, rooms.peers)
    except Declined:
        return None


ROUTES = (page("/cases/{enterprise_id}/what-if", show, "what_if", RISK),)
