"""The examples, against a real service that asks for tokens and consents."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey, KeySet

from examples.client import Client, Secret, ServiceProblem, SigningKey, Unreachable
from serving.access.clients import Clients
from serving.access.consents import Consents
from serving.access.roles import Role
from serving.app import create_app
from serving.state import wall_clock
from tests.serving.access.conftest import consent, opened, settings_of
from tests.serving.conftest import STRONG, UNKNOWN, WEAK, World, served

ROOT = Path(__file__).parents[3]
AS_OF = "2023-01-01T00:00:00+08:00"
YEAR = 365 * 86_400_000_000
KEY = ECKey.generate_key("P-256")


@dataclass(frozen=True)
class Service:
    """A running service, and the secret of the bank that WEAK and STRONG consented to."""

    url: str
    secret: str


@pytest.fixture(scope="module")
def service(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("examples")
    settings = settings_of(world, folder, tokens_a_minute=1_000)
    with served(create_app(settings)) as http:
        store, now = opened(folder), wall_clock()
        clients = Clients(store)
        secret = clients.add("harbour-bank", Role.BANK, None, now)
        keys = KeySet([ECKey.import_key(KEY.as_dict(private=False))])
        public = httpx.Response(200, json=keys.as_dict(private=False)).text
        clients.add("signing-bank", Role.BANK, None, now, public)
        for bank in ("harbour-bank", "signing-bank"):
            for enterprise in (WEAK, STRONG):
                given = consent(enterprise, bank, granted_at=now - 1, expires_at=now + YEAR)
                Consents(store).grant(given, "test")
        assert secret is not None
        yield Service(str(http.base_url), secret)
        store.close()


class Unsteady(httpx.BaseTransport):
    """A network that loses some of the scores' answers after the service has given them."""

    def __init__(self, losses: int) -> None:
        self.losses = losses
        self.keys: list[str] = []
        self.tokens = 0
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        self.tokens += request.url.path == "/oauth/token"
        if request.url.path.startswith("/v1/scores"):
            self.keys.append(request.headers.get("Idempotency-Key", ""))
            if self.losses:
                self.losses -= 1
                answer.read()
                answer.close()
                raise httpx.ReadError("the answer was lost")
        return answer

    def close(self) -> None:
        self._inner.close()


@dataclass
class Scripted(httpx.BaseTransport):
    """A service that answers as it is told, to see what a client does."""

    say: Callable[[httpx.Request], httpx.Response]
    asked: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.path.startswith("/.well-known"):
            return httpx.Response(200, json={"issuer": "https://service"})
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 600})
        return self.say(request)


def test_a_bank_scores_and_reads_again(service: Service) -> None:
    with Client(service.url, Secret("harbour-bank", service.secret)) as bank:
        answer = bank.score(WEAK, AS_OF, reference="loan-17")
        assert answer.score is not None
        assert answer.pd is not None
        assert answer.reasons
        assert answer.document["client_reference"] == "loan-17"
        assert answer.document["consent_id"]
        assert answer.score_id.encode() in bank.earlier(answer.score_id)
        assert bank.replay(answer.score_id)["identical"] is True
        assert bank.profile(WEAK, AS_OF)["enterprise_id"] == WEAK
        assert bank.champion()["model"]["hash"] == answer.document["model"]["hash"]


def test_a_bank_that_signs_needs_no_secret(service: Service) -> None:
    with Client(service.url, SigningKey("signing-bank", KEY)) as bank:
        assert bank.score(STRONG, AS_OF).score is not None


def test_a_batch_gives_each_row_its_own_outcome(service: Service) -> None:
    with Client(service.url, Secret("harbour-bank", service.secret)) as bank:
        good, unseen, bad = bank.scores([STRONG, UNKNOWN, "none"], AS_OF)
    assert not isinstance(good, ServiceProblem)
    assert good.score is not None
    assert isinstance(unseen, ServiceProblem)
    assert (unseen.status, unseen.kind) == (404, "no-such-enterprise")
    assert isinstance(bad, ServiceProblem)
    assert bad.kind == "malformed-credit-code"


