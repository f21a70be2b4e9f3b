"""What every call meets before anything else is looked at."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving.access.roles import Role
from serving.app import create_app
from serving.settings import Settings
from tests.serving.access.conftest import Office, consent, opened, settings_of, staffed
from tests.serving.conftest import NOW, STRONG, World, served
from tests.serving.test_problems import problem


@pytest.fixture
def small(world: World, tmp_path: Path) -> Iterator[Office]:
    """A service where one client has ten calls, twenty rows, and one address thirty tokens."""
    settings = settings_of(
        world, tmp_path, calls_a_minute=10, rows_a_minute=20, tokens_a_minute=30, batch_rows=15,
        body_bytes=2_000,
    )  # fmt: skip
    with served(create_app(settings, clock=lambda: NOW)) as client:
        store = opened(tmp_path)
        yield staffed(client, store)
        store.close()


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic eDp5", "Token x"])
def test_without_a_token_nobody_is_let_in(office: Office, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = office.client.post("/v1/scores", json={"enterprise_id": STRONG}, headers=headers)
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="cargoworthy"'


def test_a_call_without_a_token_is_told_nothing_of_its_faults(office: Office) -> None:
    problem(office.client.post("/v1/scores", json={"nonsense": 1}), 401, "unauthenticated")


def test_too_many_calls_are_told_when_to_come_again(small: Office) -> None:
    headers = small.bearer("bank-a")
    for _ in range(10):
        assert small.client.get("/v1/consents", headers=headers).status_code == 200
    answer = small.client.get("/v1/consents", headers=headers)
    problem(answer, 429, "too-many-calls")
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["ratelimit"] == '"calls";r=0;t=60'
    assert answer.headers["ratelimit-policy"] == '"calls";q=10;w=60'
    assert small.client.get("/v1/consents", headers=small.bearer("bank-b")).status_code == 200


def test_an_address_that_asks_for_too_many_tokens_waits(small: Office) -> None:
    form = {"grant_type": "client_credentials"}
    statuses = [small.client.post("/oauth/token", data=form).status_code for _ in range(31)]
    assert statuses == [401] * 30 + [429]


def test_a_batch_has_a_cap_and_counts_as_its_rows(small: Office) -> None:
    small.consents(consent(STRONG, "bank-a"))
    headers = small.bearer("bank-a")

    def ask(rows: int) -> httpx.Response:
        body = {"requests": [{"enterprise_id": STRONG}] * rows}
        return small.client.post("/v1/scores:batch", json=body, headers=headers)

    problem(ask(16), 413, "content-too-large")
    assert ask(15).status_code == 200
    problem(ask(15), 429, "too-many-calls")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_has_a_cap(small: Office, chunked: bool) -> None:
    body = b'{"enterprise_id": "' + b"x" * 3_000 + b'"}'
    content = iter([body[:1_000], body[1_000:]]) if chunked else body
    headers = {**small.bearer("bank-a"), "Content-Type": "application/json"}
    answer = small.client.post("/v1/scores", content=content, headers=headers)
    problem(answer, 413, "content-too-large")
    small.consents(consent(STRONG, "bank-a"))
    fits = b'{"enterprise_id": "' + STRONG.encode() + b'"}'
    content = iter([fits[:9], fits[9:]]) if chunked else fits
    answer = small.client.post("/v1/scores", content=content, headers=headers)
    assert answer.status_code == 200


def test_nothing_secret_is_ever_logged_or_kept_in_the_clear(
    small: Office,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = small.register("talker", Role.BANK)
    token = small.token("talker")
    small.client.post("/oauth/token", data={"client_id": "talker", "client_secret": secret + "x"})
    small.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    answer = small.client.get("/v1/consents", headers={"Authorization": f"Bearer {token}x"})
    assert answer.status_code == 401
    (tmp_path / "ledger.db").chmod(0o600)
    said = caplog.text + "".join(capfd.readouterr()) + answer.text
    said += "".join(file.read_bytes().decode("latin-1") for file in tmp_path.glob("ledger.db*"))
    signature = token.rpartition(".")[2]
    for told in (secret, token, signature):
        assert told not in said


def test_a_service_without_a_key_says_what_to_do(world: World, tmp_path: Path) -> None:
    settings = settings_of(world, tmp_path)
    (tmp_path / "key.json").unlink()
    with served(create_app(settings, clock=lambda: NOW)) as client:
        answer = client.post("/v1/scores", json={"enterprise_id": STRONG})
        found = problem(answer, 503, "not-ready")
        assert "access init" in found.found
        ready = client.get("/readyz")
        assert "access init" in problem(ready, 503, "not-ready").found


def test_the_service_demands_tokens_unless_it_is_told_otherwise() -> None:
    assert Settings().access == "required"
