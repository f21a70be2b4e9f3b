"""The pages of feeds: rhythm, providers, consents; and who may not open them."""

import re

import httpx
import pytest
import sqlalchemy as sa

from serving.console.feeds.providers import providers_of
from serving.console.feeds.reading import feeds_of, picked
from serving.console.feeds.rhythm import State
from supervision.archive import Archive
from supervision.arrivals.counting import AHEAD, day_of
from supervision.arrivals.tally import Tally
from supervision.ingestion import Terms
from supervision.refused import refused
from supervision.release import Repair, Verdict, line_of, release
from supervision.tables import FACTS, NAME
from tests.serving.conftest import DAY, NOW, WEAK
from tests.serving.console.conftest import BANK, Console
from tests.serving.console.feeds.conftest import (
    KEY,
    REVOKED,
    Browse,
    Port,
    counted,
)
from tests.serving.console.page_text import words

PAGES = (
    "/console/feeds",
    "/console/feeds/quarantine",
    "/console/feeds/providers",
    "/console/feeds/consents",
    "/console/feeds/quarantine/rows/1/1",
    "/console/feeds/releases/1",
)
FORMS = ("quarantine/try", "quarantine/release", "quarantine/waiting", "quarantine/rows/1/1")


@pytest.mark.parametrize("name", ["li.wei", "wang.min", "liu.yan", "banks.own"])
def test_none_but_the_ports_data_officers_open_feeds(browse: Browse, name: str) -> None:
    browser = browse(name)
    for path in PAGES:
        assert browser.get(path).status_code == 403, path
    home = browser.get("/console/", follow_redirects=True).text
    assert "/console/feeds" not in home
    token = re.search(r'name="form_token" value="([^"]+)"', home)
    assert token is not None
    for path in FORMS:
        answer = browser.post(f"/console/feeds/{path}", data={"form_token": token[1]})
        assert answer.status_code == 403, path


def test_the_ports_officer_begins_with_feeds_and_sees_no_case(browse: Browse) -> None:
    browser = browse("zhou.tao")
    assert browser.get("/console/").headers["location"] == "/console/feeds"
    for path in ("worklist", f"cases/{WEAK}", f"cases/{WEAK}/cargo"):
        assert browser.get(f"/console/{path}").status_code == 403


def test_each_feed_stands_with_its_own_silence(port: Port, tally: Tally) -> None:
    feeds = {feed.stream: feed for feed in feeds_of(tally, port.record, NOW)}
    for stream, feed in feeds.items():
        table = FACTS[stream].c
        newest = (
            sa.select(sa.func.max(table.known_at))
            .join(NAME, NAME.c.number == table.provider_id)
            .where(table.known_at < (day_of(NOW) + 1) * DAY - AHEAD)
        )
        with port.record.engine.connect() as connection:
            at = connection.execute(newest.where(NAME.c.text == feed.provider)).scalar_one()
        assert feed.rhythm.newest == at
    later = {feed.stream: feed for feed in feeds_of(tally, port.record, NOW + 40 * DAY)}
    assert later["declaration"].rhythm.silent_days == feeds["declaration"].rhythm.silent_days + 40
    assert later["declaration"].rhythm.state is State.SILENT


def test_feeds_are_picked_by_name_stream_and_state(port: Port, tally: Tally) -> None:
    feeds = feeds_of(tally, port.record, NOW + 40 * DAY)
    silent = picked(feeds, "", "", "silent")
    assert silent.found == silent.by_flag["silent"] > 0
    assert all(feed.rhythm.state is State.SILENT for feed in silent.lines)
    (title,) = picked(feeds, "itl", "title", "").lines
    assert (title.provider, title.stream) == ("TITLE", "title")
    assert picked(feeds, "itl", "custody", "").found == 0
    states = [feed.rhythm.state for feed in picked(feeds, "", "", "").lines]
    assert states == sorted(states, key=list(State).index)


def test_the_page_tells_each_feed_and_finds_it(port: Port, browse: Browse) -> None:
    browser = browse("zhou.tao")
    said = words(browser.get("/console/feeds").text)
    assert "CUSTODY Custody" in said
    assert "TITLE Title" in said
    found = words(browser.get("/console/feeds", params={"q": "titl"}).text)
    assert "TITLE Title" in found
    assert "CUSTODY Custody" not in found
    strange = {"q": "%", "stream": "x", "flag": "y"}
    assert "No feed fits" in browser.get("/console/feeds", params=strange).text


