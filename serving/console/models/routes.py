"""The models' pages."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serving.console.cases import cases_of
from serving.console.models import charts, words
from serving.console.models.card import rendered
from serving.console.models.drift import Watched, by_month, newest, watched
from serving.console.models.history import history
from serving.console.models.labels import bin_label, feature_title, month_label
from serving.console.models.outcomes import defaults_of
from serving.console.models.realised import Realised, cohorts, realised
from serving.console.models.report import VERDICTS, report_page
from serving.console.models.scored import Answered, answers_by, drawn, read_scores
from serving.console.models.shown import ShownModel, challenger
from serving.console.models.window import Window
from serving.console.officers.role import MODEL
from serving.console.page import page
from serving.console.visit import Visit
from serving.errors import NotReady
from training.model.dossier import Dossier, read_dossier, read_report_file
from training.model.reference import Reference

_TYPES = {"report.json": "application/json", "report.html": "text/html; charset=utf-8"}
_LISTED = 10
"""Features whose spreads are drawn."""


@dataclass(frozen=True)
class Seen:
    """What the lender's scores tell of the champion.

    Attributes
    ----------
    cases, looked_at : int
        Of the lender, and of how many of them the scores were read.
    drift : Watched or None
        None where the bundle keeps no reference.
    settled, running : Realised or None
    settles : int or None
        When the first running answers will be settled.
    """

    cases: int
    looked_at: int
    drift: Watched | None
    settled: Realised | None
    running: Realised | None
    settles: int | None


def show(visit: Visit) -> Response:
    """Show champion and challenger, how the champion does, and how it came into force."""
    rooms, shelf = visit.rooms, visit.rooms.settings.models
    champion, fault = None, ""
    try:
        champion = ShownModel.of_bundle(rooms.throne.champion(), shelf)
    except NotReady as error:
        fault = error.reasons[0] if error.reasons else ""
    rival = challenger(shelf, "" if champion is None else champion.hash)
    card = None if champion is None else champion.card
    return visit.page(
        "models/models.html",
        champion=champion,
        challenger=rival,
        fault=fault or rooms.throne.fault,
        seen=None if champion is None else _seen(visit, champion),
        card=None if card is None else rendered(card),
        rival_card=rendered(rival.card) if rival and rival.card else None,
        history=history(rooms.settings.promotions),
        told=words,
        charts=charts,
        listed=_LISTED,
        title_of=lambda name: feature_title(name, visit.language),
        label_of=lambda one, name: bin_label(one, name, visit.language),
        month_of=month_label,
    )


def show_report(visit: Visit) -> Response:
    """Show the validation report of a model, check by check."""
    shelf = visit.rooms.settings.models
    wanted = visit.query("verdict")
    found = report_page(shelf, _dossier(visit), wanted if wanted in VERDICTS else "")
    return visit.page("models/report.html", found=found, wanted=wanted, told=words)


def send_report(visit: Visit) -> Response:
    """Hand out a file of the report as it was kept, to be saved: no page of the console."""
    name = visit.request.path_params["file"]
    if name not in _TYPES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    dossier = _dossier(visit)
    content = read_report_file(visit.rooms.settings.models, dossier, name)
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    told = dossier.model
    saved = f"validation-{told['name']}-{told['version']}.{name.rpartition('.')[2]}"
    headers = {"content-disposition": f'attachment; filename="{saved}"'}
    return Response(content, media_type=_TYPES[name], headers=headers)


def _dossier(visit: Visit) -> Dossier:
    model_hash = visit.request.path_params["model_hash"]
    found = read_dossier(visit.rooms.settings.models, model_hash)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _seen(visit: Visit, champion: ShownModel) -> Seen:
    rooms, tenant, today = visit.rooms, visit.officer.tenant, visit.today
    ledger = rooms.ledger().engine
    cases = cases_of(ledger, tenant, visit.now)
    codes = drawn(cases)
    answers = answers_by(ledger, tenant, codes, champion.hash, today)
    window = Window.of(champion.facts)
    both = cohorts(answers, window, today)
    reference = Reference.read(champion.facts)
    wanted = {one.score_id: one for cohort in both for one in cohort.answers}
    wanted |= _of_drift(answers) if reference else {}
    read = read_scores(ledger, tenant, list(wanted.values()))
    scores = {one.answered.score_id: one for one in read}
    defaults = defaults_of(rooms.record(), codes, today)
    scale = ([grade.name for grade in rooms.policy.grades], today)
    settled, running = (realised(one, scores, defaults, window, scale) for one in both)
    return Seen(
        cases=len(cases),
        looked_at=len(codes),
        drift=None if reference is None else watched(reference, answers, scores),
        settled=settled,
        running=running,
        settles=None if running is None else window.settles(running.first),
    )


def _of_drift(answers: list[Answered]) -> dict[str, Answered]:
    recent = [one for month in by_month(answers).values() for one in month]
    return {one.score_id: one for one in (*newest(answers), *recent)}


ROUTES = (
    page("/models", show, "models", MODEL),
    page("/models/{model_hash}/report", show_report, "model_report", MODEL),
    page("/models/{model_hash}/{file}", send_report, "model_report_file", MODEL),
)
