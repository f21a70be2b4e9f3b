"""A service of one test's own, and the worker that does its jobs when the test says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from serving.access.door import Door
from serving.app import create_app
from serving.jobs.worker import Worker
from serving.rooms import Rooms
from serving.settings import Settings
from supervision.database import engine_of
from tests.serving.conftest import NOW, World, served

CSV = {"Content-Type": "text/csv"}
NDJSON = {"Content-Type": "application/x-ndjson"}
PARQUET = {"Content-Type": "application/vnd.apache.parquet"}
AT = "2023-01-01T00:00:00+08:00"


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
        engine = engine_of(self.settings.ledger)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(sa.text(query))]
        engine.dispose()
        return found


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
