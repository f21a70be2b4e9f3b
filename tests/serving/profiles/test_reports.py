from typing import Any

import httpx
import numpy as np
import pytest

from features.catalogue import CATALOGUE
from features.peers.group import Group
from features.peers.peers import Peers
from features.peers.spread import Spread
from serving.instants import text_of
from serving.profiles.arrears import PORTRAYED
from serving.profiles.figures import Figures
from serving.profiles.outlines import CONNECTED, CUSTODY, CUSTOMS, FINANCING, PAYMENTS
from serving.profiles.wording import worded
from tests.serving.conftest import AS_OF, WEAK

NOTHING: dict[str, float | None] = {feature.name: None for feature in PORTRAYED}
OUTLINES = (CUSTODY, FINANCING, PAYMENTS, CUSTOMS, CONNECTED)


def said(
    values: dict[str, float], withheld: frozenset[str] = frozenset(), peers: Peers | None = None
) -> list[tuple[str, str]]:
    found = CUSTODY.of(Figures({**NOTHING, **values}, Group(), withheld, peers))
    return [(sentence.en, sentence.zh) for sentence in found.sentences]


def test_custody_begins_with_whether_anybody_looked() -> None:
    assert said({}) == [
        ("Nothing was counted in the year.", "近一年未盘点。"),
        ("There is no stock of any value.", "当前无在库货值。"),
    ]
    found = said({"seal_broken_rate_365d": 0.012, "days_since_count": 1})
    assert found[0] == ("Goods were last counted 1 day ago.", "最近一次盘点距今1天。")
    assert ("Seals were found broken at 1.2 % of counts.", "封志破损为盘点次数的1.2%。") in found


def test_nothing_found_by_those_who_looked_is_said() -> None:
    clean = {"days_since_count": 0.0, "custody_exception_rate_365d": 0.0}
    assert [english for english, _ in said(clean)] == [
        "Goods were counted within the last day.",
        "There is no stock of any value.",
        "Goods were counted over the year, and no exception was reported.",
    ]


def test_what_is_withheld_is_not_said() -> None:
    name = "days_since_count"
    assert len(said({name: 3})) == len(said({name: 3}, frozenset([name]))) + 1


def test_the_median_of_the_peers_stands_beside_the_enterprises_own() -> None:
    spread = Spread.of(np.arange(100.0))
    assert spread is not None
    peers = Peers("c", "r", 1, 1, {Group(): {"days_since_count": spread}})
    assert said({"days_since_count": 7}, peers=peers)[0] == (
        "Goods were last counted 7 days ago. Median of its peers: 50 days.",
        "最近一次盘点距今7天。同类企业中位数：50天。",
    )


@pytest.mark.parametrize("outline", OUTLINES, ids=lambda outline: outline.title.en)
def test_every_line_can_be_said_in_both_languages(outline: Any) -> None:
    figures = Figures(dict.fromkeys(NOTHING, 0.25), Group())
    found = outline.of(figures)
    assert [s.feature for s in found.sentences] == [line.feature for line in outline.lines]
    for sentence in found.sentences:
        assert sentence.en.endswith(".")
        assert sentence.zh.endswith("。")
        assert "{" not in sentence.en + sentence.zh
        assert any("\u4e00" <= sign <= "\u9fff" for sign in sentence.zh)


@pytest.mark.parametrize(
    ("name", "value", "english", "chinese"),
    [
        ("days_since_count", 1.0, "1 day", "1天"),
        ("payable_lateness_mean_365d", 0.3, "0.3 days", "0.3天"),
        ("payable_lateness_mean_365d", 9.96, "10 days", "10天"),
        ("payable_lateness_mean_365d", 47.6, "48 days", "48天"),
        ("customs_credit_grade_now", 2.0, "dishonest", "失信企业"),
        ("months_on_record", 1_200, "1,200 months", "1,200个月"),
        ("agent_share_365d", 0.5, "50 %", "50%"),
        ("agent_share_365d", 0.0455, "4.5 %", "4.5%"),
        ("agent_share_365d", 0.00044, "0.04 %", "0.04%"),
        ("agent_share_365d", 1e-8, "0.000001 %", "0.000001%"),
        ("agent_share_365d", 0.0, "0 %", "0%"),
        ("utilisation_now", 0.9, "90 %", "90%"),
        ("basket_return_90d", -0.1, "-10 %", "-10%"),
        ("turnover_90d", 2.0677, "2.07", "2.07"),
        ("renewals_365d", 2.0, "2", "2"),
        ("stock_value_now", 123_456_789_00, "123.5 million CNY", "1.23亿元"),
        ("stock_value_now", 66_480_300, "664,803 CNY", "66万元"),
        ("stock_value_now", 99_00, "99 CNY", "99元"),
    ],
)
def test_values_are_said_as_a_banker_says_them(
    name: str, value: float, english: str, chinese: str
) -> None:
    found = worded(value, CATALOGUE.by_name[name])
    assert (found.en, found.zh) == (english, chinese)


def test_the_reports_of_a_profile_tell_its_own_figures(client: httpx.Client) -> None:
    url = f"/v1/enterprises/{WEAK}/profile"
    found = client.get(url, params={"as_of": text_of(AS_OF)}).json()
    custody = found["custody"]
    seal = next(f for f in custody["figures"] if f["feature"] == "seal_broken_rate_365d")
    sentence = next(s for s in custody["sentences"] if s["feature"] == seal["feature"])
    assert f"{seal['value']:.1%}".replace(".0%", "%") in sentence["zh"]
    assert found["conduct"]["financing"]["sentences"]
    assert found["conduct"]["customs"]["title_zh"] == "通关守法"
