"""Warnings from raised to closed, by the officers' pages."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import orjson
import pytest

from serving.warnings.event import Kind
from serving.warnings.log import Warnings
from tests.serving.console.conftest import BANK, OTHER_BANK, Console
from tests.serving.console.portfolio.conftest import GONE, OWN, THEIRS, fell

Browse = Callable[[str], httpx.Client]


@pytest.fixture(scope="module")
def browse(house: Console) -> Iterator[Browse]:
    with ExitStack() as stack:
        known: dict[str, httpx.Client] = {}

        def browser(name: str) -> httpx.Client:
            if name not in known:
                known[name] = stack.enter_context(house.signed_in(name))
            return known[name]

        yield browser


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))


def warning_of(house: Console, enterprise_id: str, tenant: str = BANK) -> str:
    found = Warnings(house.rooms.ledger().engine).open(tenant)
    ids = [one.warning_id for one in found if one.enterprise_id == enterprise_id]
    return f"/console/warnings/{ids[-1]}"


def kinds(house: Console, path: str, tenant: str = BANK) -> list[Kind]:
    found = Warnings(house.rooms.ledger().engine).find(tenant, path.rpartition("/")[2])
    return [event.kind for event in found.events] if found else []


def send(browser: httpx.Client, path: str, act: str, **fields: str) -> httpx.Response:
    told = hidden(browser.get(path).text)
    return browser.post(path, data={**told, "act": act, "note": "looked into", **fields})


def test_a_warning_goes_from_raised_to_closed(house: Console, browse: Browse) -> None:
    path = warning_of(house, OWN[0])
    page = browse("li.wei").get(path).text
    assert "The score fell by 45 points." in page
    assert "Not taken" in page
    assert "Close the warning" not in page
    assert send(browse("li.wei"), path, "closed", outcome="repaid").status_code == 422
    assert send(browse("li.wei"), path, "taken", note="").status_code == 303
    assert send(browse("zhang.hua"), path, "noted", note="<i>Called</i> them.").status_code == 303
    assert send(browse("zhang.hua"), path, "closed", outcome="repaid").status_code == 422
    assert path in browse("li.wei").get("/console/warnings?state=taken").text
    assert send(browse("li.wei"), path, "closed", outcome="repaid").status_code == 303
    assert kinds(house, path) == [Kind.RAISED, Kind.TAKEN, Kind.NOTED, Kind.CLOSED]
    page = browse("zhang.hua").get(path).text
    assert "&lt;i&gt;Called&lt;/i&gt; them." in page
    assert "Repaid or drawn less" in page
    assert "<form" not in page.partition("<main")[2]
    assert path not in browse("li.wei").get("/console/warnings").text
    assert path in browse("li.wei").get("/console/warnings?state=closed").text
    closed = [row for row in house.audited("warning-closed") if row["subject"] == OWN[0]]
    assert [(row["client_id"], row["tenant"]) for row in closed] == [("console:li.wei", BANK)]
    assert orjson.loads(str(closed[0]["detail"]))["outcome"] == "repaid"


def test_a_grave_one_is_closed_by_a_senior_officer_who_did_not_handle_it(
    house: Console, browse: Browse
) -> None:
    score_id = fell(house.rooms, OWN[1], BANK, "close_out")
    path = f"/console/warnings/{score_id}"
    assert "The goods fell below the close-out line." in browse("li.wei").get(path).text
    assert send(browse("wang.min"), path, "taken").status_code == 303
    assert "does not have it in hand" in browse("wang.min").get(path).text
    for name in ("wang.min", "li.wei"):
        assert send(browse(name), path, "closed", outcome="secured").status_code == 422
    assert send(browse("sun.li"), path, "closed", outcome="secured").status_code == 303
    assert kinds(house, path)[-1] is Kind.CLOSED


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("noted", {"note": " "}, "Say what was found"),
        ("noted", {"note": "x" * 2_001}, "Longer than 2,000"),
        ("closed", {"outcome": "gone"}, "Choose what came of it."),
        ("raised", {}, "cannot be done now"),
        ("nonsense", {}, "cannot be done now"),
    ],
)
def test_what_is_wrong_is_told_beside_the_form(
    house: Console, browse: Browse, act: str, fields: dict[str, str], said: str
) -> None:
    path = warning_of(house, OWN[2])
    if kinds(house, path) == [Kind.RAISED]:
        send(browse("li.wei"), path, "taken")
    answer = send(browse("li.wei"), path, act, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert kinds(house, path) == [Kind.RAISED, Kind.TAKEN]


def test_of_two_officers_at_once_one_is_first(house: Console, browse: Browse) -> None:
    path = warning_of(house, OWN[3])
    forms = {n: hidden(browse(n).get(path).text) for n in ("li.wei", "zhang.hua")}

    def take(name: str) -> httpx.Response:
        return browse(name).post(path, data={**forms[name], "act": "taken"})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(take, forms))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert kinds(house, path) == [Kind.RAISED, Kind.TAKEN]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert "Another officer acted in the meantime" in late.text


def test_a_warning_of_another_lender_is_not_there(house: Console, browse: Browse) -> None:
    theirs, own = warning_of(house, THEIRS, OTHER_BANK), warning_of(house, OWN[4])
    gone = warning_of(house, GONE)
    form = {**hidden(browse("li.wei").get(own).text), "act": "taken"}
    for path in (theirs, gone, "/console/warnings/x", "/console/warnings/%00"):
        assert browse("li.wei").get(path).status_code == 404
        assert browse("li.wei").post(path, data=form).status_code == 404
    assert browse("other").get(own).status_code == 404
    assert kinds(house, theirs, OTHER_BANK) == kinds(house, gone) == [Kind.RAISED]
    listed = browse("li.wei").get("/console/warnings").text
    assert THEIRS not in listed
    assert GONE not in listed


def test_a_form_without_the_sessions_token_does_nothing(house: Console, browse: Browse) -> None:
    path = warning_of(house, OWN[4])
    form = {**hidden(browse("li.wei").get(path).text), "act": "taken"}
    assert browse("zhang.hua").post(path, data=form).status_code == 400
    assert kinds(house, path) == [Kind.RAISED]


def test_every_view_of_a_warning_is_logged(house: Console, browse: Browse) -> None:
    path = warning_of(house, OWN[5])
    before = len(house.audited("viewed"))
    browse("li.wei").get(path)
    (row,) = house.audited("viewed")[before:]
    assert row["subject"] == OWN[5]
    assert orjson.loads(str(row["detail"]))["page"] == "warning"


def test_odd_questions_show_the_list(browse: Browse) -> None:
    for query in ("state=x", "page=0", "page=99999999", "page=²", "state=closed&page=7"):
        assert browse("li.wei").get(f"/console/warnings?{query}").status_code == 200
