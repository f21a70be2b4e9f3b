"""Events reach their endpoint, signed, once each by id, whatever the endpoint does first."""

import logging
import threading
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.webhooks.deliverer import delay
from serving.webhooks.settings import WebhookSettings
from tests.serving.conftest import DEFAULTED, STRONG, World, code, until
from tests.serving.test_problems import problem
from tests.serving.webhooks.conftest import (
    AFTER,
    BEFORE,
    Bank,
    opened,
    receiving,
    settings_of,
    signed_right,
)


def test_a_grade_that_changes_and_what_warns_of_it_are_told(bank: Bank) -> None:
    with receiving() as receiver:
        secret = bank.register(receiver.url)["secret"]
        first, second = bank.fall()
        assert (first["grade"] == "D", second["grade"]) == (False, "D")
        until(lambda: len(receiver.accepted()) == 2)
        told = {each.told["type"]: each for each in receiver.received}
    assert set(told) == {"score.grade_changed", "early_warning.raised"}
    for each in told.values():
        assert signed_right(each, secret)
        assert each.headers["content-type"] == "application/json"
        assert each.told["timestamp"] == second["answered_at"]
        data = each.told["data"]
        assert data["enterprise_id"] == DEFAULTED
        assert (data["score_id"], data["grade"]) == (second["score_id"], "D")
        assert data["former"] == {
            name: first[name] for name in ("score_id", "as_of", "score", "grade")
        }
    changed = told["score.grade_changed"].told["data"]
    assert changed["direction"] == "worse"
    assert first["grade"] in changed["text_en"]
    assert changed["text_zh"].startswith("信用等级由")
    codes = [each["code"] for each in told["early_warning.raised"].told["data"]["warnings"]]
    assert "default" in codes


def test_an_endpoint_is_told_only_of_what_it_was_registered_for(bank: Bank) -> None:
    with receiving() as one, receiving() as other:
        bank.register(one.url, "score.grade_changed")
        bank.register(other.url, "early_warning.raised")
        bank.fall()
        until(lambda: one.accepted() and other.accepted())
        assert [each.told["type"] for each in one.received] == ["score.grade_changed"]
        assert [each.told["type"] for each in other.received] == ["early_warning.raised"]


def test_a_score_that_says_nothing_new_is_no_event(bank: Bank) -> None:
    bank.register("http://127.0.0.1:9/")
    bank.score()
    bank.score()
    bank.score(STRONG)
    assert bank.rows("SELECT * FROM webhook_event") == []


def test_a_look_back_is_no_event_and_no_former_score(bank: Bank) -> None:
    bank.register("http://127.0.0.1:9/")
    bank.score(as_of=AFTER)
    bank.score(as_of=BEFORE)
    bank.score(as_of=AFTER)
    assert bank.rows("SELECT * FROM webhook_event") == []


def test_rows_of_a_batch_are_told_as_single_scores_are(bank: Bank) -> None:
    with receiving() as receiver:
        bank.register(receiver.url, "score.grade_changed")
        rows = [{"enterprise_id": DEFAULTED, "as_of": each} for each in (BEFORE, AFTER, AFTER)]
        assert bank.client.post("/v1/scores:batch", json={"requests": rows}).status_code == 200
        until(receiver.accepted)
        assert len(bank.rows("SELECT * FROM webhook_event")) == 1


def test_an_event_is_sent_until_its_endpoint_takes_it(bank: Bank) -> None:
    plan: tuple[int | str, ...] = (500, "hang", "break", 302, "nonsense", 503, "drip")
    with receiving(*plan) as receiver:
        webhook = bank.register(receiver.url, "score.grade_changed")
        bank.fall()
        until(receiver.accepted, 60)
        assert {each.event_id for each in receiver.received} == {receiver.accepted()[0].event_id}
        assert len({each.body for each in receiver.received}) == 1
        assert all(signed_right(each, webhook["secret"]) for each in receiver.received)
        until(lambda: bank.deliveries(webhook["webhook_id"])[0]["state"] == "delivered")
        (told,) = bank.deliveries(webhook["webhook_id"])
    # What dripped was cut off in time, and is no answer.
    assert told["attempts"] == len(plan) + 1 == len(receiver.received)
    assert told["last_attempt"]["status"] == 204
    attempts = bank.rows("SELECT status, error FROM webhook_attempt ORDER BY number")
    assert [status for status, _ in attempts] == [500, None, None, 302, None, 503, None, 204]
    assert attempts[1][1] == attempts[6][1] == "no answer in time"
    assert attempts[4][1] == "no answer of HTTP"


