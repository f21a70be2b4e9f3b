"""A promotion, seen from outside: two services of two workers each over one shelf of models."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest

from supervision.record import Record
from tests.serving.conftest import STRONG, World, train, until
from tests.serving.test_crashes import service
from training.model.shelf import Shelf

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

REACHES = 10.0
"""Seconds within which a promotion reaches every worker."""
APART = 5.0
"""Seconds for which two replicas may answer by different champions."""


@dataclass
class Caller:
    """Asks one replica again and again, each time on a new connection: any worker may take it."""

    url: str
    answers: list[tuple[float, int, str]] = field(default_factory=list)

    def run(self, ended: threading.Event) -> None:
        body = {"enterprise_id": STRONG, "as_of": "2023-01-01T00:00:00+08:00"}
        while not ended.is_set():
            begun = time.monotonic()
            answer = httpx.post(f"{self.url}/v1/scores", json=body, timeout=20)
            version = answer.json()["model"]["version"] if answer.status_code == 200 else ""
            self.answers.append((begun, answer.status_code, version))
            time.sleep(0.1)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


@pytest.fixture
def callers(world: World, shelf: Shelf, tmp_path: Path) -> Iterator[list[Caller]]:
    shelf.publish(world.folder / "bundle", "sme-pd", "1")
    ended = threading.Event()
    with ExitStack() as stack:
        found, threads = [], []
        for name in "ab":
            folder = tmp_path / name
            folder.mkdir()
            ledger = f"sqlite:///{folder}/ledger.db"
            started = service(replace(world, models=shelf.folder), ledger, folder)
            found.append(Caller(stack.enter_context(started)[0]))
        for caller in found:
            threads.append(threading.Thread(target=caller.run, args=(ended,)))
            threads[-1].start()
        try:
            yield found
        finally:
            ended.set()
            for thread in threads:
                thread.join(30)


def test_a_promotion_reaches_all_workers_of_all_replicas_together(
    callers: list[Caller], shelf: Shelf, world: World, tmp_path: Path
) -> None:
    record = Record.open(world.database)
    train(record, tmp_path / "other", trees=7)
    record.close()
    bundles = (world.folder / "bundle", tmp_path / "other")
    until(lambda: all(len(caller.answers) > 20 for caller in callers), 60)
    for version in range(2, 6):
        promoted = time.monotonic()
        shelf.publish(bundles[version % 2], "sme-pd", str(version))
        until(lambda at=promoted: time.monotonic() > at + REACHES + 2, 60)
        before, after = _change(callers, promoted, str(version))
        assert before - promoted < REACHES, f"{version}: {before - promoted:.1f} s"
        assert before - after < APART, f"{version}: {before - after:.1f} s"
        print(f"{version}: {before - promoted:.2f} s, apart {before - after:.2f} s")  # noqa: T201
    assert {status for caller in callers for _, status, _ in caller.answers} == {200}


def _change(callers: list[Caller], promoted: float, version: str) -> tuple[float, float]:
    """When the last answer by the model before was asked for, and the first by the new one."""
    since = [(at, found) for caller in callers for at, _, found in caller.answers if at >= promoted]
    before = [at for at, found in since if found != version]
    after = [at for at, found in since if found == version]
    assert after, f"{version} was never served"
    return max(before, default=promoted), min(after)
