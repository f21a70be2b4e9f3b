"""Providers report over HTTP: what is accepted, refused, vouched for, and seen by a score."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from serving.app import create_app
from serving.audit.log import AUDIT
from serving.settings import Settings
from supervision.archive import Archive
from supervision.database import engine_of
from supervision.lock import INGESTING
from supervision.providers.register import register
from supervision.providers.statement import Key, Statement, make_key, sign
from supervision.providers.vouching import vouched_for
from supervision.record import Record
from supervision.refused import refused
from tests.serving.access.conftest import Office
from tests.serving.conftest import HOUR, NOW, WEAK, World, served
from tests.serving.objections.conftest import said

KEY = make_key()


def count_of(world: World, number: int, **changed: Any) -> dict[str, Any]:
    """A count of a lot of WEAK's, by CUSTODY, that is news."""
    was = said(world, "custody", WEAK, kind="counted")[-1]
    news = {"message_id": f"NEW-{number}", "occurred_at": NOW - 2 * HOUR, "recorded_at": NOW - HOUR}
    return {**was, **news, **changed}


def body_of(*messages: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(message).encode() + b"\n" for message in messages)


def report(
    office: Office, body: bytes, who: str = "warehouse", stream: str = "custody", **headers: str
) -> httpx.Response:
    headers |= {"Content-Type": "application/x-ndjson", **office.bearer(who)}
    return office.client.post(
        "/v1/messages", params={"stream": stream}, content=body, headers=headers
    )


def signature(body: bytes, key: Key = KEY, stream: str = "custody") -> dict[str, str]:
    statement = Statement(hashlib.sha256(body).hexdigest(), stream)
    return {"Cargoworthy-Signature": sign(statement, key)}


def registered(settings: Settings, provider: str = "CUSTODY", key: Key = KEY) -> None:
    public = json.dumps(key.as_dict(private=False))
    register(engine_of(settings.database), provider, public, NOW - HOUR, "lin")


@contextmanager
def occupied(settings: Settings) -> Iterator[threading.Event]:
    """Another ingestion into the record, until the event is set."""
    engine, held, let_go = engine_of(settings.database), threading.Event(), threading.Event()

    def hold() -> None:
        with INGESTING.held(engine):
            held.set()
            let_go.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        yield let_go
    finally:
        let_go.set()
        holder.join()


def test_what_is_reported_is_in_the_record_and_in_the_next_score(
    office: Office, world: World, settings: Settings
) -> None:
    body = body_of(count_of(world, 1), count_of(world, 2))
    before = Record.open(settings.database).position()
    told = report(office, body).json()
    assert (told["received"], told["accepted"], told["refused"]) == (2, 2, [])
    assert told["record_position"] == before + 2
    assert told["signed"] is False
    kept = Archive(settings.archive).path_of(told["sha256"])
    assert kept.read_bytes() == body
    asked = {"enterprise_id": WEAK}
    answer = office.client.post("/v1/scores", json=asked, headers=office.bearer("weak")).json()
    assert answer["newest_message"]["position"] == before + 2
    assert answer["record_position"] == before + 2


def test_the_same_body_again_changes_nothing(office: Office, world: World) -> None:
    body = body_of(count_of(world, 1))
    first, again = report(office, body).json(), report(office, body).json()
    assert (again["accepted"], again["duplicate"]) == (0, 1)
    assert again["record_position"] == first["record_position"]


def test_a_row_that_is_wrong_spoils_no_other(
    office: Office, world: World, settings: Settings
) -> None:
    body = body_of(count_of(world, 1), count_of(world, 2, unit="t")) + b"no json\n"
    told = report(office, body).json()
    assert (told["accepted"], told["quarantined"]) == (1, 2)
    assert [(row["row"], row["reason"]) for row in told["refused"]] == [
        (2, "wrong_unit"), (3, "malformed_row"),
    ]  # fmt: skip
    assert all(row["help"] for row in told["refused"])
    assert len(refused(Record.open(settings.database).engine)) == 2