def test_an_endpoint_that_asks_for_time_has_it(world: World, tmp_path: Path) -> None:
    settings = settings_of(world, tmp_path, longest_delay_seconds=30)
    with opened(settings) as bank, receiving(429) as receiver:
        webhook = bank.register(receiver.url, "score.grade_changed")
        bank.fall()
        # The endpoint has its event before the attempt is written.
        until(lambda: [each["state"] for each in bank.deliveries(webhook["webhook_id"])]
              == ["delivered"])  # fmt: skip
        first, second = (at for (at,) in bank.rows("SELECT at FROM webhook_attempt ORDER BY at"))
        assert second - first >= 1_000_000


def test_many_events_are_each_taken_once_by_an_endpoint_that_often_fails(bank: Bank) -> None:
    with receiving(*([500, 204, "break"] * 10)) as receiver:
        webhook = bank.register(receiver.url)
        rows = [
            {"enterprise_id": each, "as_of": at}
            for at in ("2022-01-01T00:00:00+08:00", "2022-07-01T00:00:00+08:00", AFTER)
            for each in (DEFAULTED, *map(code, range(24)))
        ]
        assert bank.client.post("/v1/scores:batch", json={"requests": rows}).status_code == 200
        events = [each for (each,) in bank.rows("SELECT event_id FROM webhook_event")]
        assert len(events) > 15
        until(lambda: len(receiver.accepted()) >= len(events), 100)
        until(lambda: not _open(bank, webhook["webhook_id"]))
        assert Counter(each.event_id for each in receiver.accepted()) == Counter(events)


def _open(bank: Bank, webhook_id: str) -> list[object]:
    return [each for each in bank.deliveries(webhook_id) if each["state"] == "pending"]


def test_an_endpoint_that_hangs_holds_up_no_other(bank: Bank) -> None:
    with receiving(*["hang"] * 9) as slow, receiving() as quick:
        bank.register(slow.url)
        bank.register(quick.url)
        bank.fall()
        until(lambda: len(quick.accepted()) == 2, 5)
        assert not slow.accepted()


def test_an_endpoint_that_is_gone_is_told_no_more(bank: Bank) -> None:
    with receiving(410) as receiver:
        webhook = bank.register(receiver.url)
        bank.fall()
        until(lambda: bank.client.get("/v1/webhooks").json()["webhooks"][0]["disabled_at"])
        (told,) = bank.client.get("/v1/webhooks").json()["webhooks"]
        assert told["disabled_why"] == "gone"
        states = sorted(each["state"] for each in bank.deliveries(webhook["webhook_id"]))
        assert states == ["failed", "stopped"]
        assert len(receiver.received) == 1
        answer = bank.client.post(f"/v1/webhooks/{webhook['webhook_id']}/test")
        problem(answer, 409, "webhook-disabled")


def test_what_was_given_up_can_be_replayed_under_the_same_id(world: World, tmp_path: Path) -> None:
    settings = settings_of(world, tmp_path, give_up_seconds=0.3)
    with opened(settings) as bank, receiving(*[500] * 50) as receiver:
        webhook = bank.register(receiver.url, "score.grade_changed")
        bank.fall()
        path = webhook["webhook_id"]
        until(lambda: [each["state"] for each in bank.deliveries(path)] == ["failed"])
        (failed,) = bank.deliveries(path)
        assert failed["next_attempt_at"] is None
        receiver.plan.clear()
        again = bank.client.post(f"/v1/deliveries/{failed['delivery_id']}:replay")
        assert again.status_code == 202
        assert again.json()["event_id"] == failed["event_id"]
        until(receiver.accepted)
        assert {each.event_id for each in receiver.received} == {failed["event_id"]}
        assert len({each.body for each in receiver.received}) == 1
        until(lambda: bank.deliveries(path)[0]["state"] == "delivered")
        states = [each["state"] for each in bank.deliveries(path)]
        assert states == ["delivered", "failed"]
        assert len(bank.client.get(f"/v1/webhooks/{path}/deliveries?state=failed").json()
                   ["deliveries"]) == 1  # fmt: skip


def test_events_wait_for_a_service_that_delivers(world: World, tmp_path: Path) -> None:
    with receiving() as receiver:
        with opened(settings_of(world, tmp_path, deliver=False)) as bank:
            secret = bank.register(receiver.url)["secret"]
            bank.fall()
            assert not receiver.received
        with opened(settings_of(world, tmp_path)):
            until(lambda: len(receiver.accepted()) == 2)
        assert all(signed_right(each, secret) for each in receiver.received)


