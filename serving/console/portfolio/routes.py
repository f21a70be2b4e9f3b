"""The portfolio's page."""

from collections.abc import Sequence

from starlette.responses import Response

from serving.console.officers.role import RISK
from serving.console.page import page
from serving.console.portfolio.books import BOOKS
from serving.console.portfolio.concentration import Concentration, concentration
from serving.console.portfolio.grades import by_grade, line_of, migration, scale_of
from serving.console.portfolio.holding import Holding, holdings_of
from serving.console.portfolio.regions import province_of
from serving.console.portfolio.watch_list import by_signal, watch_list
from serving.console.portfolio.whereabouts import whereabouts
from serving.console.portrait.reading import goods_of
from serving.console.visit import Visit
from serving.console.warnings import words
from serving.console.warnings.routes import lately
from serving.console.warnings.tally import LOOKS_BACK, tally
from serving.console.worklist.dates import dates_of
from serving.console.worklist.urgency import SIGNALS
from serving.limits.amounts import UNKNOWN
from serving.warnings.log import Warnings

BESIDE = 10
"""Cases of the watch list, and warnings, that the page shows."""


def show(visit: Visit) -> Response:
    """Show what all cases of the officer's lender add up to."""
    rooms, tenant = visit.rooms, visit.officer.tenant
    holdings = holdings_of(rooms.ledger().engine, tenant, visit.now)
    cases = {holding.case.enterprise_id: holding.case for holding in holdings}
    scale, caps = scale_of(rooms.policy, holdings), rooms.policy.caps
    log = Warnings(rooms.ledger().engine)
    still_open, closed = lately(visit, cases)
    watched = watch_list(holdings, dates_of(visit, cases.values()).grounds, still_open)
    chapters = concentration(
        (
            (None if chapter == UNKNOWN else chapter, h.case.enterprise_id, value)
            for h in holdings
            for chapter, value in h.stock.items()
        ),
        caps.chapter,
    )
    book = BOOKS.at(rooms.record(), visit.today)
    return visit.page(
        "portfolio/portfolio.html",
        total=line_of(holdings, len(holdings)),
        grades=by_grade(holdings, scale),
        lends={grade.name: grade.lend for grade in rooms.policy.grades},
        moves=migration(holdings, scale),
        watched=watched[:BESIDE],
        watched_all=len(watched),
        marked=by_signal(watched),
        signals=SIGNALS,
        warned=log.some(tenant, [one.warning_id for one in still_open[: -BESIDE - 1 : -1]]),
        tally=tally(still_open, closed, visit.now),
        looks_back=LOOKS_BACK,
        names_held=_names(holdings, visit),
        chapters=chapters,
        goods={one.key: goods_of(one.key) for one in chapters.portions if one.key},
        found=None if book is None else whereabouts(rooms.record(), book, holdings, rooms.policy),
        provinces=province_of,
        policy=rooms.policy,
        scored=sum(holding.case.status == "scored" for holding in holdings),
        pledged=sum([holding.pledged_fen for holding in holdings]),
        today=visit.today,
        now=visit.now,
        words=words,
    )


def _names(holdings: Sequence[Holding], visit: Visit) -> Concentration:
    parts = ((h.case.enterprise_id, h.case.enterprise_id, h.exposure_fen) for h in holdings)
    return concentration(parts, visit.rooms.policy.caps.name)


ROUTES = (page("/portfolio", show, "portfolio", RISK),)
