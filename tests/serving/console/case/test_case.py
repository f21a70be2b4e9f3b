"""The case page: what it says is what was answered, and nothing of third parties."""

import re
import uuid
from html import unescape

import httpx
import orjson
import pytest

from features.calendar import DAY, parse_time
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.console.case.answers import answers_of
from serving.console.case.message import message_of
from serving.console.case.waterfall import moved, waterfall
from serving.console.demonstration import borrowers
from serving.objections.log import Objections
from serving.objections.objection import Fact, Ground, Objection
from tests.serving.conftest import DEFAULTED, NEWCOMER, NOW, STRONG, WEAK
from tests.serving.console.conftest import AS_OFS, BANK, CASES, OTHER_BANK, Console, case_path


def told(console: Console, enterprise_id: str, tenant: str = BANK) -> list[dict[str, object]]:
    query = "SELECT document FROM score WHERE tenant = ? AND enterprise_id = ? ORDER BY as_of"
    with console.rooms.ledger().engine.connect() as connection:
        rows = connection.exec_driver_sql(query, (tenant, enterprise_id)).all()
    return [orjson.loads(row[0]) for row in rows]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK, DEFAULTED])
def test_the_steps_lead_from_the_base_to_the_score(console: Console, enterprise_id: str) -> None:
    for answer in told(console, enterprise_id):
        steps = waterfall(answer, {})
        level = steps.base
        for family in steps.families:
            assert family.start == level
            inner = family.start
            for feature in family.features:
                assert feature.start == inner
                inner = feature.end
            level += family.points
            assert inner == family.end == level
        assert level == steps.score == answer["score"]
        sizes = [abs(family.points) for family in steps.families]
        assert sizes == sorted(sizes, reverse=True)
        ends = [f.end for family in steps.families for f in family.features]
        assert steps.low < min(ends)
        assert steps.high > max(ends)


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK, DEFAULTED])
def test_what_moved_adds_up_to_the_move(console: Console, enterprise_id: str) -> None:
    first, *_, last = told(console, enterprise_id)
    change = sum(each.points for each in moved(first, last))
    bases = last["base_points"] - first["base_points"]  # type: ignore[operator]
    assert change + bases == last["score"] - first["score"]  # type: ignore[operator]


def test_the_page_says_how_far_the_pd_is_known(console: Console, officer: httpx.Client) -> None:
    interval = told(console, WEAK)[-1]["pd_interval"]
    low, high = (f"{100 * interval[end]:.2f}%" for end in ("low", "high"))  # type: ignore[index]
    assert f"95 % interval: {low} to {high}" in words(officer.get(case_path(WEAK)).text)
    assert f"{low}～{high}" in words(officer.get(case_path(WEAK, lang="zh")).text)
    officer.get(case_path(WEAK, lang="en"))
    # Of grade D no PD is an estimate.
    assert "95 % interval" not in words(officer.get(case_path(DEFAULTED)).text)


def test_the_page_says_what_was_answered(console: Console, officer: httpx.Client) -> None:
    answer = told(console, WEAK)[-1]
    page = officer.get(case_path(WEAK)).text
    text = words(page)
    assert f"Score {answer['score']} average" in text
    assert answer["score_id"] in page  # type: ignore[operator]
    for reason in answer["reasons"]:  # type: ignore[attr-defined]
        assert reason["title_en"] in text
        for feature in reason["features"]:
            assert feature["text_en"] in text
            for message in feature["messages"]:
                assert f"/messages/{message['stream']}/{message['message_id']}" in page
    assert f"¥{answer['limit']['amount_fen'] // 100:,}" in text  # type: ignore[index]


def test_an_earlier_score_is_shown_and_compared_by_its_address(
    console: Console, officer: httpx.Client
) -> None:
    answers = told(console, STRONG)
    page = officer.get(case_path(STRONG, score=str(answers[3]["score_id"]))).text
    assert f"Score {answers[3]['score']} average" in words(page)
    compared = case_path(
        STRONG, score=str(answers[3]["score_id"]), **{"with": str(answers[0]["score_id"])}
    )
    text = words(officer.get(compared).text)
    change = answers[3]["score"] - answers[0]["score"]  # type: ignore[operator]
    assert f"Compare {change:+d}".replace("-", "−").replace("+0", "0") in text


def test_too_little_is_known_is_said_with_its_cure(console: Console, officer: httpx.Client) -> None:
    answer = told(console, NEWCOMER)[-1]
    assert answer["status"] == "insufficient_data"
    page = officer.get(case_path(NEWCOMER, lang="zh")).text
    officer.get(case_path(NEWCOMER, lang="en"))
    for cause in answer["causes"]:  # type: ignore[attr-defined]
        assert cause["text_zh"] in unescape(page)


def test_of_answers_of_one_time_the_last_counts(console: Console) -> None:
    ledger = console.rooms.ledger().engine
    found = answers_of(ledger, BANK, STRONG)
    assert [one.as_of for one in found] == sorted(AS_OFS)
    assert [one.as_of for one in answers_of(ledger, OTHER_BANK, STRONG)] == [
        parse_time("2023-01-01")
    ]


def test_every_message_behind_a_reason_opens(console: Console, officer: httpx.Client) -> None:
    page = officer.get(case_path(WEAK)).text
    links = sorted(set(re.findall(r'href="([^"]+/messages/[^"]+)"', page)))
    assert len(links) > 5
    for link in links:
        answer = officer.get(unescape(link))
        assert answer.status_code == 200, link
        assert link.rpartition("/")[2] in answer.text


