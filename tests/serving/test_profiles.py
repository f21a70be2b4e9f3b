from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.instants import text_of
from serving.profiles.arrears import ARREARS
from serving.profiles.figures import FEATURES, FLAGS
from serving.profiles.trade import partners
from supervision.arrays import MISSING
from tests.serving.answers import profile
from tests.serving.conftest import AS_OF, DAY, DEFAULTED, STRONG, WEAK, populate

YEAR = 365 * DAY


def test_the_identity_is_what_the_registry_said(client: httpx.Client) -> None:
    stated = next(m for m in populate().messages["enterprise"] if m["enterprise_id"] == STRONG)
    assert profile(client, STRONG)["identity"] == {
        "region": stated["region"],
        "industry": stated["industry"],
        "size_class": stated["size_class"],
        "registered_capital_fen": stated["registered_capital"],
        "established_on": "1998-03-12",
        "customs_credit_grade": stated["customs_credit_grade"],
        "registered_since": text_of(stated["occurred_at"]),
    }


@pytest.mark.parametrize("as_of", [AS_OF, AS_OF - 200 * DAY])
def test_trade_by_commodity_is_what_was_declared_in_the_year(
    client: httpx.Client, as_of: int
) -> None:
    sums: dict[str, int] = {}
    for message in populate().messages["declaration"]:
        recent = as_of - YEAR < message["occurred_at"] and message["recorded_at"] <= as_of
        if message["enterprise_id"] == STRONG and recent:
            chapter = message["hs_code"][:2]
            sums[chapter] = sums.get(chapter, 0) + message["declared_value"]
    trade = profile(client, STRONG, as_of)["trade"]
    assert {c["chapter"]: c["imports_fen"] for c in trade["by_commodity"]} == sums
    assert trade["imports_fen"] == sum(sums.values())
    assert trade["exports_fen"] == 0
    assert sum(c["share"] for c in trade["by_commodity"]) == pytest.approx(1)
    assert [(o["country"], o["value_fen"]) for o in trade["by_origin"]] == [
        ("CL", sum(sums.values()))
    ]


def test_a_pledge_is_told_as_encumbered_and_never_by_whom(client: httpx.Client) -> None:
    weak, strong = profile(client, WEAK), profile(client, STRONG)
    assert weak["pledges"] == {"encumbered": True, "share_of_stock": "up to 25 %"}
    assert strong["pledges"] == {"encumbered": False, "share_of_stock": None}
    assert not profile(client, WEAK, AS_OF - 100 * DAY)["pledges"]["encumbered"]


def test_a_default_is_told(client: httpx.Client) -> None:
    assert profile(client, DEFAULTED)["conduct"]["default_in_force"]
    assert not profile(client, WEAK)["conduct"]["default_in_force"]


def test_figures_are_those_of_the_score(client: httpx.Client) -> None:
    asked = {"enterprise_id": WEAK, "as_of": text_of(AS_OF)}
    points = client.post("/v1/scores", json=asked).json()["points"]
    values = {p["feature"]: p["value"] for p in points}
    found = profile(client, WEAK)
    sections = [found[name] for name in ("trade", "stock", "turnover", "custody")]
    sections += [found["conduct"][name] for name in ("financing", "payments", "customs")]
    figures = [figure for section in sections for figure in section["figures"]]
    assert len(figures) > 50
    for figure in figures:
        if figure["feature"] != ARREARS.name:
            assert figure["value"] == values[figure["feature"]]


@pytest.mark.parametrize("as_of", [AS_OF, AS_OF - 200 * DAY])
def test_the_worst_arrears_are_those_of_two_years(client: httpx.Client, as_of: int) -> None:
    told = [
        message["days_past_due"]
        for message in populate().messages["financing"]
        if message["enterprise_id"] == WEAK
        and message["kind"] in ("instalment_paid", "days_past_due")
        and as_of - 730 * DAY < message["occurred_at"]
        and message["recorded_at"] <= as_of
    ]
    figures = profile(client, WEAK, as_of)["conduct"]["financing"]["figures"]
    found = {figure["feature"]: figure["value"] for figure in figures}
    assert max(told) > 0
    assert found[ARREARS.name] == max(told)
    assert found["days_past_due_max_365d"] <= max(told)


def test_every_figure_that_may_be_told_is_told_once(client: httpx.Client) -> None:
    names = [figure["feature"] for figure in figures_of(profile(client, WEAK))]
    shown = {"standing", "pledge"}
    wanted = {f.name for f in FEATURES if f.family not in shown} - set(FLAGS)
    assert sorted(names) == sorted(wanted)


def test_a_profile_tells_the_past_as_it_was_known(client: httpx.Client) -> None:
    found = profile(client, STRONG, AS_OF - 300 * DAY)
    assert found["data_depth"]["days_on_record"] == 698 - 300
    assert found["newest_message"]["known_at"] <= text_of(AS_OF - 300 * DAY)


def figures_of(node: Any) -> list[dict[str, Any]]:
    """All figures, wherever they stand."""
    if isinstance(node, dict):
        own = node.get("figures", []) if isinstance(node.get("figures"), list) else []
        return [*own, *(f for v in node.values() if isinstance(v, dict) for f in figures_of(v))]
    return []


parties = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 10**12)), max_size=120)


@given(parties)
def test_nothing_is_told_of_fewer_than_five_partners(deals: list[tuple[int, int]]) -> None:
    others = np.array([party for party, _ in deals], np.int64)
    values = np.array([value for _, value in deals], np.int64)
    found = partners(others, values)
    if len(set(others.tolist())) < 5:
        assert found.count == "fewer than 5"
        assert found.share_of_five_largest is None


@pytest.mark.parametrize(
    ("shares", "count", "band"),
    [
        ([20] * 5, "5 to 9", "over 80 %"),
        ([1] * 10, "10 to 24", "40 % to 60 %"),
        ([1] * 30, "25 to 49", "up to 40 %"),
        ([100] * 5 + [10] * 20, "25 to 49", "60 % to 80 %"),
        ([1] * 50, "50 or more", "up to 40 %"),
    ],
)
def test_partners_are_told_in_bands(shares: list[int], count: str, band: str) -> None:
    found = partners(np.arange(len(shares)), np.array(shares, np.int64))
    assert (found.count, found.share_of_five_largest) == (count, band)


def test_a_deal_that_names_no_partner_counts_for_none() -> None:
    found = partners(np.full(9, MISSING), np.ones(9, np.int64))
    assert found.count == "fewer than 5"
