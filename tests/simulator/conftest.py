"""One small world, run once and read by many tests."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from simulator.simulation import Summary, simulate
from simulator.world import World

WORLD = World(enterprises=60, months=20, seed=7)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("world")
    return folder, simulate(WORLD, folder)


@pytest.fixture(scope="session")
def rows(written: tuple[Path, Summary]) -> dict[str, list[dict[str, object]]]:
    """Every row of every stream, as its file has it."""
    folder, summary = written
    return {
        stream: pq.read_table(folder / f"{stream}.parquet").to_pylist()
        for stream in summary.messages
    }