def test_a_message_that_its_provider_signed_is_marked(
    console: Console, officer: httpx.Client
) -> None:
    page = officer.get(case_path(WEAK)).text
    items = [item for item in re.findall(r"<li>.*?</li>", page, re.DOTALL) if "/messages/" in item]
    marked = {"custody" in item for item in items if ">signed<" in item}
    assert marked == {True}
    assert not [item for item in items if "/messages/custody/" in item and ">signed<" not in item]
    for stream, signed in (("custody", True), ("declaration", False)):
        (link, *_) = re.findall(rf'href="([^"]+/messages/{stream}/[^"]+)"', page)
        shown = words(officer.get(unescape(link)).text)
        assert ("Signed by its provider" in shown) is signed
        assert ("not signed" in shown) is not signed


def test_another_lenders_message_names_nobody_and_no_sum(
    console: Console, officer: httpx.Client
) -> None:
    record = console.rooms.record()
    pledge = record.rows("pledge", "enterprise_id", list(record.number_of([WEAK]).values()))
    (reference,) = record.messages(pledge["position"].tolist())
    for tenant, told_all in ((BANK, False), ("BANK-SECRET", True)):
        found = message_of(record, WEAK, "pledge", reference.message_id, tenant)
        assert found is not None
        shown = {field.name: field for field in found.fields}
        for name in ("lender", "amount", "receipt", "registration_number"):
            assert (shown[name].kind == "hidden") != told_all, name
            assert (shown[name].value is None) != told_all, name
        assert shown["quantity"].value == 5_000
    page = officer.get(f"/console/cases/{WEAK}/messages/pledge/{reference.message_id}").text
    assert "BANK-SECRET" not in page
    assert "70,000" not in page


def test_the_terms_of_another_lenders_facility_are_not_told(console: Console) -> None:
    record = console.rooms.record()
    lent = record.rows("financing", "enterprise_id", list(record.number_of([WEAK]).values()))
    shown_of = {"BANK-7": set[str](), OTHER_BANK: set[str]()}
    for reference in record.messages(lent["position"].tolist()):
        for tenant, told_of in shown_of.items():
            found = message_of(record, WEAK, "financing", reference.message_id, tenant)
            assert found is not None
            told_of |= {field.name for field in found.fields if field.kind != "hidden"}
    terms = {"facility", "amount", "due_at", "matures_at"}
    assert shown_of["BANK-7"] & terms
    assert not shown_of[OTHER_BANK] & terms


def test_counterparties_are_not_named(console: Console) -> None:
    record = console.rooms.record()
    sold = record.rows("title", "enterprise_id", list(record.number_of([STRONG]).values()))
    reference = record.messages(sold["position"].tolist())[0]
    found = message_of(record, STRONG, "title", reference.message_id, BANK)
    assert found is not None
    buyer = next(field for field in found.fields if field.name == "buyer")
    assert (buyer.kind, buyer.value) == ("hidden", None)


def test_a_message_of_another_enterprise_is_not_there(
    console: Console, officer: httpx.Client
) -> None:
    record = console.rooms.record()
    others = record.rows("custody", "enterprise_id", list(record.number_of([WEAK]).values()))
    reference = record.messages(others["position"].tolist()[:1])[0]
    path = f"messages/custody/{reference.message_id}"
    assert officer.get(f"/console/cases/{WEAK}/{path}").status_code == 200
    assert officer.get(f"/console/cases/{STRONG}/{path}").status_code == 404
    assert officer.get(f"/console/cases/{WEAK}/messages/nothing/x").status_code == 404


def test_the_page_is_light(officer: httpx.Client) -> None:
    for enterprise_id in (STRONG, WEAK, DEFAULTED):
        assert len(officer.get(case_path(enterprise_id)).content) < 300_000


def test_a_lenders_borrowers_are_those_with_a_facility(console: Console) -> None:
    found = borrowers(console.rooms, BANK)
    assert {STRONG, WEAK} <= set(found)
    assert list(found) == sorted(found)


def test_a_disputed_fact_is_marked_and_its_clock_stands_on_the_worklist(
    console: Console, officer: httpx.Client
) -> None:
    record = console.rooms.record()
    code_ = CASES[4]
    held = record.rows("custody", "enterprise_id", list(record.number_of([code_]).values()))
    reference = record.messages(held["position"].tolist()[:1])[0]
    path = f"/console/cases/{code_}/messages/custody/{reference.message_id}"
    assert "objects to it" not in officer.get(path).text
    assert "Objection open" not in officer.get("/console/worklist").text
    fact = Fact(code_, reference.message_id, "custody", "CUSTODY", reference.position)
    objection = Objection(
        str(uuid.uuid4()), fact, Ground.OTHER, "in their own words", NOW, NOW + 20 * DAY, "{}"
    )
    who = Principal("it", Role.ENTERPRISE, code_, frozenset())
    Objections(console.rooms.ledger().engine).lodge(objection, who)
    assert "objects to it" in officer.get(path).text
    worklist = officer.get("/console/worklist", params={"signal": "objection"}).text
    assert code_ in worklist
    assert path.replace("/console", "", 1) in worklist
    assert "2023-01-22" in worklist
    assert "in their own words" not in worklist + officer.get(path).text
    with console.signed_in("other") as other:
        assert code_ not in other.get("/console/worklist").text
