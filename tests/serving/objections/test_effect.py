"""What a fact does to the score, judged by a record into which it never came."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.app import create_app
from tests.serving.answers import score
from tests.serving.conftest import AS_OF, DAY, NOW, STRONG, WEAK, World, ingest, populate, served
from tests.serving.objections.conftest import lodged, said

FACTS = (
    (STRONG, "custody", "counted", 4),
    (STRONG, "custody", "received", 22),
    (STRONG, "title", "transferred", 20),
    (STRONG, "declaration", "declared", 21),
    (STRONG, "valuation", "appraisal", 21),
    (WEAK, "financing", "instalment_paid", 19),
    (WEAK, "financing", "drawn", 0),
    (WEAK, "custody", "exception", 15),
    (WEAK, "pledge", "registered", 0),
    (WEAK, "enterprise", "registration", 0),
)


def told(answer: dict[str, Any]) -> dict[str, Any]:
    found = {"status": answer["status"], "score": answer["score"], "grade": answer["grade"]}
    return {**found, "limit_fen": answer["limit"]["amount_fen"]}


@pytest.mark.parametrize(("who", "stream", "kind", "place"), FACTS)
def test_the_score_without_is_that_of_a_record_without(
    desk: httpx.Client, world: World, tmp_path: Path, who: str, stream: str, kind: str, place: int
) -> None:
    message = said(world, stream, who, kind=kind)[place]
    effect = lodged(desk, who, message["message_id"])["effect"]
    port = populate()
    kept = [m for m in port.messages[stream] if m["message_id"] != message["message_id"]]
    assert len(kept) == len(port.messages[stream]) - 1
    port.messages[stream] = kept
    port.write(tmp_path / "messages")
    database = f"sqlite:///{tmp_path}/record.db"
    ingest(tmp_path / "messages", database).close()
    settings = world.settings(tmp_path / "other.db", database=database)
    with served(create_app(settings, lambda: NOW)) as other:
        assert effect["without_fact"] == told(score(other, who))
    assert effect["with_fact"] == {**effect["without_fact"], **effect["with_fact"]}


def test_what_else_is_disputed_stays_so_in_both_scores(world: World, tmp_path: Path) -> None:
    """Goods in dispute cost the limit; another fact must not be said to give that back."""

    def desk_without(lacking: set[str], name: str) -> AbstractContextManager[httpx.Client]:
        port = populate()
        port.messages = {
            stream: [m for m in every if m["message_id"] not in lacking]
            for stream, every in port.messages.items()
        }
        port.write(tmp_path / name)
        database = f"sqlite:///{tmp_path}/{name}.db"
        ingest(tmp_path / name, database).close()
        settings = world.settings(tmp_path / f"{name}-ledger.db", database=database)
        return served(create_app(settings, lambda: NOW))

    # Without its loans, the goods decide its limit.
    loans = {message["message_id"] for message in said(world, "financing", STRONG)}
    goods = said(world, "custody", STRONG, kind="received")[-1]["message_id"]
    other = said(world, "declaration", STRONG, kind="declared")[0]["message_id"]
    with desk_without(loans, "with") as desk, desk_without({*loans, other}, "without") as lacking:
        before = told(score(desk, STRONG))
        lodged(desk, STRONG, goods)
        after = told(score(desk, STRONG))
        assert after["limit_fen"] < before["limit_fen"]
        effect = lodged(desk, STRONG, other)["effect"]
        lodged(lacking, STRONG, goods)
        assert effect["with_fact"] == after
        assert effect["without_fact"] == told(score(lacking, STRONG))


def test_what_leaves_too_little_for_a_score_is_told_so(world: World, tmp_path: Path) -> None:
    """A young trader whose only news of the year is one declaration."""
    port = populate()
    lone = port.messages["declaration"][0]["enterprise_id"]
    for stream in port.messages:
        port.messages[stream] = [m for m in port.messages[stream] if m["enterprise_id"] != lone]
    port.register(lone, AS_OF - 300 * DAY)
    message_id = port.say(
        "declaration", "declared", AS_OF - 200 * DAY, lone, number="D1", direction="import",
        hs_code="7403110000", unit="kg", first_quantity=1, declared_value=1, currency="USD",
        currency_value=1, origin="CL", port="CNXMN", supervision_mode="0110",
        trading_party=lone, consuming_party=lone, counterparty="SUPPLIER-1",
    )  # fmt: skip
    port.write(tmp_path / "messages")
    database = f"sqlite:///{tmp_path}/record.db"
    ingest(tmp_path / "messages", database).close()
    settings = world.settings(tmp_path / "ledger.db", database=database)
    with served(create_app(settings, lambda: NOW)) as desk:
        effect = lodged(desk, lone, message_id)["effect"]
        assert effect["without_fact"]["status"] == "insufficient_data"
        assert effect["without_fact"]["score"] is None
        assert effect["points"] is None
        answer = score(desk, lone)
        assert [fact["points"] for fact in answer["disputed_facts"]] == [None]
