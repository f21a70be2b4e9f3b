"""However often whoever works on a job is killed, each row is scored once, and none is lost."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from serving.access.door import Door
from serving.errors import LedgerFailure
from serving.jobs.job import Job
from serving.jobs.rows_file import write_rows
from serving.jobs.settings import JobSettings
from serving.jobs.store import Jobs
from serving.jobs.worker import Worker
from serving.ledger import Ledger
from serving.rooms import Rooms
from serving.settings import VARIABLE, Settings
from supervision.database import engine_of
from tests.serving.conftest import AS_OF, NOW, STRONG, WEAK, World, code, until

ROOT = Path(__file__).parents[3]
CODES = [STRONG, WEAK, *map(code, range(24))]
JOB = Job("job-1", "open", "open", None, "credit", "en", "csv", "f" * 64, 1, 0, AS_OF, NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Settings:
    changed: dict[str, Any] = {"jobs": JobSettings(folder=tmp_path / "jobs")}
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgresql"))
        engine = engine_of(url)
        with engine.begin() as connection:
            for table in ("score", "audit", "audit_seal", "case_standing"):
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
            for table in ("job", "job_chunk", "job_event"):
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        engine.dispose()
        changed["ledger"] = url
    found = world.settings(tmp_path / "ledger.db")
    return found.model_copy(update=changed)


def handed_in(settings: Settings, rows: int) -> Job:
    """Lay a job of so many rows before the workers; each row has a name of its own."""
    job = replace(JOB, rows=rows)
    told = [
        {"enterprise_id": CODES[number % len(CODES)], "client_reference": f"r{number}"}
        for number in range(rows)
    ]
    write_rows(settings.jobs.folder / job.job_id, told, rows)
    with Ledger.open(settings.ledger) as ledger:
        Jobs(ledger).submit(job, None)
    return job


def references(settings: Settings) -> list[str]:
    engine = engine_of(settings.ledger)
    with engine.connect() as connection:
        query = "SELECT client_reference FROM score ORDER BY number"
        found = [str(name) for (name,) in connection.exec_driver_sql(query)]
    engine.dispose()
    return found


@contextmanager
def workers(settings: Settings, number: int) -> Iterator[list[Worker]]:
    rooms = [Rooms(settings) for _ in range(number)]
    door = Door(settings.access, settings.tokens, settings.ledger, lambda: NOW)
    yield [Worker(each, door, lambda: NOW) for each in rooms]
    for each in rooms:
        each.close()
    door.close()


def test_rows_that_two_workers_score_at_once_are_kept_once(settings: Settings) -> None:
    job = handed_in(settings, 40)
    barrier, faults = threading.Barrier(2), []

    def score(worker: Worker) -> None:
        with Ledger.open(settings.ledger) as ledger:
            barrier.wait(30)
            try:
                worker._chunk(Jobs(ledger), job, 0)  # past the lock that keeps one of them away
            except LedgerFailure as error:
                faults.append(error)

    with workers(settings, 2) as found:
        threads = [threading.Thread(target=score, args=(each,)) for each in found]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(faults) == 1
        assert references(settings) == [f"r{number}" for number in range(32)]
        while found[0].step():
            pass
        assert references(settings) == [f"r{number}" for number in range(40)]


def test_only_one_worker_works_and_another_goes_on_when_it_ends(settings: Settings) -> None:
    handed_in(settings, 400)
    with workers(settings, 2) as found:
        stops = [threading.Event(), threading.Event()]
        threads = [
            threading.Thread(target=worker.run, args=(stop,), daemon=True)
            for worker, stop in zip(found, stops, strict=True)
        ]
        for thread in threads:
            thread.start()
        until(lambda: len(references(settings)) > 30)
        stops[0].set()
        threads[0].join(30)
        until(lambda: len(references(settings)) == 400, 60)
        stops[1].set()
        threads[1].join(30)
    assert references(settings) == [f"r{number}" for number in range(400)]


def started(settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, VARIABLE: settings.model_dump_json(), "OMP_NUM_THREADS": "1"}
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "serving.jobs.process"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=file, stderr=file,
        )  # fmt: skip


def _beyond(settings: Settings, rows: int) -> bool:
    return len(references(settings)) > rows


@pytest.mark.slow
def test_a_job_survives_the_killing_of_its_workers(settings: Settings, tmp_path: Path) -> None:
    job = handed_in(settings, 1_500)
    seen = 0
    for _ in range(3):
        process = started(settings, tmp_path / "log")
        until(partial(_beyond, settings, seen + 60), 120)
        time.sleep(0.05)
        process.kill()
        process.communicate()
        seen = len(references(settings))
        assert seen % 32 == 0  # whole runs of rows or none
    process = started(settings, tmp_path / "log")
    with Ledger.open(settings.ledger) as ledger:
        jobs = Jobs(ledger)
        until(lambda: jobs.standing(job, None).status == "done", 240)
        process.stdin.close()  # type: ignore[union-attr]
        assert process.wait(30) == 0
        assert jobs.standing(job, None).tally.rows == 1_500
    assert references(settings) == [f"r{number}" for number in range(1_500)]


@pytest.mark.slow
def test_the_process_ends_with_whoever_started_it(settings: Settings, tmp_path: Path) -> None:
    program = "import time; from serving.jobs.process import working\n"
    program += "with working(): time.sleep(600)"
    environment = {**os.environ, VARIABLE: settings.model_dump_json()}
    import psutil

    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment) as parent:
        of = psutil.Process(parent.pid)
        until(of.children, 30)
        (first,) = of.children()
        first.kill()
        until(lambda: [each for each in of.children() if each.pid != first.pid], 30)
        (second,) = [each for each in of.children() if each.pid != first.pid]
        parent.kill()
        second.wait(60)