def test_of_two_services_one_delivers(world: World, tmp_path: Path) -> None:
    settings = settings_of(world, tmp_path)
    with receiving() as receiver, opened(settings) as one, opened(settings) as other:
        one.register(receiver.url, "score.grade_changed")
        threads = [threading.Thread(target=each.fall, args=(DEFAULTED,)) for each in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        events = [each for (each,) in one.rows("SELECT event_id FROM webhook_event")]
        assert events
        until(lambda: len(receiver.accepted()) == len(events))
        assert Counter(each.event_id for each in receiver.received) == Counter(events)


def test_a_trial_event_is_sent_at_once_and_tells_nothing(bank: Bank) -> None:
    with receiving() as receiver:
        webhook = bank.register(receiver.url)
        answer = bank.client.post(f"/v1/webhooks/{webhook['webhook_id']}/test")
        assert answer.status_code == 202
        until(receiver.accepted)
        (each,) = receiver.received
        assert each.told["type"] == "webhook.test"
        assert each.told["data"] == {"webhook_id": webhook["webhook_id"]}
        assert signed_right(each, webhook["secret"])
        assert each.event_id == answer.json()["event_id"]


def test_after_it_is_deleted_an_endpoint_is_told_nothing(bank: Bank) -> None:
    with receiving(*[500] * 9) as receiver:
        webhook = bank.register(receiver.url)
        bank.fall()
        until(lambda: receiver.received)
        told = bank.client.delete(f"/v1/webhooks/{webhook['webhook_id']}").json()
        assert told["disabled_why"] == "deleted"
        assert not _open(bank, webhook["webhook_id"])
        before = len(bank.rows("SELECT * FROM webhook_event"))
        bank.fall(code(23))
        assert len(bank.rows("SELECT * FROM webhook_event")) == before
        actions = [each for (each,) in bank.rows("SELECT action FROM audit")]
        assert actions.count("webhook-added") == actions.count("webhook-disabled") == 1


def test_a_secret_is_shown_once_and_stands_nowhere(
    bank: Bank, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), receiving(500) as receiver:
        secret = bank.register(receiver.url)["secret"]
        bank.fall()
        until(lambda: len(receiver.accepted()) == 2)
    random = secret.removeprefix("whsec_")
    assert random not in bank.client.get("/v1/webhooks").text
    assert random not in caplog.text
    kept = [each.read_bytes() for each in tmp_path.glob("*") if each.is_file()]
    assert len(kept) > 2
    assert not any(random.encode() in each for each in kept)
    key = tmp_path / "webhooks.json"
    assert key.stat().st_mode & 0o077 == 0


def test_a_lost_key_is_told_and_nothing_is_sent_unsigned(bank: Bank, tmp_path: Path) -> None:
    with receiving() as receiver:
        webhook = bank.register(receiver.url, "score.grade_changed")
        (tmp_path / "webhooks.json").unlink()
        bank.fall()
        path = webhook["webhook_id"]
        until(lambda: bank.deliveries(path) and bank.deliveries(path)[0]["attempts"])
        assert bank.deliveries(path)[0]["last_attempt"]["error"] == "its secret cannot be opened"
        assert not receiver.received


def test_a_tenant_has_so_many_endpoints_at_most(world: World, tmp_path: Path) -> None:
    with opened(settings_of(world, tmp_path, endpoints=1)) as bank:
        first = bank.register("http://127.0.0.1:9/")
        answer = bank.client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/other"})
        problem(answer, 409, "too-many-webhooks")
        bank.client.delete(f"/v1/webhooks/{first['webhook_id']}")
        bank.register("http://127.0.0.1:9/other")


def test_deleted_endpoints_hide_none_of_those_that_count(world: World, tmp_path: Path) -> None:
    with opened(settings_of(world, tmp_path, endpoints=2)) as bank:
        kept = bank.register("http://127.0.0.1:9/kept")
        for _ in range(101):
            other = bank.register("http://127.0.0.1:9/other")
            bank.client.delete(f"/v1/webhooks/{other['webhook_id']}")
        bank.register("http://127.0.0.1:9/other")
        answer = bank.client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/third"})
        problem(answer, 409, "too-many-webhooks")
        assert bank.client.delete(f"/v1/webhooks/{kept['webhook_id']}").status_code == 200


@given(st.integers(1, 60), st.floats(0, 1))
def test_delays_grow_and_stay_within_their_bounds(attempts: int, chance: float) -> None:
    settings = WebhookSettings()
    found = delay(attempts, settings, chance)
    assert 0.8 * 5 <= found <= 1.2 * 6 * 3_600 + 1e-6
    assert delay(attempts + 1, settings, chance) >= found
    assert delay(attempts, settings, 1.0) <= 1.5 * delay(attempts, settings, 0.0) + 1e-9


def test_in_three_days_an_event_is_sent_often_enough() -> None:
    settings, spent, attempts = WebhookSettings(), 0.0, 1
    while spent < settings.give_up_seconds:
        spent += delay(attempts, settings, 0.5)
        attempts += 1
    assert 15 <= attempts <= 25