def test_a_provider_speaks_for_itself_alone(
    office: Office, world: World, settings: Settings
) -> None:
    def of(number: int, *providers: str) -> bytes:
        told = {k: v for k, v in count_of(world, number).items() if k != "provider_id"}
        named = "".join(f'"provider_id": "{each}", ' for each in providers)
        return ("{" + named + json.dumps(told)[1:]).encode() + b"\n"

    body = of(1, "CUSTODY") + of(2, "OTHER") + of(3, "CUSTODY", "OTHER") + of(4, "OTHER", "CUSTODY")
    told = report(office, body).json()
    assert [(row["row"], row["reason"]) for row in told["refused"]] == [
        (2, "other_provider"), (3, "other_provider"),
    ]  # fmt: skip
    record = Record.open(settings.database)
    news = record.messages([told["record_position"] - 1, told["record_position"]])
    assert {(one.message_id, one.provider_id) for one in news} == {
        ("NEW-1", "CUSTODY"), ("NEW-4", "CUSTODY"),
    }  # fmt: skip
    assert report(office, of(5, "CUSTODY"), "customs").json()["accepted"] == 0


def test_a_signature_vouches_for_a_body(office: Office, world: World, settings: Settings) -> None:
    registered(settings)
    body = body_of(count_of(world, 1))
    assert report(office, body, **signature(body)).json()["signed"] is True
    record = Record.open(settings.database)
    number = record.number_of([WEAK])[WEAK]
    (found,) = vouched_for(record.engine, "custody", number, ["NEW-1"]).values()
    assert (found.provider, found.key_id) == ("CUSTODY", KEY.thumbprint())


@pytest.mark.parametrize("fault", ["changed", "stream", "unknown", "another's", "nonsense"])
def test_a_signature_that_does_not_hold_refuses_the_body(
    office: Office, world: World, settings: Settings, fault: str
) -> None:
    if fault != "unknown":
        registered(settings, "OTHER" if fault == "another's" else "CUSTODY")
    body = body_of(count_of(world, 1))
    stated = signature(body, stream="title" if fault == "stream" else "custody")
    if fault == "nonsense":
        stated = {"Cargoworthy-Signature": "a.b.c"}
    before = Record.open(settings.database).position()
    answer = report(office, body + b"\n" if fault == "changed" else body, **stated)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:cargoworthy:problem:bad-signature"
    assert Record.open(settings.database).position() == before


@pytest.mark.parametrize("body", [b"", b"\n \n"])
def test_a_body_without_a_message_is_refused(office: Office, body: bytes) -> None:
    answer = report(office, body)
    assert (answer.status_code, answer.json()["type"]) == (
        422, "urn:cargoworthy:problem:malformed-messages",
    )  # fmt: skip


def test_another_form_or_stream_is_refused(office: Office, world: World) -> None:
    headers = {**office.bearer("warehouse"), "Content-Type": "text/csv"}
    ask = office.client.post
    assert ask("/v1/messages?stream=custody", content=b"a", headers=headers).status_code == 415
    assert report(office, body_of(count_of(world, 1)), stream="odd").status_code == 422


def test_who_is_no_provider_may_not_report(office: Office, world: World) -> None:
    for who in ("bank-a", "strong", "officer-a", "root"):
        assert report(office, body_of(count_of(world, 1)), who).status_code == 403


def test_who_reported_what_is_in_the_audit_log(
    office: Office, world: World, settings: Settings
) -> None:
    told = report(office, body_of(count_of(world, 1), count_of(world, 2, unit="t"))).json()
    with engine_of(settings.ledger).connect() as connection:
        query = sa.select(AUDIT).where(AUDIT.c.action.like("messages%")).order_by(AUDIT.c.number)
        begun, row = connection.execute(query).mappings()
    assert (begun["action"], row["action"]) == ("messages-begun", "messages")
    assert json.loads(begun["detail"])["sha256"] == told["sha256"]
    assert (row["subject"], row["client_id"], row["tenant"]) == (
        str(told["batch"]), "warehouse", "CUSTODY",
    )  # fmt: skip
    detail = json.loads(row["detail"])
    assert (detail["accepted"], detail["quarantined"], detail["stream"]) == (1, 1, "custody")


