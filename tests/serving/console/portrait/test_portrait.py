"""The portrait page: what the profile says, nobody named, and only for those who may see it."""

import re
from dataclasses import replace

import httpx
import pytest

from serving.console.portrait.network_picture import Spoke, network_picture
from serving.console.portrait.reading import PortraitPage, country, portrait_page
from serving.console.portrait.ties import TITLES
from serving.profiles.portrait import portrait
from tests.serving.access.conftest import consent
from tests.serving.conftest import DEFAULTED, NEWCOMER, STRONG, WEAK, code
from tests.serving.console.conftest import (
    AS_OFS,
    BANK,
    FOREIGN,
    WITHDRAWN,
    Console,
    case_path,
)
from tests.serving.console.page_text import words


def path(enterprise_id: str) -> str:
    return f"{case_path(enterprise_id)}/portrait"


def drawn(console: Console, enterprise_id: str, tenant: str = BANK) -> PortraitPage:
    return portrait_page(console.rooms, enterprise_id, tenant, AS_OFS[-1])


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK, DEFAULTED, NEWCOMER])
def test_the_page_says_what_the_profile_says(
    console: Console, officer: httpx.Client, enterprise_id: str
) -> None:
    rooms = console.rooms
    told = portrait(rooms.reader(), enterprise_id, AS_OFS[-1], rooms.peers)
    answer = officer.get(path(enterprise_id), params={"lang": "en"})
    assert answer.status_code == 200
    text = words(answer.text)
    for tag in told.tags:
        assert tag.title_en in text
        assert tag.rule_en in text
    for report in (told.custody, told.conduct.payments, told.conduct.connected):
        assert all(sentence.en in text for sentence in report.sentences)
    assert f"¥{(told.trade.imports_fen + 50) // 100:,}" in text
    assert all(country(origin.country).en in text for origin in told.trade.by_origin)
    assert len(answer.content) < 300_000


def test_nobody_is_named(officer: httpx.Client) -> None:
    for language in ("en", "zh"):
        page = officer.get(path(STRONG), params={"lang": language}).text
        assert not re.search(r"SUPPLIER-\d|BUYER-\d", page)
    officer.get(path(STRONG), params={"lang": "en"})


def test_ties_are_counted_as_bands(console: Console) -> None:
    ties = {tie.kind: tie for tie in drawn(console, STRONG).ties}
    assert tuple(ties) == tuple(TITLES)
    assert ties["suppliers"].is_any
    assert ties["suppliers"].count == "5 to 9"
    assert ties["suppliers"].traded is not None
    assert not ties["guarantors"].is_any
    assert ties["guarantors"].exposure is None


def test_a_lender_sees_its_own_credit_and_another_does_not(console: Console) -> None:
    own = drawn(console, STRONG).lenders
    assert own.own.granted == 900_000_000
    assert not own.has_others
    other = drawn(console, STRONG, "bank-b").lenders
    assert other.own.granted == 0
    assert other.has_others
    assert other.granted is None


def test_who_may_not_see_it_finds_nothing(console: Console, officer: httpx.Client) -> None:
    for enterprise_id in (FOREIGN, WITHDRAWN, code(999)):
        assert officer.get(path(enterprise_id)).status_code == 404
    with console.signed_in("other") as browser:
        assert browser.get(path(WEAK)).status_code == 404
    with console.signed_in("zhou.tao") as browser:
        assert browser.get(path(WEAK)).status_code == 403


def test_consent_to_scores_alone_opens_no_portrait(console: Console) -> None:
    from serving.access.consents import Consents, Matter
    from serving.console.officers.role import OfficerRole
    from tests.serving.console.conftest import score

    bank = "bank-scores-only"
    given = replace(consent(code(8), bank), matters=(Matter.SCORES,))
    Consents(console.store).grant(given, "test")
    score(console.rooms, bank, (code(8),), AS_OFS[-1:])
    console.officer("sun.jie", OfficerRole.OFFICER, bank)
    with console.signed_in("sun.jie") as browser:
        assert browser.get(case_path(code(8))).status_code == 200
        assert browser.get(path(code(8))).status_code == 404


def test_a_view_is_noted(console: Console, officer: httpx.Client) -> None:
    before = len(console.audited("viewed"))
    officer.get(path(code(12)))
    noted = console.audited("viewed")[before:]
    assert [(row["subject"], "portrait" in str(row["detail"])) for row in noted] == [
        (code(12), True)
    ]


def test_both_languages_say_it_as_a_banker_does(officer: httpx.Client) -> None:
    page = words(officer.get(path(STRONG), params={"lang": "zh"}).text)
    for said in ("企业标签", "统一授信视图", "集团关系与担保", "季节性", "境外供应商", "智利"):
        assert said in page
    officer.get(path(STRONG), params={"lang": "en"})


def test_a_broken_line_stands_for_what_is_not_told() -> None:
    spokes = [
        Spoke("Buyers", ["5 to 9", "open"], "5 to 9", 4, is_trade=True),
        Spoke("Its <guarantors>", ["fewer than 5"], "fewer than 5", None, is_trade=False),
    ]
    picture = str(network_picture(spokes, "Enterprise", "Around it"))
    assert picture.count('class="spoke trade told" stroke-width="5"') == 1
    assert picture.count('class="spoke tie untold" stroke-width="1.5"') == 1
    assert picture.count("node trade") == 3
    assert picture.count("node tie") == 1
    assert "&lt;guarantors&gt;" in picture
    assert 'role="img" aria-label="Around it"' in picture


def test_countries_are_named_as_customs_names_them() -> None:
    assert country("CL").zh == "智利"
    assert country("TW").zh == "中国台湾"
