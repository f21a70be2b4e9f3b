"""Events are told of enterprises that consent, and of no others; endpoints are banks' own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.access.consents import Consents
from serving.app import create_app
from serving.state import wall_clock
from serving.webhooks.settings import WebhookSettings
from tests.serving.access.conftest import Office, consent, opened, settings_of, staffed
from tests.serving.conftest import DEFAULTED, World, served, until
from tests.serving.test_problems import problem
from tests.serving.webhooks.conftest import AFTER, BEFORE

YEAR = 365 * 86_400_000_000


@pytest.fixture
def office(world: World, tmp_path: Path) -> Iterator[Office]:
    stated = WebhookSettings(
        key=tmp_path / "webhooks.json",
        networks=("127.0.0.0/8",),
        first_delay_seconds=0.2,
        longest_delay_seconds=0.2,
    )
    settings = settings_of(world, tmp_path, tokens_a_minute=1_000)
    settings = settings.model_copy(update={"webhooks": stated})
    with served(create_app(settings, clock=wall_clock)) as client:
        store = opened(tmp_path)
        yield staffed(client, store)
        store.close()


def ask(office: Office, method: str, path: str, who: str = "bank-a", **more: Any) -> httpx.Response:
    return office.client.request(method, path, headers=office.bearer(who), **more)


def test_with_tokens_an_endpoint_is_https_alone(office: Office) -> None:
    for url in ("http://127.0.0.1:9/", "http://bank.example/", "https://10.0.0.1/"):
        answer = ask(office, "POST", "/v1/webhooks", json={"url": url})
        problem(answer, 422, "malformed-endpoint")
    answer = ask(office, "POST", "/v1/webhooks", json={"url": "https://127.0.0.1:9/"})
    assert answer.status_code == 200  # in a network that the settings name


def test_an_event_of_an_enterprise_that_consents_no_more_is_stopped(office: Office) -> None:
    now = wall_clock()
    given = consent(DEFAULTED, "bank-a", granted_at=now - YEAR, expires_at=now + YEAR)
    office.consents(given)
    webhook = ask(office, "POST", "/v1/webhooks", json={"url": "https://127.0.0.1:9/"}).json()
    for as_of in (BEFORE, AFTER):
        body = {"enterprise_id": DEFAULTED, "as_of": as_of}
        assert ask(office, "POST", "/v1/scores", json=body).status_code == 200
    path = f"/v1/webhooks/{webhook['webhook_id']}/deliveries"

    def told() -> Any:
        return ask(office, "GET", path).json()["deliveries"]

    until(lambda: told()[0]["attempts"] > 0)
    assert told()[0]["last_attempt"]["error"] == "connection refused"
    assert {each["enterprise_id"] for each in told()} == {DEFAULTED}
    Consents(office.store).revoke(given, wall_clock(), "test")
    until(lambda: {each["state"] for each in told()} == {"stopped"})
    assert {each["enterprise_id"] for each in told()} == {None}
    again = ask(office, "POST", f"/v1/deliveries/{told()[0]['delivery_id']}:replay")
    problem(again, 404, "no-such-delivery")


def test_endpoints_are_each_banks_own(office: Office) -> None:
    webhook = ask(office, "POST", "/v1/webhooks", json={"url": "https://127.0.0.1:9/"}).json()
    path = f"/v1/webhooks/{webhook['webhook_id']}"
    trial = ask(office, "POST", f"{path}/test").json()["delivery_id"]
    assert ask(office, "GET", "/v1/webhooks", "bank-b").json()["webhooks"] == []
    for method, its in (("DELETE", path), ("POST", f"{path}/test"), ("GET", f"{path}/deliveries")):
        problem(ask(office, method, its, "bank-b"), 404, "no-such-webhook")
    problem(
        ask(office, "POST", f"/v1/deliveries/{trial}:replay", "bank-b"), 404, "no-such-delivery"
    )
    for who in ("officer-a", "strong", "root"):
        assert ask(office, "GET", "/v1/webhooks", who).status_code == 403
