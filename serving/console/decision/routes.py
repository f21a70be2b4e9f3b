"""The decision's page: what stands, what can be done, and all that was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from serving.audit.turn import Overtaken
from serving.console.case.answers import Answer
from serving.console.case.routes import case_answers
from serving.console.decision import words
from serving.console.decision.act import Step
from serving.console.decision.form import Ground, Wanted, read, step_of
from serving.console.decision.log import Decisions
from serving.console.decision.standing import Actor, permitted, required, standing_of
from serving.console.language import mark
from serving.console.navigation import CASE_LINKS
from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.visit import Visit

PLACE = "place"
"""Field of every form: how many acts the officer saw. A form that saw fewer is not taken."""
_OVERTAKEN = mark("Another officer acted in the meantime. Look at what stands now, then decide.")


@dataclass(frozen=True)
class Desk:
    """What lies before an officer who decides.

    Attributes
    ----------
    history : tuple of Answer
        About the enterprise, the oldest first.
    shown : Answer
        The one that is decided about.
    steps : tuple of Step
        All acts about the enterprise, the oldest first.
    ground : Ground
    """

    history: tuple[Answer, ...]
    shown: Answer
    steps: tuple[Step, ...]
    ground: Ground


def show(visit: Visit) -> Response:
    """Show where the decision about the newest score stands."""
    return _page(visit, _desk(visit))


def decide(visit: Visit) -> Response:
    """Take an officer's act, or tell beside the form what is wrong with it."""
    desk = _desk(visit)
    if visit.form.get(PLACE) != str(desk.ground.standing.place):
        return _page(visit, desk, {"act": _OVERTAKEN}, HTTPStatus.CONFLICT)
    wanted = read(visit.form, desk.ground)
    if not isinstance(wanted, Wanted):
        return _page(visit, desk, wanted, HTTPStatus.UNPROCESSABLE_ENTITY)
    officer = visit.officer
    by = (officer.tenant, officer.name, officer.called)
    try:
        _log(visit).append(step_of(wanted, desk.ground, visit.now, by))
    except Overtaken:
        return _page(visit, _desk(visit), {"act": _OVERTAKEN}, HTTPStatus.CONFLICT)
    return visit.go("decision", enterprise_id=_enterprise(visit))


def _enterprise(visit: Visit) -> str:
    return str(visit.request.path_params["enterprise_id"])


def _log(visit: Visit) -> Decisions:
    return Decisions(visit.rooms.ledger().engine)


def _desk(visit: Visit) -> Desk:
    enterprise_id = _enterprise(visit)
    history = case_answers(visit, enterprise_id)
    named = visit.form.get("score", visit.query("score"))
    shown = next((one for one in history if one.score_id == named), history[-1])
    steps = _log(visit).of_enterprise(visit.officer.tenant, enterprise_id)
    standing = standing_of(steps, shown.score_id)
    allowed = permitted(
        standing,
        Actor(visit.officer.name, visit.officer.role.value),
        visit.rooms.policy.authority,
        newest=shown.score_id == history[-1].score_id,
        scored=shown.is_scored,
    )
    return Desk(history, shown, steps, Ground(shown.told, visit.rooms.policy, standing, allowed))


def _page(
    visit: Visit,
    desk: Desk,
    faults: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    ground, waiting = desk.ground, desk.ground.standing.waiting
    visit.viewed("decision", _enterprise(visit), score_id=desk.shown.score_id)
    return visit.page(
        "decision/decision.html",
        status,
        enterprise_id=_enterprise(visit),
        tabs=CASE_LINKS,
        here="decision",
        answer=desk.shown,
        told=desk.shown.told,
        standing=ground.standing,
        steps=desk.steps,
        as_ofs={one.score_id: one.as_of for one in desk.history},
        newest=desk.shown.score_id == desk.history[-1].score_id,
        allowed={act.value for act in ground.allowed},
        faults=faults or {},
        sent=visit.form if faults else {},
        grades=ground.grades,
        policy=ground.policy,
        second=None if waiting is None else required(waiting, ground.policy.authority),
        words=words,
    )


ROUTES = (
    page("/cases/{enterprise_id}/decision", show, "decision", RISK),
    page("/cases/{enterprise_id}/decision", decide, "decide", RISK, method="POST"),
)
