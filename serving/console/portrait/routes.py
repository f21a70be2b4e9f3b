"""The portrait page (企业画像)."""

from starlette.responses import Response

from serving.access.consents import Matter
from serving.console.case.routes import case_answers
from serving.console.explore.explored import explored
from serving.console.explore.network import network_figure
from serving.console.navigation import CASE_LINKS
from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.portrait import words
from serving.console.portrait.months_chart import months_chart
from serving.console.portrait.network_picture import network_picture
from serving.console.portrait.reading import portrait_page
from serving.console.portrait.spokes import spokes
from serving.console.portrait.ties import TITLES, TRADE
from serving.console.visit import Visit


def show(visit: Visit) -> Response:
    """Show who an enterprise is, beside its peers; it must consent to profiles, too."""
    enterprise_id = visit.request.path_params["enterprise_id"]
    case_answers(visit, enterprise_id)
    visit.consented(enterprise_id, Matter.PROFILES)
    visit.viewed("portrait", enterprise_id, as_of=visit.today)
    found = portrait_page(visit.rooms, enterprise_id, visit.officer.tenant, visit.today)
    around = spokes(found.ties, visit.language, visit.say)
    return visit.page(
        "portrait/portrait.html",
        enterprise_id=enterprise_id,
        tabs=CASE_LINKS,
        here="portrait",
        found=found,
        profile=found.profile.model_dump(),
        strong=[each.model_dump() for each in found.strong],
        weak=[each.model_dump() for each in found.weak],
        told=words,
        titles=TITLES,
        trade_kinds=TRADE,
        spokes=around,
        network=explored(visit, "network", network_figure(around, visit.say)),
        network_picture=network_picture,
        months_chart=months_chart,
    )


ROUTES = (page("/cases/{enterprise_id}/portrait", show, "portrait", RISK),)
