"""The decision's page: what officers can do, what it takes, and where it shows."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import orjson
import pytest

from serving.console.case.answers import answers_of
from serving.console.decision.act import Act
from serving.console.decision.log import Decisions
from tests.serving.conftest import DEFAULTED, NEWCOMER, UNKNOWN
from tests.serving.console.conftest import AS_OFS, BANK, FOREIGN, Console, case_path, score
from tests.serving.console.decision.conftest import (
    OWN,
    Browse,
    Send,
    decision_path,
    hidden,
    override,
)


def acts(desk: Console, enterprise_id: str) -> list[Act]:
    log = Decisions(desk.rooms.ledger().engine)
    return [step.act for step in log.of_enterprise(BANK, enterprise_id)]


def waiting_codes(browse: Browse) -> str:
    text = browse("wang.min").get("/console/worklist?signal=second_officer").text
    return text.partition("<tbody>")[2].partition("</tbody>")[0]


def test_agreeing_stands_in_the_case_the_page_and_the_audit_log(
    desk: Console, browse: Browse, send: Send
) -> None:
    who = OWN[0]
    assert "Not decided" in browse("li.wei").get(decision_path(who)).text
    answer = send("li.wei", who, "agreed", note="<b>As</b> expected.")
    assert answer.status_code == 303
    assert answer.headers["location"] == decision_path(who)
    for path in (decision_path(who), case_path(who)):
        text = browse("zhang.hua").get(path).text
        assert "Agreed with the score" in text
        assert "&lt;b&gt;As&lt;/b&gt; expected." in text
        assert "Li.Wei" in text
    (row,) = (r for r in desk.audited("decision-agreed") if r["subject"] == who)
    assert (row["client_id"], row["tenant"]) == ("console:li.wei", BANK)
    assert len(str(row["digest"])) == 64


def test_an_override_waits_for_a_second_officer_who_is_never_the_first(
    desk: Console, browse: Browse, send: Send
) -> None:
    who = OWN[1]
    assert send("li.wei", who, "proposed", **override()).status_code == 303
    assert who in waiting_codes(browse)
    for act in ("confirmed", "refused"):
        assert send("li.wei", who, act, note="me too").status_code == 422
    own = browse("li.wei").get(decision_path(who)).text
    assert "Confirm the override" not in own
    assert "Withdraw the override" in own
    assert send("zhang.hua", who, "agreed").status_code == 422, "one waits: it ends first"
    assert send("zhang.hua", who, "confirmed").status_code == 303
    assert acts(desk, who) == [Act.PROPOSED, Act.CONFIRMED]
    assert who not in waiting_codes(browse)
    text = browse("li.wei").get(case_path(who)).text
    assert "Overridden" in text
    assert "The parent pays." in text
    assert "¥1,000,000" in text


def test_above_the_policys_amount_it_takes_a_senior_officer(
    desk: Console, browse: Browse, send: Send
) -> None:
    who = OWN[2]
    assert send("li.wei", who, "proposed", **override(limit="3,001,000")).status_code == 303
    page = browse("zhang.hua").get(decision_path(who)).text
    assert "other authority" in page
    assert "Confirm the override" not in page
    assert send("zhang.hua", who, "confirmed", place="1").status_code == 422
    assert send("wang.min", who, "confirmed").status_code == 303
    assert acts(desk, who) == [Act.PROPOSED, Act.CONFIRMED]
    proposed = Decisions(desk.rooms.ledger().engine).of_enterprise(BANK, who)[0]
    assert (proposed.authority, proposed.stake_fen) == ("approver", 300_100_000)


def test_it_is_refused_with_a_word_and_withdrawn_by_the_first(
    desk: Console, browse: Browse, send: Send
) -> None:
    who = OWN[3]
    send("li.wei", who, "proposed", **override())
    answer = send("zhang.hua", who, "refused")
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert send("zhang.hua", who, "withdrawn").status_code == 422
    assert send("zhang.hua", who, "refused", note="Not shown.").status_code == 303
    send("zhang.hua", who, "proposed", **override())
    assert send("zhang.hua", who, "withdrawn").status_code == 303
    assert acts(desk, who) == [Act.PROPOSED, Act.REFUSED, Act.PROPOSED, Act.WITHDRAWN]
    assert "Not decided" in browse("li.wei").get(decision_path(who)).text


def test_documents_are_asked_for_by_their_codes(browse: Browse, send: Send) -> None:
    who = OWN[4]
    assert "Tick a document" in send("li.wei", who, "documents").text
    fields = {"paper-tax_returns": "on", "paper-nonsense": "on", "note": "until Friday"}
    assert send("li.wei", who, "documents", **fields).status_code == 303
    text = browse("li.wei").get(decision_path(who), params={"lang": "zh"}).text
    browse("li.wei").get(decision_path(who), params={"lang": "en"})
    assert "纳税申报表" in text
    assert "until Friday" in text
    assert "已要求补充材料" in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": "because"}, "Choose the reason."),
        ({"note": " "}, "Say why"),
        ({"note": "x" * 2_001}, "Longer than 2,000"),
        ({"grade": "D"}, "Choose a grade."),
        ({"grade": "Z"}, "Choose a grade."),
        ({"limit": "a lot"}, "whole yuan"),
        ({"limit": "-5"}, "whole yuan"),
        ({"limit": "1000.5"}, "whole yuan"),
        ({"limit": "1500"}, "whole steps"),
        ({"limit": "20,001,000"}, "largest exposure"),
        ({"grade": "C"}, "lends nothing in this grade"),
    ],
)
def test_what_is_wrong_is_told_beside_the_form(
    desk: Console, send: Send, changed: dict[str, str], said: str
) -> None:
    who = OWN[5]
    answer = send("li.wei", who, "proposed", **override(**changed))
    assert answer.status_code == 422
    assert said in answer.text
    if "note" not in changed:
        assert "The parent pays." in answer.text, "what was written is not lost"
    assert acts(desk, who) == []


def test_an_override_changes_something(desk: Console, send: Send, browse: Browse) -> None:
    who = OWN[5]
    log = desk.rooms.ledger().engine
    told = answers_of(log, BANK, who)[-1].told
    same = override(grade=told["grade"], limit=str(told["limit"]["amount_fen"] // 100))
    answer = send("li.wei", who, "proposed", **same)
    assert answer.status_code == 422
    assert "agree instead" in answer.text


def test_of_two_second_officers_at_once_one_is_first(
    desk: Console, browse: Browse, send: Send
) -> None:
    who = OWN[6]
    send("li.wei", who, "proposed", **override())
    path = decision_path(who)
    forms = {}
    for name, act in (("zhang.hua", "confirmed"), ("wang.min", "refused")):
        forms[name] = {**hidden(browse(name).get(path).text), "act": act, "note": "seen"}

    def act(name: str) -> httpx.Response:
        return browse(name).post(path, data=forms[name])

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(act, forms))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert "Another officer acted in the meantime" in late.text
    assert len(acts(desk, who)) == 2


def test_a_form_that_has_grown_old_is_not_taken(desk: Console, browse: Browse, send: Send) -> None:
    who, path = OWN[7], decision_path(OWN[7])
    old = hidden(browse("zhang.hua").get(path).text)
    send("li.wei", who, "documents", note="accounts")
    answer = browse("zhang.hua").post(path, data={**old, "act": "agreed"})
    assert answer.status_code == 409
    assert acts(desk, who) == [Act.DOCUMENTS]


def test_a_newer_score_makes_an_override_lapse(desk: Console, browse: Browse, send: Send) -> None:
    who = OWN[8]
    send("li.wei", who, "proposed", **override())
    score_id = hidden(browse("li.wei").get(decision_path(who)).text)["score"]
    score(desk.rooms, BANK, (who,), AS_OFS[-1:])
    assert who not in waiting_codes(browse)
    assert "Not decided" in browse("zhang.hua").get(decision_path(who)).text
    earlier = browse("zhang.hua").get(f"{decision_path(who)}?score={score_id}").text
    assert "Confirm the override" not in earlier
    form = {**hidden(earlier), "act": "confirmed"}
    assert form["score"] == score_id
    assert browse("zhang.hua").post(decision_path(who), data=form).status_code == 422
    assert acts(desk, who) == [Act.PROPOSED]


def test_a_default_and_a_lack_of_data_are_not_overridden(
    desk: Console, browse: Browse, send: Send
) -> None:
    answer = send("li.wei", DEFAULTED, "proposed", **override())
    assert answer.status_code == 422
    assert "A default is in force" in browse("li.wei").get(decision_path(DEFAULTED)).text
    page = browse("li.wei").get(decision_path(NEWCOMER)).text
    assert "Agree that there is no score" in page
    assert "Propose the override" not in page
    assert send("li.wei", NEWCOMER, "proposed", **override()).status_code == 422
    assert acts(desk, DEFAULTED) == acts(desk, NEWCOMER) == []


def test_nobody_decides_about_a_foreign_case(desk: Console, browse: Browse) -> None:
    form = hidden(browse("li.wei").get(decision_path(OWN[9])).text) | {"act": "agreed"}
    for who in (FOREIGN, UNKNOWN, "x"):
        assert browse("li.wei").get(decision_path(who)).status_code == 404
        assert browse("li.wei").post(decision_path(who), data=form).status_code == 404
    assert browse("other").get(decision_path(OWN[9])).status_code == 404
    assert browse("zhou.tao").get(decision_path(OWN[9])).status_code == 403
    data = hidden(browse("zhou.tao").get("/console/", follow_redirects=True).text)
    answer = browse("zhou.tao").post(decision_path(OWN[9]), data={**form, **data})
    assert answer.status_code == 403
    assert acts(desk, OWN[9]) == []


def test_a_form_without_the_sessions_token_decides_nothing(desk: Console, browse: Browse) -> None:
    form = hidden(browse("li.wei").get(decision_path(OWN[9])).text) | {"act": "agreed"}
    assert browse("zhang.hua").post(decision_path(OWN[9]), data=form).status_code == 400
    assert acts(desk, OWN[9]) == []


def test_every_view_is_logged(desk: Console, browse: Browse) -> None:
    before = len(desk.audited("viewed"))
    browse("li.wei").get(decision_path(OWN[10]))
    browse("li.wei").post(
        decision_path(OWN[10]),
        data={**hidden(browse("li.wei").get(decision_path(OWN[10])).text), "act": "refused"},
    )
    rows = desk.audited("viewed")[before:]
    assert [row["subject"] for row in rows] == [OWN[10]] * 3, "a refused form shows the page, too"
    assert {orjson.loads(str(row["detail"]))["page"] for row in rows} == {"decision"}