def test_a_providers_record_counts_its_own_rows(port: Port, tally: Tally) -> None:
    before = {one.provider: one for one in providers_of(tally, port.record, NOW).lines}
    port.send(counted("X1", unit="t"), counted("X2", kind="sold"), counted("X3", provider_id="?"))
    found = providers_of(tally, port.record, NOW)
    after = {one.provider: one for one in found.lines}
    assert after["CUSTODY"].quarantined == before["CUSTODY"].quarantined + 2
    assert found.unnamed >= 1
    assert after["TITLE"] == before["TITLE"]
    custody, kinds = FACTS["custody"], (2, 5)
    with port.record.engine.connect() as connection:
        query = sa.select(custody.c.kind, sa.func.count()).group_by(custody.c.kind)
        by_kind = {row[0]: row[1] for row in connection.execute(query)}
    told = after["CUSTODY"]
    assert told.checks == by_kind[kinds[0]]
    assert told.disagreements == 0
    assert told.disagreeing_share == 0
    share = told.quarantined / (told.messages + told.reversals + told.quarantined)
    assert told.quarantined_share == share
    assert after["TITLE"].disagreeing_share is None


def test_duplicates_are_told_of_files_that_are_one_providers(port: Port, tally: Tally) -> None:
    def told() -> int | None:
        tally.count()
        lines = providers_of(tally, port.record, NOW).lines
        return next(one.duplicates for one in lines if one.provider == "CUSTODY")

    port.send(counted("Y1"), counted("Y2", pile="P1"))
    before = told()
    port.send(counted("Y1"), counted("Y2", pile="P1"))
    port.send(counted("Y1"), counted("Y3"))
    assert (before, told()) == (before, (before or 0) + 3)


def test_a_row_that_was_released_was_not_sent_again(port: Port, tally: Tally) -> None:
    def told() -> int | None:
        tally.count()
        lines = providers_of(tally, port.record, NOW).lines
        return next(one.duplicates for one in lines if one.provider == "MENDED")

    mine = {"provider_id": "MENDED", "kind": "received"}
    good, wrong = counted("R1", **mine), counted("R2", unit="t", **mine)
    waits = {
        "provider_id": "MENDED",
        "occurred_at": NOW - DAY,
        "recorded_at": NOW - DAY,
        "reverses": "R3",
    }
    back = [{**waits, "message_id": "R4"}] * 2
    port.send(good, wrong, *back)
    assert told() == 0
    port.send(good, counted("R5", **mine))
    assert told() == 1
    (row,) = [one for one in refused(port.record.engine, most=1_000) if "R2" in one.content]
    lines = [line_of(row, Repair("unit", "kg"))]
    archive, terms = Archive(port.folder / "archive"), Terms(now=NOW, port_key=KEY)
    assert release(port.record.engine, archive, [row], lines, terms).verdicts == (Verdict(),)
    assert told() == 1
    # Its message comes: one of the waiting reversals is accepted, the other was sent twice.
    port.send(counted("R3", **mine))
    assert told() == 2


def test_the_pages_of_providers_add_up_to_the_row(port: Port, browse: Browse) -> None:
    said = words(browse("zhou.tao").get("/console/feeds/providers").text)
    counts = {one.stream: one.counts for one in port.record.status().streams}["title"]
    figures = (counts.received, counts.accepted, counts.quarantined, counts.duplicate)
    assert "Title " + " ".join(f"{figure:,}" for figure in figures) in said


def test_a_tally_far_behind_says_so(
    port: Port, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    (port.folder / "arrivals.db").unlink(missing_ok=True)
    for left in port.folder.glob("arrivals.db-*"):
        left.unlink()
    monkeypatch.setattr("serving.console.feeds.routes.COUNTED", 500)
    said = browse("zhou.tao").get("/console/feeds").text
    assert "cargoworthy record arrivals" in said
    assert "<tbody>" not in said
    monkeypatch.undo()
    browse("zhou.tao").get("/console/feeds")
    assert "<tbody>" in browse("zhou.tao").get("/console/feeds").text


def test_the_page_of_consents_is_noted_and_names_who_lets_whom(port: Port, browse: Browse) -> None:
    before = len(port.audited("viewed"))
    page = browse("zhou.tao").get("/console/feeds/consents", params={"q": REVOKED, "page": "x"})
    assert f"{REVOKED} {BANK} Revoked Scores, Profiles Credit decision" in words(page.text)
    row = port.audited("viewed")[before]
    assert (row["subject"], row["client_id"]) == ("consents", "console:zhou.tao")
    assert REVOKED in str(row["detail"])
    for asked in ({"q": "\0"}, {"lender": "\0"}):
        strange = browse("zhou.tao").get("/console/feeds/consents", params=asked)
        assert strange.status_code == 200
        assert "No consent fits" in words(strange.text)


def test_on_a_banks_console_no_page_names_another_lenders_feed(
    console: Console, officer: httpx.Client
) -> None:
    for path in PAGES:
        assert officer.get(path).status_code == 403
        with console.signed_in("zhou.tao") as browser:
            assert browser.get(path).status_code == 403
