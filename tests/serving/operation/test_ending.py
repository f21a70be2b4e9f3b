"""A real service of two workers: it counts together, and it ends without losing a call."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import httpx
import pytest

from serving.ledger import Ledger
from tests.serving.conftest import POLICY, STRONG, WEAK, World, until
from tests.serving.free_port import free_port

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Running:
    """A service in processes of its own."""

    url: str
    process: subprocess.Popen[str]

    def get(self, path: str) -> httpx.Response:
        """Ask on a connection of its own, so that any worker may answer."""
        return httpx.get(self.url + path, timeout=30)

    def score(self, enterprise: str) -> httpx.Response:
        return httpx.post(f"{self.url}/v1/scores", json={"enterprise_id": enterprise}, timeout=30)


@pytest.fixture
def running(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    port, (workers, drain) = free_port(), request.param
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "cargoworthy", "serve", "--open", "--as-of", "2023-01-01"),
            *("--port", str(port), "--workers", str(workers), "--drain", str(drain)),
            *("--database", world.database, "--models", world.models, "--policy", POLICY),
            *("--ledger", f"sqlite:///{tmp_path}/ledger.db"),
            *("--promotion-key", tmp_path / "none", "--peers", tmp_path / "none.json"),
        ],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.DEVNULL,  # a pipe that nobody reads would stop it
        text=True,
    )
    service = Running(f"http://127.0.0.1:{port}", process)
    try:
        until(lambda: is_ready(service), 120)
        yield service
    finally:
        if process.poll() is None:
            process.terminate()
            time.sleep(1)
            process.terminate()
            process.wait(60)


def is_ready(service: Running) -> bool:
    assert service.process.poll() is None, "it ended before it was ready"
    try:
        return service.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def counted(text: str, name: str) -> float:
    return sum(
        float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name)
    )


@pytest.mark.parametrize("running", [(2, 0.2)], indirect=True)
def test_workers_count_together_and_leave_nothing_behind(running: Running, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(running.score, [WEAK, STRONG] * 10))
    assert {answer.status_code for answer in answers} == {200}
    running.score("none")
    for _ in range(6):
        text = running.get("/metrics").text
        assert counted(text, "cargoworthy_scores_total") == 20
        assert counted(text, 'cargoworthy_problems_total{code="malformed-credit-code"}') == 1
        assert counted(text, 'cargoworthy_stage_seconds_count{stage="commit"}') == 20
        assert counted(text, "cargoworthy_champion_info") == 1
    # One file for each worker: the second may begin late on a busy machine.
    until(lambda: len(list(tmp_path.glob("cargoworthy-metrics-*/histogram_*.db"))) == 2, 60)
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(60)
    assert not list(tmp_path.glob("cargoworthy-metrics-*"))


@pytest.mark.parametrize("running", [(1, 600)], indirect=True)
def test_it_says_that_it_will_end_and_answers_on_until_then(running: Running) -> None:
    running.process.send_signal(signal.SIGTERM)
    until(lambda: running.get("/readyz").status_code == 503)
    found = running.get("/readyz").json()
    assert found["type"].endswith(":not-ready")
    assert "told to end" in found["found"]
    assert running.get("/healthz").status_code == 200
    assert running.score(WEAK).json()["status"] == "scored"
    running.process.send_signal(signal.SIGTERM)  # a second one leaves the rest of the drain out
    running.process.wait(60)
    with pytest.raises(httpx.TransportError):
        running.get("/healthz")


@pytest.mark.parametrize("running", [(1, 0)], indirect=True)
def test_what_is_in_flight_when_listening_ends_is_answered(
    running: Running, tmp_path: Path
) -> None:
    body = json.dumps({"enterprise_id": WEAK}).encode()
    with socket.create_connection(("127.0.0.1", httpx.URL(running.url).port or 0)) as call:
        call.sendall(
            b"POST /v1/scores HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n"
            b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert call.recv(200).startswith(b"HTTP/1.1 100"), "the call is not in flight"
        running.process.send_signal(signal.SIGTERM)
        until(lambda: not is_listening(running))
        assert running.process.poll() is None
        call.sendall(body)
        answer = HTTPResponse(call)
        answer.begin()
        assert answer.status == 200
        document = answer.read()
    running.process.wait(60)
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        assert ledger.document(json.loads(document)["score_id"]) == document


def is_listening(service: Running) -> bool:
    try:
        service.get("/healthz")
    except httpx.ConnectError:
        return False
    except httpx.TransportError:
        return True
    return True
