"""The portfolio's page: what it adds up, and who may not see what."""

import re

import httpx
import pytest
import sqlalchemy as sa

from serving.cases.standing import STANDING
from serving.console.portfolio.books import BOOKS
from tests.serving.conftest import until
from tests.serving.console.conftest import AS_OFS, BANK, Console
from tests.serving.console.portfolio.conftest import GONE, OWN, THEIRS

PATH = "/console/portfolio"


@pytest.fixture(scope="module")
def text(house: Console) -> str:
    until(lambda: BOOKS.at(house.rooms.record(), AS_OFS[-1]))
    with house.signed_in("li.wei") as browser:
        browser.get(PATH)
        until(lambda: "is being read" not in browser.get(PATH).text)
        answer = browser.get(PATH)
    assert answer.status_code == 200
    return answer.text


def card(text: str, name: str) -> str:
    return text.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_it_adds_up_the_lenders_own_cases(house: Console, text: str) -> None:
    with house.rooms.ledger().engine.connect() as connection:
        mine = STANDING.c.tenant == BANK, STANDING.c.enterprise_id.in_(OWN)
        sums = [sa.func.sum(STANDING.c[name]) for name in ("exposure_fen", "loss_fen", "goods_fen")]
        exposure, loss, goods = connection.execute(sa.select(*sums).where(*mine)).one()
    assert f"{len(OWN)} cases" in text
    told = plain(text.partition('aria-label="In all"')[2].partition("</section>")[0])
    for fen in (exposure, loss, goods):
        millions = f"¥{fen / 1e8:,.2f}m" if fen >= 10**8 else f"¥{fen / 1e5:,.0f}k"
        assert millions in told
    total = plain(card(text, "grades").rpartition('class="sum"')[2])
    assert f"All {len(OWN)} 100.0%" in total


def test_moves_are_told_grade_by_grade(text: str) -> None:
    cells = re.findall(r'<td class="(\w*)"><b class="n">(\d+)</b>', card(text, "moves"))
    assert sum(int(number) for _, number in cells) == len(OWN)
    assert "0 have none" in plain(card(text, "moves"))


def test_nobody_elses_case_stands_there(house: Console, text: str) -> None:
    codes = set(re.findall(r"/console/cases/(\w{18})", text))
    assert codes <= set(OWN)
    assert THEIRS not in text
    assert GONE not in text
    with house.signed_in("other") as other:
        theirs = other.get(PATH).text
    assert set(re.findall(r"/console/cases/(\w{18})", theirs)) == {THEIRS}


def test_the_watch_list_leads_to_the_warnings(text: str) -> None:
    rows = re.findall(r'<tr><th scope="row".*?</tr>', card(text, "watch"), re.DOTALL)
    assert len(rows) == len(OWN)
    assert all("/console/warnings/" in row for row in rows)


def test_warehouses_have_their_record_and_what_is_not_covered_is_said(text: str) -> None:
    assert '<span class="code">W1</span>' in card(text, "warehouses")
    assert "per 100 counts" in text
    assert "cover the" in text


def test_it_is_told_in_chinese(house: Console) -> None:
    with house.signed_in("li.wei") as browser:
        text = browser.get(PATH, params={"lang": "zh"}).text
    for word in ("关注名单", "等级迁徙", "预期损失", "风险预警"):
        assert word in text


def test_other_roles_do_not_see_it(house: Console) -> None:
    with house.signed_in("zhou.tao") as browser:
        for path in (PATH, "/console/warnings", "/console/warnings/x"):
            assert browser.get(path).status_code == 403
    assert httpx.get(house.url + PATH).status_code == 303
