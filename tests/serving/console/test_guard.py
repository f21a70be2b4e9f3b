"""Who may open which page: nobody without a session, no role but its own, no foreign case."""

import re

import httpx
import orjson
import pytest
from starlette.routing import Route

from serving.app import create_app
from serving.console.application import PAGES
from serving.console.page import Guarded
from tests.serving.conftest import DORMANT, NAMED_ONLY, NOW, STRONG, UNKNOWN, WEAK, served
from tests.serving.console.conftest import (
    BANK,
    FOREIGN,
    PASSWORD,
    WITHDRAWN,
    Console,
    case_path,
)

UNGUARDED = {"sign_in"}


def test_every_page_but_the_sign_in_stands_behind_the_guard() -> None:
    found = {
        route.name
        for route in PAGES
        if isinstance(route, Route) and not isinstance(route.endpoint, Guarded)
    }
    assert found == UNGUARDED


def test_nobody_sees_a_page_without_signing_in(console: Console) -> None:
    for route in PAGES:
        if not isinstance(route, Route) or route.name in UNGUARDED:
            continue
        path = "/console" + re.sub(r"\{[^}]*\}", "x", route.path)
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        answer = httpx.request(method, console.url + path, follow_redirects=False)
        assert answer.status_code == 303, route.path
        assert answer.headers["location"].startswith("/console/sign-in"), route.path


@pytest.mark.parametrize("enterprise_id", [FOREIGN, WITHDRAWN, DORMANT, NAMED_ONLY, UNKNOWN, "x"])
def test_an_enterprise_that_is_not_the_lenders_is_not_there(
    officer: httpx.Client, enterprise_id: str
) -> None:
    answer = officer.get(case_path(enterprise_id))
    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert officer.get(f"/console/cases/{enterprise_id}/messages/custody/M1").status_code == 404


def test_each_bank_sees_its_own_worklist(console: Console, officer: httpx.Client) -> None:
    with console.signed_in("other") as other:
        theirs = set(re.findall(r"/console/cases/(\w{18})", other.get("/console/worklist").text))
        # It scored another enterprise, too, which never consented to it.
        assert theirs == {FOREIGN}
        assert other.get(case_path(STRONG)).status_code == 404
    ours = set(re.findall(r"/console/cases/(\w{18})", officer.get("/console/worklist").text))
    assert {STRONG, WEAK} <= ours
    assert not ours & {FOREIGN, WITHDRAWN}


def test_another_role_is_told_so(console: Console) -> None:
    with console.signed_in("zhou.tao") as browser:
        assert browser.get("/console/worklist").status_code == 403
        assert browser.get(case_path(STRONG)).status_code == 403
        assert browser.get("/console/", follow_redirects=True).status_code == 200


def test_signing_in_leads_back_to_the_page_that_was_asked_for(console: Console) -> None:
    with httpx.Client(base_url=console.url) as browser:
        asked = browser.get(case_path(STRONG, lang="zh"))
        form = {"name": "li.wei", "password": PASSWORD}
        answer = browser.post(asked.headers["location"], data=form)
        assert answer.headers["location"] == case_path(STRONG, lang="zh")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "path=/console" in cookie
    for foreign in ("https://elsewhere.example/", "//elsewhere.example", "/console/..\\x", "/v1/"):
        answer = httpx.post(f"{console.url}/console/sign-in", params={"next": foreign}, data=form)
        assert answer.headers["location"] == "/console/"


def test_over_a_network_the_cookie_asks_for_encryption(console: Console) -> None:
    form = {"name": "li.wei", "password": PASSWORD}
    hosts = {"bank.example": True, "127.0.0.1:80": False}
    for host, secure in hosts.items():
        answer = httpx.post(f"{console.url}/console/sign-in", data=form, headers={"Host": host})
        assert ("secure" in answer.headers["set-cookie"].lower()) == secure


def test_a_wrong_password_says_no_more_than_that(console: Console) -> None:
    texts = set()
    for name in ("wang.min", "no.one"):
        form = {"name": name, "password": "wrong"}
        answer = httpx.post(f"{console.url}/console/sign-in", data=form)
        assert answer.status_code == 401
        texts.add(answer.text.replace(name, "NAME"))
    assert len(texts) == 1


def test_a_form_of_another_site_is_refused(console: Console) -> None:
    form = {"name": "li.wei", "password": PASSWORD}
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = httpx.post(f"{console.url}/console/sign-in", data=form, headers=headers)
        assert answer.status_code == 400
        assert "set-cookie" not in answer.headers
    own = {"Origin": console.url, "Sec-Fetch-Site": "same-origin"}
    answer = httpx.post(f"{console.url}/console/sign-in", data=form, headers=own)
    assert answer.status_code == 303


def test_a_form_without_the_sessions_token_is_refused(console: Console) -> None:
    with console.signed_in("li.wei") as browser, console.signed_in("wang.min") as other:
        page = browser.get("/console/worklist").text
        token = re.search(r'name="form_token" value="([^"]+)"', page)
        assert token is not None
        foreign = {"form_token": token[1]}
        assert browser.post("/console/sign-out").status_code == 400
        assert other.post("/console/sign-out", data=foreign).status_code == 400
        assert browser.get("/console/worklist").status_code == 200
        assert browser.post("/console/sign-out", data=foreign).status_code == 303
        assert browser.get("/console/worklist").status_code == 303
        assert other.get("/console/worklist").status_code == 200


def test_no_page_lets_a_foreign_script_or_frame_in(console: Console, officer: httpx.Client) -> None:
    for path in ("/console/sign-in", "/console/worklist", case_path(STRONG), "/console/nowhere"):
        answer = officer.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son\w+=|javascript:", answer.text)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


def test_every_view_of_a_case_is_in_the_audit_log(console: Console, officer: httpx.Client) -> None:
    before = len(console.audited("viewed"))
    officer.get(case_path(WEAK))
    officer.get(case_path(FOREIGN))
    (row,) = console.audited("viewed")[before:]
    assert (row["subject"], row["client_id"], row["tenant"]) == (WEAK, "console:li.wei", "BANK-7")
    assert '"page":"case"' in str(row["detail"])


def test_whoever_is_refused_a_page_stands_in_the_audit_log(console: Console) -> None:
    session = re.compile(r"cargoworthy_session=([^;]+)")
    with served(create_app(console.rooms.settings, clock=lambda: NOW)) as client:
        for name, path in (("li.wei", FOREIGN), ("li.wei", "%00"), ("zhou.tao", STRONG)):
            form = {"name": name, "password": PASSWORD}
            entered = client.post("/console/sign-in", data=form).headers["set-cookie"]
            token = session.search(entered)
            assert token is not None
            cookie = {"Cookie": f"cargoworthy_session={token[1]}"}
            status = 403 if name == "zhou.tao" else 404
            assert client.get(case_path(path), headers=cookie).status_code == status
        client.post("/console/sign-in", data={"name": "no.one", "password": "wrong"})
    told = [
        (orjson.loads(str(row["detail"])), row["client_id"], row["tenant"], row["subject"])
        for row in console.audited("denied")
    ]
    found = {(d["reason"], who, tenant, d.get("claimed"), what) for d, who, tenant, what in told}
    page = "GET /console/cases/{enterprise_id}"
    assert found >= {
        ("no-consent", "console:li.wei", BANK, None, page),
        ("role", "console:zhou.tao", BANK, None, page),
        ("sign-in", "-", "-", "no.one", "POST /console/sign-in"),
    }


def test_the_console_is_no_part_of_the_interfaces_description(console: Console) -> None:
    assert "/console" not in httpx.get(f"{console.url}/openapi.json").text
