"""A simulated port on record, made once a session, for tests that cross rooms."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from features.calendar import parse_time
from simulator.simulation import simulate
from simulator.world import World
from supervision.archive import Archive
from supervision.batches import Backfill
from supervision.files import expand
from supervision.ingestion import Ingestion, IngestReport, Terms
from supervision.mirror import Mirror
from supervision.record import Record


@dataclass(frozen=True)
class RecordedPort:
    """A small world, the record of its messages, and the mirror of that record."""

    folder: Path
    url: str
    record: Record
    mirror: Mirror
    report: IngestReport


@pytest.fixture(scope="session")
def recorded_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedPort]:
    """60 enterprises over 18 months from 2019-01, ingested into SQLite."""
    base = tmp_path_factory.mktemp("port")
    simulate(World(enterprises=60, months=18, seed=3), base / "world", lambda *_: None)
    url = f"sqlite:///{base / 'record.db'}"
    record = Record.open(url, create=True)
    terms = Terms(now=parse_time("2023-01-01"), backfill=Backfill("test", "tests"), port_key=None)
    report = Ingestion(record.engine, Archive(base / "archive"), terms).run(
        expand([base / "world"])
    )
    mirror = Mirror(base / "mirror")
    mirror.refresh(record)
    yield RecordedPort(base, url, record, mirror, report)
    record.close()
