"""A simulated port on record, made once a session, for tests that cross rooms."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from features.calendar import DAY, month_end, month_ends
from simulator.simulation import simulate
from simulator.world import World
from supervision.archive import Archive
from supervision.arrays import Integers
from supervision.batches import Backfill
from supervision.files import expand
from supervision.ingestion import Ingestion, IngestReport, Terms
from supervision.mirror import Mirror
from supervision.record import Record


def months_of(world: World) -> list[str]:
    """Names of all months of a world."""
    first = np.datetime64(world.first, "M")
    return [str(first + later) for later in range(world.months)]


@dataclass(frozen=True)
class RecordedPort:
    """A small world, the record of its messages, and the mirror of that record."""

    world: World
    folder: Path
    url: str
    record: Record
    mirror: Mirror
    report: IngestReport

    @property
    def months(self) -> list[str]:
        """Names of all months of the world."""
        return months_of(self.world)

    @property
    def month_ends(self) -> Integers:
        """As-of points of all months of the world, the last of them its end."""
        return month_ends(self.months[0], self.months[-1])


@pytest.fixture(scope="session")
def recorded_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedPort]:
    """60 enterprises over two years, ingested into SQLite once they are over."""
    base = tmp_path_factory.mktemp("port")
    world = World(enterprises=60, months=24, seed=3)
    simulate(world, base / "world", lambda *_: None)
    url = f"sqlite:///{base / 'record.db'}"
    record = Record.open(url, create=True)
    over = month_end(months_of(world)[-1]) + DAY
    terms = Terms(now=over, backfill=Backfill("test", "tests"), port_key=None)
    report = Ingestion(record.engine, Archive(base / "archive"), terms).run(
        expand([base / "world"])
    )
    mirror = Mirror(base / "mirror")
    mirror.refresh(record)
    yield RecordedPort(world, base, url, record, mirror, report)
    record.close()
