"""The pages of feeds: who reports how, what providers did wrong, who consented to whom."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.responses import Response

from serving.console.feeds import quarantine_routes, words
from serving.console.feeds.consents import Standing, Wanted, consents_of
from serving.console.feeds.navigation import LINKS
from serving.console.feeds.providers import providers_of
from serving.console.feeds.reading import MOST, feeds_of, picked
from serving.console.feeds.rhythm import SHOWN
from serving.console.feeds.strip import strip
from serving.console.officers.role import DATA
from serving.console.page import page
from serving.console.visit import Visit
from supervision.arrivals.tally import Tally
from supervision.contract.messages import STREAMS

COUNTED = 100_000
"""New messages of each stream that one call of a page counts at most."""
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


def show(visit: Visit) -> Response:
    """Show how each provider reports in each stream, against its own rhythm."""
    record = visit.rooms.record()
    with _tally(visit) as (tally, is_behind):
        feeds = feeds_of(tally, record, visit.today)
    stream, flag = visit.query("stream")[:20], visit.query("flag")[:20]
    text = visit.query("q").strip()[:40]
    return visit.page(
        "feeds/feeds.html",
        tabs=LINKS,
        here="feeds",
        list=picked(feeds, text, stream, flag),
        text=text,
        stream=stream,
        flag=flag,
        streams=tuple(STREAMS),
        words=words,
        strip=strip,
        days=SHOWN,
        most=MOST,
        is_behind=is_behind,
        today=visit.today,
    )


def providers(visit: Visit) -> Response:
    """Show what each provider reported, and how much of it was wrong."""
    record = visit.rooms.record()
    with _tally(visit) as (tally, is_behind):
        found = providers_of(tally, record, visit.today)
    return visit.page(
        "feeds/providers.html",
        tabs=LINKS,
        here="providers",
        list=found,
        streams=record.status().streams,
        words=words,
        is_behind=is_behind,
        today=visit.today,
    )


def consents(visit: Visit) -> Response:
    """Show who gave what to whom, what ends soon and what was taken back."""
    number, standing = visit.query("page", "1"), visit.query("standing")
    wanted = Wanted(
        enterprise=visit.query("q").strip().upper()[:18],
        lender=visit.query("lender")[:64],
        standing=standing if standing in tuple(Standing) else "",
        page=int(number) if _NUMBER.fullmatch(number) else 1,
    )
    visit.noted("viewed", "consents", page="consents", enterprise=wanted.enterprise)
    return visit.page(
        "feeds/consents.html",
        tabs=LINKS,
        here="consents",
        list=consents_of(visit.door.lock().store, wanted, visit.now),
        wanted=wanted,
        words=words,
        now=visit.now,
    )


@contextmanager
def _tally(visit: Visit) -> Iterator[tuple[Tally, bool]]:
    """The tally, counted on by a stretch, and whether more is left to count."""
    tally = Tally.open(visit.rooms.settings.arrivals, visit.rooms.record())
    try:
        is_behind = tally.advance(COUNTED) >= COUNTED
        yield tally, is_behind
    finally:
        tally.close()


ROUTES = (
    page("/feeds", show, "feeds", DATA),
    page("/feeds/providers", providers, "providers", DATA),
    page("/feeds/consents", consents, "consents", DATA),
    *quarantine_routes.ROUTES,
)
