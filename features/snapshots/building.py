"""Make a build's snapshot from the mirror: range by range, by whoever runs the tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.batch.execution import Executor
from features.batch.mirrored import custody_between, states_between
from features.batch.parts import Progress, Stage, complete
from features.calendar import midnights
from features.catalogue import CATALOGUE
from features.snapshots.asked import asked
from features.snapshots.file import read, write
from features.snapshots.making import (
    snapshot_of_all,
    snapshot_of_range,
    snapshot_of_warehouses,
    together,
)
from features.snapshots.snapshot import Edition
from supervision.mirror import Mirror, Shown

RANGE = 500
"""Enterprises of one part, of which the registry, the reports of lenders and custody are read."""


@dataclass(frozen=True)
class SnapshotPart:
    """One range of enterprises of a snapshot.

    Attributes
    ----------
    mirror : Path
    shown : Shown
        Record and position that the mirror shows.
    enterprises : tuple of int
        Numbers of names, rising.
    midnights : tuple of int
        UTC microseconds, rising.
    path : Path
        Where the part is written.
    """

    mirror: Path
    shown: Shown
    enterprises: tuple[int, ...]
    midnights: tuple[int, ...]
    path: Path

    def __len__(self) -> int:
        return len(self.enterprises)


def build_snapshot(
    mirror: Mirror, as_of: Sequence[int], path: Path, run: Executor, progress: Progress
) -> None:
    """Write the snapshot of all midnights that some as-of points need, unless it is there.

    Parameters
    ----------
    mirror : Mirror
    as_of : sequence of int
        UTC microseconds.
    path : Path
        The file to write; its parts lie beside it.
    run : Executor
    progress : callable
    """
    if path.exists():
        return
    parts = _parts(mirror, as_of, path)
    complete(Stage("snapshot", parts, build_snapshot_part), run, progress)
    write(snapshot_of_all([read(part.path) for part in parts]), path)


def build_snapshot_part(part: SnapshotPart) -> None:
    """Reckon what is known of one range of enterprises and write it.

    Raises
    ------
    CargoworthyError
        If the mirror was refreshed meanwhile.
    """
    mirror = Mirror(part.mirror)
    numbers = np.array(part.enterprises, np.int64)
    first, last = int(numbers[0]), int(numbers[-1])
    facts = states_between(mirror, asked().tables, first, last)
    custody = custody_between(mirror, asked().of_warehouses, first, last)
    mirror.require(part.shown)
    edition = Edition(part.shown.record, part.shown.position, CATALOGUE.hash)
    at = np.array(part.midnights)
    own = snapshot_of_range(facts, numbers, at, edition)
    theirs = [snapshot_of_warehouses([custody], at, edition, of) for of in asked().of_warehouses]
    write(together([own, *theirs]), part.path)


def _parts(mirror: Mirror, as_of: Sequence[int], path: Path) -> list[SnapshotPart]:
    shown = mirror.stated()
    numbers = mirror.enterprises().tolist()
    at = tuple(np.unique(midnights(np.array(as_of, np.int64))).tolist())
    return [
        SnapshotPart(
            mirror.folder.resolve(),
            shown,
            tuple(numbers[start : start + RANGE]),
            at,
            path.with_name(f"{path.stem}-{start:08d}.parquet"),
        )
        for start in range(0, len(numbers), RANGE)
    ]
