"""A service over a record of a test's own, to which providers report."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from serving.access.roles import Role
from serving.app import create_app
from serving.settings import Settings
from tests.serving.access.conftest import Office, opened, settings_of, staffed
from tests.serving.conftest import NOW, World, served


def own_record(world: World, folder: Path) -> str:
    """A copy of the world's record that may be changed."""
    source, target = world.database.removeprefix("sqlite:///"), folder / "own.db"
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
    return f"sqlite:///{target}"


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    """Where the service under test keeps what it is told."""
    changed = {"database": own_record(world, tmp_path), "archive": tmp_path / "archive"}
    return settings_of(world, tmp_path, tokens_a_minute=1_000).model_copy(update=changed)


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """That service, with the warehouse CUSTODY among its clients."""
    with served(create_app(settings, clock=lambda: NOW)) as client:
        store = opened(tmp_path)
        found = staffed(client, store)
        found.register("warehouse", Role.PROVIDER, "CUSTODY")
        yield found
        store.close()
