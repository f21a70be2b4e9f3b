"""Nothing that is answered names a third party, or tells an amount of one."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.serving.conftest import (
    DEFAULTED,
    DORMANT,
    NAMED_ONLY,
    NEWCOMER,
    STRONG,
    UNKNOWN,
    WEAK,
    code,
    populate,
)
from tests.serving.test_scores import ask

PORT = populate().messages
EVERYBODY = (*map(code, range(24)), STRONG, WEAK, DEFAULTED, NEWCOMER, DORMANT, NAMED_ONLY, UNKNOWN)
NAMING = ("counterparty", "buyer", "lender", "facility", "receipt", "registration_number")
NAMES = {
    str(message[field])
    for message in itertools.chain(*PORT.values())
    for field in NAMING
    if field in message
} | {message["provider_id"] for stream in ("financing", "outcome") for message in PORT[stream]}
SUMS = re.compile(
    r"/limit/(components/(drawn_fen|working_capital/existing_loans_fen|stock/\d+/pledged_fen)"
    r"|lines/.*|expected_loss/.*)"
)
"""Sums over all lenders, which a limit is less by: what the enterprise itself owes and has pledged
(docs/limits.md), as a credit register tells a lender to whom it consented."""


def amounts(who: str) -> set[int]:
    """Amounts of single messages between an enterprise and a third party, in fen.

    Of one that sold once only, the price is its own turnover and stands in its figures.
    """
    sales = [one["price"] for one in PORT["title"] if one["enterprise_id"] == who]
    between = itertools.chain(PORT["financing"], PORT["pledge"])
    lent = [one.get("amount", 0) for one in between if one["enterprise_id"] == who]
    return {int(one) for one in (*lent, *(sales if len(set(sales)) > 1 else ())) if one}


def answers(client: httpx.Client, who: str, language: str) -> Iterator[httpx.Response]:
    """All that can be asked about an enterprise."""

    def call(method: str, path: str, body: Any = None) -> httpx.Response:
        return client.request(method, path, json=body, headers={"Accept-Language": language})

    score_id = ask(client, who)["score_id"]
    yield call("POST", "/v1/scores", {"enterprise_id": who})
    yield call("POST", "/v1/scores:batch", {"requests": [{"enterprise_id": who}, {"x": who}]})
    yield call("GET", f"/v1/scores/{score_id}")
    yield call("GET", f"/v1/scores/{score_id}/improvements")
    yield call("POST", f"/v1/replays/{score_id}")
    yield call("GET", f"/v1/enterprises/{who}/profile")
    yield call("POST", "/v1/scores", {"enterprise_id": who, "as_of": "1999-01-01T00:00:00Z"})


def numbers(part: Any, at: str = "") -> Iterator[tuple[str, float]]:
    """All numbers of a document, each with its JSON Pointer."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from numbers(value, f"{at}/{name}")
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from numbers(value, f"{at}/{place}")
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield at, part


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_answer_names_a_third_party_or_tells_an_amount_of_one(
    client: httpx.Client, who: str, language: str
) -> None:
    others = {*EVERYBODY, *NAMES} - {who}
    single = amounts(who)
    for answer in answers(client, who, language):
        for name in others:
            assert name not in answer.text
        told = [
            (at, number)
            for at, number in numbers(answer.json())
            if number in single and not SUMS.search(at)
        ]
        assert not told
        for number in single:
            assert f"{number / 100:,.0f} CNY" not in answer.text


def test_the_port_names_third_parties_and_amounts_that_could_be_told() -> None:
    assert {"BANK-7", "BANK-SECRET", "R1"} <= NAMES
    assert any(name.startswith("BUYER-") for name in NAMES)
    assert {10_000_000, 900_000_000} <= amounts(WEAK)
    assert 7_000_000 in amounts(WEAK)
