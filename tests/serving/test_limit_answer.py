from typing import Any

import httpx

from tests.serving.answers import score
from tests.serving.conftest import STRONG, WEAK

ASKED = {"as_of": "2023-01-01T00:00:00+08:00"}


def limit_of(client: httpx.Client, enterprise: str, **stated: Any) -> dict[str, Any]:
    found: dict[str, Any] = score(client, enterprise, **{**ASKED, **stated})["limit"]
    return found


def test_own_funds_are_assumed_until_the_lender_states_them(client: httpx.Client) -> None:
    assumed = limit_of(client, STRONG)["components"]["working_capital"]
    assert assumed["own_funds_from"] == "policy"
    assert assumed["own_funds_fen"] == assumed["needed_fen"] * 3 // 10
    assert "assumed" in assumed["assumed_en"]
    assert "假定" in assumed["assumed_zh"]
    funds = assumed["needed_fen"] - assumed["existing_loans_fen"] - 700
    found = limit_of(client, STRONG, funding={"own_funds_fen": funds})
    stated = found["components"]["working_capital"]
    assert (stated["own_funds_from"], stated["own_funds_fen"]) == ("request", funds)
    assert stated["gap_fen"] == 700
    assert found["amount_fen"] == 0


def test_funding_that_cannot_be_is_refused(client: httpx.Client) -> None:
    for funding in ({"own_funds_fen": -1}, {"own_funds_fen": 1.5}, {"funds": 1}, 7):
        body = {"enterprise_id": STRONG, **ASKED, "funding": funding}
        assert client.post("/v1/scores", json=body).status_code == 422


def test_the_goods_that_can_be_lent_on_and_those_that_cannot_add_up(client: httpx.Client) -> None:
    for enterprise in (STRONG, WEAK):
        parts = limit_of(client, enterprise)["components"]
        value = sum(goods["value_fen"] for goods in parts["stock"])
        eligible = sum(goods["eligible_fen"] for goods in parts["stock"])
        told = sum(kind["value_fen"] for kind in parts["ineligible"])
        assert value == eligible + told > 0
        assert {"unconfirmed"} <= {kind["reason"] for kind in parts["ineligible"]}
        assert all(kind["lots"] and kind["text_zh"] for kind in parts["ineligible"])


def test_the_strong_have_goods_to_lend_on_and_the_lines_follow(client: httpx.Client) -> None:
    found = limit_of(client, STRONG)
    assert found["components"]["collateral_fen"] > 0
    for goods in found["components"]["stock"]:
        assert goods["ltv"] <= goods["ltv_cap"]
        assert goods["haircut"]["price_from"] in ("floor", "history")
    lines = found["lines"]
    assert lines["goods_fen"] + lines["alert"]["missing_fen"] == (
        lines["alert"]["value_fen"] + lines["alert"]["headroom_fen"]
    )
    assert lines["close_out"]["value_fen"] < lines["alert"]["value_fen"]


def test_no_lender_and_no_lot_is_named(client: httpx.Client) -> None:
    told = str(limit_of(client, WEAK))
    assert "BANK" not in told
    assert "CLSAI" not in told