def test_a_message_after_the_clock_is_refused(office: Office, world: World) -> None:
    told = report(office, body_of(count_of(world, 1, recorded_at=NOW + HOUR))).json()
    assert [row["reason"] for row in told["refused"]] == ["in_the_future"]


def test_one_that_reports_beside_another_waits_its_turn(
    office: Office, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serving.messages import taking

    with occupied(settings) as let_go:
        monkeypatch.setattr(taking, "PATIENCE", 0.2)
        answer = report(office, body_of(count_of(world, 1)))
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        monkeypatch.setattr(taking, "PATIENCE", 20.0)
        threading.Timer(0.3, let_go.set).start()
        assert report(office, body_of(count_of(world, 1))).json()["accepted"] == 1


def test_it_is_counted(office: Office, world: World) -> None:
    report(office, body_of(count_of(world, 1), count_of(world, 2, unit="t")))
    text = office.client.get("/metrics", headers=office.bearer("root")).text
    for outcome in ("accepted", "quarantined"):
        assert f'cargoworthy_messages_total{{outcome="{outcome}",stream="custody"}} 1.0' in text


def test_a_body_that_another_sent_first_is_not_lost(office: Office, world: World) -> None:
    body = body_of(count_of(world, 1))
    foreign = report(office, body, "customs").json()
    assert [row["reason"] for row in foreign["refused"]] == ["other_provider"]
    assert report(office, body).json()["accepted"] == 1


def test_whose_name_it_bears_counts_before_what_else_is_wrong(office: Office, world: World) -> None:
    told = report(office, body_of(count_of(world, 1, unit="t")), "customs").json()
    assert [row["reason"] for row in told["refused"]] == ["other_provider"]


def test_of_the_same_body_again_the_refusals_are_told_again(office: Office, world: World) -> None:
    body = body_of(count_of(world, 1), count_of(world, 2, unit="t"))
    first, again = report(office, body).json(), report(office, body).json()
    assert again["repeats"] == first["batch"]
    assert again["refused"] == first["refused"]


def test_an_archive_that_cannot_be_written_is_not_the_providers_fault(
    office: Office, world: World, settings: Settings
) -> None:
    settings.archive.write_text("no folder")
    answer = report(office, body_of(count_of(world, 1)))
    assert answer.status_code == 503
    assert str(settings.archive) not in answer.text
    settings.archive.unlink()
    assert report(office, body_of(count_of(world, 1))).json()["accepted"] == 1


def test_messages_are_known_from_when_the_body_was_here(world: World, settings: Settings) -> None:
    times = iter([NOW, NOW + HOUR, NOW + 2 * HOUR, NOW + 2 * HOUR, NOW + 2 * HOUR])
    last = [NOW]

    def clock() -> int:
        last[0] = next(times, last[0])
        return last[0]

    opened_ = settings.model_copy(update={"access": "open"})
    with served(create_app(opened_, clock=clock)) as client:
        times = iter([NOW, NOW + HOUR])  # when the call began, and when its body was here
        answer = client.post(
            "/v1/messages?stream=custody",
            content=body_of(count_of(world, 1)),
            headers={"Content-Type": "application/x-ndjson"},
        ).json()
    record = Record.open(settings.database)
    (message,) = record.messages([answer["record_position"]])
    assert message.known_at == NOW + HOUR


def test_bodies_beyond_the_seats_are_sent_away_at_once(
    office: Office, world: World, settings: Settings
) -> None:
    codes: list[int] = []

    def ask(number: int) -> None:
        codes.append(report(office, body_of(count_of(world, number))).status_code)

    office.token("warehouse")
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    with occupied(settings) as let_go:
        for thread in threads:
            thread.start()
        begun = time.monotonic()
        asked = {"enterprise_id": WEAK}
        scored = office.client.post("/v1/scores", json=asked, headers=office.bearer("weak"))
        assert scored.status_code == 200
        assert time.monotonic() - begun < 3
        let_go.set()
        for thread in threads:
            thread.join()
    assert codes.count(200) >= 2
    assert set(codes) == {200, 503}
