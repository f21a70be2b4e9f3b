import httpx
import pytest

from tests.serving.answers import score_at
from tests.serving.conftest import (
    AS_OF,
    DAY,
    DORMANT,
    NAMED_ONLY,
    NEWCOMER,
    STRONG,
    UNKNOWN,
    parse_time,
)

BEFORE = parse_time("2020-06-01")


@pytest.mark.parametrize(
    ("who", "as_of", "cause"),
    [
        (UNKNOWN, AS_OF, "unknown_enterprise"),
        (NAMED_ONLY, AS_OF, "no_messages"),
        (STRONG, BEFORE, "before_first_message"),
        (NEWCOMER, AS_OF, "short_history"),
        (DORMANT, AS_OF, "no_recent_trade"),
    ],
)
def test_where_too_little_is_known_there_is_no_score_but_the_cause_and_its_cure(
    client: httpx.Client, who: str, as_of: int, cause: str
) -> None:
    found = score_at(client, who, as_of)
    assert found["status"] == "insufficient_data"
    assert [each["code"] for each in found["causes"]] == [cause]
    assert {"score", "pd", "grade", "limit", "points"}.isdisjoint(found)
    for each in (*found["causes"], *found["missing"]):
        assert each["cure_en"].isascii()
        assert not each["cure_zh"].isascii()


def test_it_is_logged_like_any_other(client: httpx.Client) -> None:
    found = score_at(client, UNKNOWN)
    assert client.get(f"/v1/scores/{found['score_id']}").json() == found


def test_the_streams_that_are_missing_are_named(client: httpx.Client) -> None:
    assert {m["stream"] for m in score_at(client, DORMANT)["missing"]} == {
        "declaration", "document", "custody", "valuation", "title",
    }  # fmt: skip
    assert "enterprise" in {m["stream"] for m in score_at(client, UNKNOWN)["missing"]}
    assert score_at(client, NEWCOMER)["missing"] == []


def test_ninety_days_on_record_are_enough_and_less_are_not(client: httpx.Client) -> None:
    first = next(
        known
        for known in range(parse_time("2021-01-31"), parse_time("2021-02-03"), DAY // 24)
        if score_at(client, STRONG, known)["data_depth"]["messages"]
    )
    assert score_at(client, STRONG, first + 90 * DAY - 1)["status"] == "insufficient_data"
    assert score_at(client, STRONG, first + 90 * DAY)["status"] == "scored"


def test_a_moment_before_the_first_message_nothing_is_known(client: httpx.Client) -> None:
    found = score_at(client, NEWCOMER, parse_time("2022-12-01") - 1)
    assert found["causes"][0]["code"] == "before_first_message"
    assert found["newest_message"] is None
    assert found["data_depth"]["messages"] == 0
