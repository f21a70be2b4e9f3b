"""A service of one test's own, and the worker that does its jobs when the test says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from serving.access.door import Door
from serving.app import create_app
from serving.jobs.worker import Worker
from serving.rooms import Rooms
from serving.settings import Settings
from tests.serving.answers import rows_of
from tests.serving.conftest import (
    DEFAULTED,
    DORMANT,
    NOW,
    STRONG,
    UNKNOWN,
    WEAK,
    World,
    code,
    served,
)

CSV = {"Content-Type": "text/csv"}
NDJSON = {"Content-Type": "application/x-ndjson"}
PARQUET = {"Content-Type": "application/vnd.apache.parquet"}
AT = "2023-01-01T00:00:00+08:00"
EVERYBODY = [STRONG, WEAK, DEFAULTED, DORMANT, UNKNOWN, *map(code, range(24))]


@dataclass
class Office:
    """A service, and a worker over the same ledger that works only when it is told to."""

    client: httpx.Client
    worker: Worker
    settings: Settings

    def hand_in(self, text: str | bytes, headers: dict[str, str] = CSV, **more: str) -> Any:
        answer = self.client.post("/v1/jobs", content=text, headers={**headers, **more})
        assert answer.status_code == 202, answer.text
        return answer.json()

    def job(self, job_id: str) -> Any:
        return self.client.get(f"/v1/jobs/{job_id}").json()

    def work(self) -> None:
        while self.worker.step():
            pass

    def rows(self, query: str) -> list[Any]:
        return rows_of(self.settings.ledger, query)


@contextmanager
def opened(settings: Settings) -> Iterator[Office]:
    """A service and its worker."""
    rooms = Rooms(settings)
    door = Door(settings.access, settings.tokens, settings.ledger, lambda: NOW)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        yield Office(client, Worker(rooms, door, lambda: NOW), settings)
    door.close()
    rooms.close()


@pytest.fixture
def office(world: World, tmp_path: Path) -> Iterator[Office]:
    with opened(world.settings(tmp_path / "ledger.db")) as found:
        yield found


def csv_of(codes: list[str]) -> str:
    lines = [f"{each},r{number},{AT}" for number, each in enumerate(codes)]
    return "\n".join(["enterprise_id,client_reference,as_of", *lines, ""])


def result(office: Office, job_id: str, **headers: str) -> list[Any]:
    answer = office.client.get(f"/v1/jobs/{job_id}/result", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [orjson.loads(line) for line in answer.content.splitlines()]


def same_but_for_names(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers without what each has of its own."""
    return [
        {name: value for name, value in each.items() if name not in ("score_id", "answered_at")}
        for each in answers
    ]
