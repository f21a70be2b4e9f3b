"""The same messages, taken in in any order from any number of files, give the same bits.

They come as a declared backfill, so that when each was known is its own. Positions differ then,
and with them the numbers of names.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.batch.building import build
from features.calendar import DAY, month_ends
from features.table import FeatureTable
from simulator.simulation import simulate
from simulator.world import World
from supervision.archive import Archive
from supervision.arrays import Columns
from supervision.batches import Backfill
from supervision.files import expand
from supervision.ingestion import Ingestion, Terms
from supervision.mirror import Mirror
from supervision.record import Record

WORLD = World(enterprises=16, months=16, seed=4)
FIRST = np.datetime64(WORLD.first, "M")
AS_OF = month_ends(str(FIRST + 7), str(FIRST + WORLD.months - 1))


@dataclass(frozen=True)
class TakenIn:
    """What a record holds of each stream, its financing, and the features of it."""

    held: dict[str, tuple[int, int]]
    financing: Columns
    table: FeatureTable


def _take_in(files: list[Path], folder: Path) -> TakenIn:
    record = Record.open(f"sqlite:///{folder / 'record.db'}", create=True)
    terms = Terms(int(AS_OF[-1]) + DAY, backfill=Backfill("test", "tests"))
    for file in files:
        Ingestion(record.engine, Archive(folder / "archive"), terms, chunk=999).run([file])
    streams = record.status().streams
    mirror = Mirror(folder / "mirror")
    mirror.refresh(record)
    build(record, mirror, folder / "features.parquet", AS_OF, lambda *_: None)
    financing = next(record.scan("financing"))
    record.close()
    held = {s.stream: (s.counts.accepted, s.counts.quarantined) for s in streams}
    return TakenIn(held, financing, FeatureTable.read(folder / "features.parquet"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of a small port: with corrections, repeated messages and wrong ones among them."""
    folder = tmp_path_factory.mktemp("world")
    simulate(WORLD, folder, lambda *_: None)
    return expand([folder])


@pytest.fixture(scope="module")
def as_they_came(world: list[Path], tmp_path_factory: pytest.TempPathFactory) -> TakenIn:
    """The files taken in as they came."""
    return _take_in(world, tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize(("seed", "pieces"), [(1, 1), (2, 4)])
def test_order_of_arrival_and_split_into_files_change_no_bit(
    seed: int, pieces: int, world: list[Path], as_they_came: TakenIn, tmp_path: Path
) -> None:
    rng = np.random.default_rng(seed)
    files = []
    for path in world:
        rows = pq.read_table(path)
        for piece, chosen in enumerate(np.array_split(rng.permutation(len(rows)), pieces)):
            files.append(tmp_path / str(piece) / path.name)
            files[-1].parent.mkdir(exist_ok=True)
            pq.write_table(rows.take(chosen), files[-1])
    other = _take_in([files[place] for place in rng.permutation(len(files))], tmp_path)

    assert other.held == as_they_came.held
    assert other.financing["occurred_at"].tolist() != as_they_came.financing["occurred_at"].tolist()
    one, two = (_bits(taken.table) for taken in (as_they_came, other))
    assert one.keys() == two.keys()
    assert len(one) >= WORLD.enterprises * len(AS_OF)
    assert [point for point in one if one[point] != two[point]] == []


def _bits(table: FeatureTable) -> dict[tuple[str, int], bytes]:
    """The bits of each row."""
    points = zip(table.enterprise_id.tolist(), table.as_of.tolist(), strict=True)
    return {point: row.tobytes() for point, row in zip(points, table.values, strict=True)}
