"""The quarantine: what is shown of a row, putting it right, releasing, and what stays as it was."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import httpx
import orjson
import pytest
import sqlalchemy as sa

from serving.app import create_app
from supervision import database
from supervision.cargo_code import CargoCode
from supervision.lock import only_ingester
from supervision.release import MOST
from supervision.tables import BATCH, FACTS
from tests.serving.conftest import DAY, NOW, WEAK, served
from tests.serving.console.feeds.conftest import (
    SECRET,
    Browse,
    Port,
    counted,
    hidden,
    row_path,
)
from tests.serving.console.page_text import words

LIST = "/console/feeds/quarantine"
TRY, RELEASE = f"{LIST}/try", f"{LIST}/release"


def quantity_of(port: Port, message_id: str) -> list[int]:
    custody = FACTS["custody"]
    query = sa.select(custody.c.quantity).where(custody.c.message_id == message_id)
    with port.record.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def repaired(browser: httpx.Client, place: tuple[int, int], **fields: str) -> httpx.Response:
    """Send the form of a row."""
    told = {"note": "Gao Fei, by telephone", **fields}
    return browser.post(row_path(place), data={**hidden(browser.get(row_path(place)).text), **told})


def tried(browser: httpx.Client, place: tuple[int, int]) -> httpx.Response:
    page = browser.get(row_path(place)).text
    return browser.post(TRY, data=hidden(page, TRY))


def test_the_list_tells_reason_source_and_field_and_nothing_else_of_a_row(
    port: Port, browse: Browse
) -> None:
    unit, stray, foreign = port.send(
        counted("L1", unit="t", pile=SECRET),
        counted("L2", driver_phone=SECRET),
        counted("L3", unit="t", provider_id=SECRET),
    )
    browser = browse("zhou.tao")
    said = words(browser.get(LIST, params={"stream": "custody"}).text)
    assert f"custody.ndjson batch {unit[0]:,}, row 1 CUSTODY Wrong unit unit 't'" in said
    assert f"batch {stray[0]:,}, row 2 CUSTODY Unknown field driver_phone" in said
    assert f"batch {foreign[0]:,}, row 3 – Wrong unit unit 't'" in said
    assert SECRET not in said
    for place in (unit, stray, foreign):
        assert SECRET not in browser.get(row_path(place)).text
    told = [row["subject"] for row in port.audited("viewed")]
    assert f"{unit[0]}:{unit[1]}" in told


def test_a_long_value_is_cut(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("C1", kind="x" * 40 + SECRET * 3))
    said = browse("zhou.tao").get(row_path(place)).text
    assert "x" * 40 in said
    assert SECRET not in said


def test_a_filter_shows_its_rows_alone(port: Port, browse: Browse) -> None:
    port.send(counted("F1", unit="t"), counted("F2", kind="sold"))
    browser = browse("zhou.tao")
    said = words(browser.get(LIST, params={"reason": "unknown_kind"}).text)
    assert "'sold'" in said
    assert "unit 't'" not in said
    assert "No row fits" in words(browser.get(LIST, params={"stream": "pledge"}).text)
    assert browser.get(LIST, params={"reason": "x", "stream": "y", "page": "z"}).status_code == 200


def test_a_field_is_put_right_after_a_preview_and_by_it(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("R1", quantity="500 kg"))
    browser = browse("zhou.tao")
    before = port.record.position()
    preview = repaired(browser, place, value="500")
    said = words(preview.text)
    assert "1 would leave the quarantine" in said
    assert "'500 kg' → 500" in said
    assert place in port.held()
    assert port.record.position() == before
    assert not quantity_of(port, "R1")
    done = browser.post(RELEASE, data=hidden(preview.text, RELEASE))
    assert done.status_code == 303
    assert place not in port.held()
    assert quantity_of(port, "R1") == [500]
    outcome = words(browser.get(done.headers["location"]).text)
    assert "1 row left the quarantine" in outcome
    assert "Field put right quantity Note Gao Fei, by telephone" in outcome
    assert f"{place[0]}:{place[1]} Accepted" in outcome
    assert browser.get(row_path(place)).status_code == 404


def test_every_release_stands_in_the_audit_log_before_and_after(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("A1", unit="t"))
    browser = browse("zhou.tao")
    preview = repaired(browser, place, value="kg")
    browser.post(RELEASE, data=hidden(preview.text, RELEASE))
    begun, done = port.audited("release-begun")[-1], port.audited("release-done")[-1]
    for row in (begun, done):
        assert (row["client_id"], row["tenant"], row["at"]) == ("console:zhou.tao", "port", NOW)
        told = orjson.loads(str(row["detail"]))
        assert told["rows"] == [f"{place[0]}:{place[1]}"]
        assert (told["field"], told["note"]) == ("unit", "Gao Fei, by telephone")
        digest = told["digest"]
        kept = port.folder / "archive" / digest[:2] / digest
        assert orjson.loads(kept.read_bytes())["message_id"] == "A1"
    assert orjson.loads(str(done["detail"]))["outcome"] == ["accepted"]
    assert done["subject"] == f"batch {told['batch']}"


def test_what_would_still_be_refused_cannot_be_released(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("S1", kind="sold"))
    browser = browse("zhou.tao")
    preview = repaired(browser, place, value="received too")
    assert "0 would leave the quarantine" in words(preview.text)
    assert RELEASE not in preview.text
    form = {**hidden(preview.text, "sign-out"), "rows": f"{place[0]}:{place[1]}", "digest": "x"}
    refused = browser.post(RELEASE, data={**form, "value": "received too", "note": "x"})
    assert refused.status_code == 409
    assert place in port.held()


def test_nothing_is_released_that_no_preview_showed(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("N1", unit="t"))
    browser = browse("zhou.tao")
    preview = repaired(browser, place, value="kg")
    form = hidden(preview.text, RELEASE)
    for changed in ({"value": "lb"}, {"digest": "0" * 64}, {"rows": "1:1"}, {"rows": "x"}):
        assert browser.post(RELEASE, data={**form, **changed}).status_code == 409, changed
    assert browser.post(RELEASE, data={**form, "note": " "}).status_code == 400
    assert place in port.held()
    assert browser.post(RELEASE, data=form).status_code == 303
    assert browser.post(RELEASE, data=form).status_code == 409
    assert quantity_of(port, "N1") == [500]


def test_a_repair_says_what_and_who_confirmed_it(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("W1", unit="t"))
    browser = browse("zhou.tao")
    for fields, fault in (
        ({"value": "", "note": "x"}, "Say what it should be"),
        ({"value": "kg", "note": "  "}, "Say who confirmed it"),
    ):
        answer = repaired(browser, place, **fields)
        assert answer.status_code == 422
        assert fault in answer.text
    assert place in port.held()


def test_an_unknown_field_is_left_out(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("U1", driver_phone=SECRET))
    browser = browse("zhou.tao")
    preview = repaired(browser, place)
    assert "left out" in words(preview.text)
    assert browser.post(RELEASE, data=hidden(preview.text, RELEASE)).status_code == 303
    assert quantity_of(port, "U1") == [500]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"message_id": "x" * 70}, "Malformed text"),
        ({"provider_id": "no such/provider"}, "Malformed text"),
        ({"stream": "pledge"}, "Wrong stream"),
    ],
)
def test_whose_message_it_is_only_its_provider_says(
    port: Port, browse: Browse, wrong: dict[str, str], reason: str
) -> None:
    (place,) = port.send({**counted("P1"), **wrong})
    browser = browse("zhou.tao")
    said = browser.get(row_path(place)).text
    assert reason in said
    assert "Only the provider can" in said
    assert 'name="value"' not in said
    token = hidden(said, "sign-out")
    answer = browser.post(row_path(place), data={**token, "value": "CUSTODY", "note": "x"})
    assert answer.status_code == 404


def test_what_lay_ahead_is_tried_again_as_it_came(port: Port, browse: Browse) -> None:
    at = NOW - DAY // 2
    ahead = [counted(f"T{n}", occurred_at=at, recorded_at=at) for n in range(2)]
    places = port.send(*ahead, counted("T9", occurred_at=1), now=NOW - DAY)
    browser = browse("zhou.tao")
    for place in places[:2]:
        preview = tried(browser, place)
        assert "1 would leave the quarantine" in words(preview.text)
        assert browser.post(RELEASE, data=hidden(preview.text, RELEASE)).status_code == 303
    assert not port.held() & set(places[:2])
    assert "0 would leave the quarantine" in words(tried(browser, places[2]).text)
    assert places[2] in port.held()
    assert "None yet" not in browser.get(LIST).text


def test_one_that_came_again_meanwhile_is_a_duplicate(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("D1", unit="t"))
    port.send(counted("D1"))
    browser = browse("zhou.tao")
    preview = repaired(browser, place, value="kg")
    assert "In the record already" in words(preview.text)
    done = browser.post(RELEASE, data=hidden(preview.text, RELEASE))
    outcome = words(browser.get(done.headers["location"]).text)
    assert f"{place[0]}:{place[1]} In the record already" in outcome
    assert quantity_of(port, "D1") == [500]


def test_waiting_reversals_are_tried_again(port: Port, browse: Browse) -> None:
    waiting = {
        "message_id": "V1",
        "provider_id": "CUSTODY",
        "occurred_at": NOW - DAY,
        "recorded_at": NOW - DAY,
        "reverses": "V0",
    }
    (place,) = port.send(waiting)
    browser = browse("zhou.tao")
    page = browser.get(row_path(place)).text
    assert TRY not in page
    form = hidden(browser.get(LIST).text, "/waiting")
    answer = browser.post(f"{LIST}/waiting", data=form, follow_redirects=True)
    assert "0 of them wait no longer" in answer.text
    assert place in port.held()
    told = [orjson.loads(str(row["detail"])) for row in port.audited("reversals-tried")]
    assert told[-1] == {"settled": 0}


def test_while_messages_are_taken_in_nothing_is_released(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("B1", unit="t"))
    browser = browse("zhou.tao")
    preview = repaired(browser, place, value="kg")
    with only_ingester(port.record.engine):
        busy = browser.post(RELEASE, data=hidden(preview.text, RELEASE))
    assert busy.status_code == 409
    assert "try again when that has ended" in busy.text
    assert place in port.held()


def test_while_somebody_else_writes_every_form_says_so(
    port: Port, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place,) = port.send(counted("Q1", unit="t"))
    browser = browse("zhou.tao")
    page = browser.get(row_path(place)).text
    told = {"value": "kg", "note": "Gao Fei"}
    form = hidden(browser.post(row_path(place), data={**hidden(page), **told}).text, RELEASE)
    monkeypatch.setattr(database, "_BUSY_MS", 20)
    monkeypatch.setattr(database, "_TURNS", 2)
    with closing(sqlite3.connect(port.folder / "record.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        answers = [
            browser.post(TRY, data=hidden(page, TRY)),
            browser.post(row_path(place), data={**hidden(page), **told}),
            browser.post(RELEASE, data=form),
        ]
    for answer in answers:
        assert answer.status_code == 409
        assert "try again when that has ended" in answer.text
    assert "Gao Fei" in answers[1].text
    assert place in port.held()
    assert browser.post(RELEASE, data=form).status_code == 303


def test_a_release_checks_what_a_repair_does(port: Port, browse: Browse) -> None:
    (place,) = port.send(counted("E1", exception="nonsense"))
    browser = browse("zhou.tao")
    form = hidden(repaired(browser, place, value="seal_broken").text, "sign-out")
    form |= {"rows": f"{place[0]}:{place[1]}", "digest": "0" * 64, "note": "x"}
    for value in ("", "  "):
        answer = browser.post(RELEASE, data={**form, "value": value})
        assert answer.status_code == 400
        assert 'name="digest"' not in answer.text
    cut = browser.post(RELEASE, data={**form, "value": " " + "x" * 300})
    assert "x" * 200 in cut.text
    assert "x" * 201 not in cut.text
    assert place in port.held()


def test_the_page_of_a_release_of_any_batch_opens(port: Port, browse: Browse) -> None:
    with database.writing(port.record.engine).begin() as connection:
        newest = sa.select(sa.func.max(BATCH.c.batch))
        last = connection.execute(sa.select(BATCH).where(BATCH.c.batch == newest.scalar_subquery()))
        row = {**last.mappings().one(), "batch": 1_200_000, "digest": "of none"}
        connection.execute(sa.insert(BATCH).values(row))
    (place,) = port.send(counted("H1", unit="t"))
    browser = browse("zhou.tao")
    preview = repaired(browser, place, value="kg")
    done = browser.post(RELEASE, data=hidden(preview.text, RELEASE))
    assert done.headers["location"].endswith("/1200002")
    assert browser.get(done.headers["location"]).status_code == 200
    with database.writing(port.record.engine).begin() as connection:
        connection.execute(sa.delete(BATCH).where(BATCH.c.batch == 1_200_000))


def test_a_record_with_forgeries_is_not_released_without_the_ports_key(port: Port) -> None:
    forged = CargoCode.issue(WEAK, "7403110000", "555555", "CLSAI", "CNXMN", b"another")
    place, _ = port.send(counted("G1", unit="t"), counted("G2", cargo_code=str(forged)))
    settings = port.rooms.settings.model_copy(update={"port_key": None})
    with served(create_app(settings, clock=lambda: NOW)) as client:
        without = replace(port, client=client)
        with without.signed_in("zhou.tao") as browser:
            page = browser.get(row_path(place)).text
            assert "Nothing can be released here" in page
            assert 'name="value"' not in page
            form = {**hidden(page, "sign-out"), "value": "kg", "note": "x"}
            assert browser.post(row_path(place), data=form).status_code == 503
    assert place in port.held()


def test_a_page_tries_no_more_rows_than_one_release_takes(port: Port, browse: Browse) -> None:
    at = NOW - DAY // 2
    many = [counted(f"M{n}", occurred_at=at, recorded_at=at) for n in range(MOST + 5)]
    port.send(*many, now=NOW - DAY)
    browser = browse("zhou.tao")
    page = browser.get(LIST, params={"stream": "custody", "reason": "in_the_future"}).text
    assert f"Try the first {MOST} again" in page
    preview = browser.post(TRY, data=hidden(page, TRY))
    assert f"{MOST} would leave the quarantine" in words(preview.text)
    assert browser.post(RELEASE, data=hidden(preview.text, RELEASE)).status_code == 303
    assert len(port.held()) >= 5


@pytest.mark.parametrize("path", ["rows/1/999999", "rows/x/1", "rows/1/0", "rows/9/" + "9" * 30])
def test_a_row_that_is_not_there_is_not_found(browse: Browse, path: str) -> None:
    assert browse("zhou.tao").get(f"{LIST}/{path}").status_code == 404


def test_a_release_that_never_was_is_not_found(browse: Browse) -> None:
    for batch in ("1", "x", "999999999999"):
        assert browse("zhou.tao").get(f"/console/feeds/releases/{batch}").status_code == 404