def test_problems_are_exceptions_that_say_what_to_do(service: Service) -> None:
    with Client(service.url, Secret("harbour-bank", service.secret)) as bank:
        with pytest.raises(ServiceProblem, match="404") as unseen:
            bank.score(UNKNOWN)
        assert unseen.value.kind == "no-such-enterprise"
        assert unseen.value.document["remedy"]
    with Client(service.url, Secret("harbour-bank", "wrong")) as stranger:
        with pytest.raises(ServiceProblem, match="401") as refused:
            stranger.champion()
        assert refused.value.kind == "token-refused"


def test_an_answer_lost_on_the_way_is_fetched_under_the_same_key(service: Service) -> None:
    network = Unsteady(losses=2)
    with Client(service.url, Secret("harbour-bank", service.secret), transport=network) as bank:
        first = bank.score(STRONG, AS_OF)
        assert len(network.keys) == 3
        assert len(set(network.keys)) == 1
        # The service has kept one answer under that key: it is the one that came.
        assert bank.score(STRONG, AS_OF, key=network.keys[0]).score_id == first.score_id
        assert bank.score(STRONG, AS_OF).score_id != first.score_id
        assert network.tokens == 1


def test_a_client_gives_up_and_says_so(service: Service) -> None:
    network = Unsteady(losses=9)
    proof = Secret("harbour-bank", service.secret)
    with (
        Client(service.url, proof, attempts=2, transport=network) as bank,
        pytest.raises(Unreachable, match="2 attempts"),
    ):
        bank.score(STRONG, AS_OF)
    assert len(network.keys) == 2


def test_it_waits_as_long_as_it_is_told() -> None:
    answers = iter([
        httpx.Response(503, headers={"Retry-After": "1"}, json={}),
        httpx.Response(409, json={"type": "urn:cargoworthy:problem:request-in-flight"}),
        httpx.Response(200, json={"score_id": "s"}),
    ])  # fmt: skip
    service = Scripted(lambda _: next(answers))
    begun = time.monotonic()
    with Client("https://service", Secret("b", "s"), transport=service) as bank:
        assert bank.score(STRONG).score_id == "s"
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
def test_what_will_not_mend_itself_is_not_sent_again(status: int) -> None:
    problem = {"type": "urn:cargoworthy:problem:some", "detail": "no"}
    service = Scripted(lambda _: httpx.Response(status, json=problem))
    with (
        Client("https://service", Secret("b", "s"), transport=service) as bank,
        pytest.raises(ServiceProblem) as found,
    ):
        bank.score(STRONG)
    assert (found.value.status, found.value.kind) == (status, "some")
    assert len(service.asked) == 3


def test_a_token_that_ended_early_is_asked_for_once_more() -> None:
    service = Scripted(lambda _: httpx.Response(401, json={"title": "no"}))
    with (
        Client("https://service", Secret("b", "s"), transport=service) as bank,
        pytest.raises(ServiceProblem, match="401"),
    ):
        bank.champion()
    assert [request.url.path for request in service.asked].count("/oauth/token") == 2


def test_a_proxy_that_speaks_no_json_is_told_as_it_is() -> None:
    service = Scripted(lambda _: httpx.Response(418, text="<html>a teapot"))
    with (
        Client("https://service", Secret("b", "s"), transport=service) as bank,
        pytest.raises(ServiceProblem, match="teapot"),
    ):
        bank.champion()


def test_the_client_is_a_program_too(service: Service) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "client.py", service.url, "harbour-bank", WEAK, AS_OF],
        env={**os.environ, "CARGOWORTHY_SECRET": service.secret},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{WEAK}  score ")
    assert len(done.stdout.splitlines()) >= 2


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_the_curl_calls_do_what_they_say(service: Service) -> None:
    told = {
        "URL": service.url,
        "CLIENT": "harbour-bank",
        "SECRET": service.secret,
        "ENTERPRISE": WEAK,
        "AS_OF": AS_OF,
    }
    done = subprocess.run(
        ["sh", ROOT / "examples" / "calls.sh"],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    for line in (
        "ready: model sme-pd 7",
        "the same key: the same answer",
        "replay: identical true",
        "batch: row 0 status 200",
        "batch: row 1 status 422",
        f"profile: of {WEAK}",
        "champion: sme-pd",
    ):
        assert line in lines, done.stdout
    assert lines[-1].startswith("problem: 404 urn:cargoworthy:problem:no-such-score: ")
    assert "null" not in done.stdout
