"""Publish a snapshot of a record, and take from the shelf what was published."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from features.calendar import midnight, show_time
from features.catalogue import CATALOGUE
from features.custody import custody_in
from features.facts import Facts
from features.prices import NO_PRICES
from features.snapshots.asked import asked
from features.snapshots.file import answers_all, edition_of, read, write
from features.snapshots.making import (
    snapshot_of_all,
    snapshot_of_range,
    snapshot_of_warehouses,
)
from features.snapshots.snapshot import Edition, Snapshot
from supervision.arrays import Integers
from supervision.backfills import came_late
from supervision.record import Record
from supervision.warehouses import warehouses

RANGE = 2_000
"""Enterprises whose rows are read at a time."""

KEPT = 3
"""Snapshots that a shelf keeps in memory."""


def publish(record: Record, folder: Path, at: int) -> Path:
    """Write the snapshot of a midnight.

    Parameters
    ----------
    record : Record
    folder : Path
    at : int
        UTC microseconds; the last midnight of the port not after it is published.

    Returns
    -------
    Path
        The file.
    """
    edition = Edition(record.identity(), record.position(), CATALOGUE.hash)
    midnights = np.array([midnight(at)], np.int64)
    everyone = record.enterprises()
    ranges = [
        snapshot_of_range(_facts(record, numbers.tolist(), edition), numbers, midnights, edition)
        for numbers in np.split(everyone, range(RANGE, len(everyone), RANGE))
    ]
    path = path_of(folder, at)
    write(snapshot_of_all([*ranges, *_of_warehouses(record, midnights, edition)]), path)
    return path


@lru_cache(maxsize=KEPT)
def path_of(folder: Path, at: int) -> Path:
    """File of the snapshot that serves a time."""
    return folder / f"{show_time(midnight(at))[:10]}.parquet"


def sound(record: Record, edition: Edition, until: int, position: int) -> bool:
    """Whether a snapshot says what the record says up to a position, as of its midnight.

    It does unless a message or a reversal known by that midnight entered the record between the
    two positions, as with a backfill.

    Parameters
    ----------
    record : Record
        That of the edition.
    edition : Edition
    until : int
        The snapshot's newest midnight, UTC microseconds.
    position : int
    """
    between = (min(position, edition.position), max(position, edition.position))
    return not came_late(record, asked().streams, between, until)


@dataclass
class _Held:
    """A snapshot in memory, when its file was written, and the positions at which it is sound."""

    snapshot: Snapshot | None
    written: int
    first: int
    last: int


class Shelf:
    """Snapshots published for a record: each is read once and shared by all threads.

    Parameters
    ----------
    record : Record
    folder : Path
    """

    def __init__(self, record: Record, folder: Path) -> None:
        self.record = record
        self.folder = folder
        self._identity = record.identity()
        self._held: dict[int, _Held] = {}
        self._reading = threading.Lock()

    def at(self, as_of: int, position: int) -> Snapshot | None:
        """The snapshot that serves a time as the record stands at a position.

        None where none was published, or it is of another record, lacks something that is asked or
        no longer says what the record says; then the same is to be reckoned from the record's rows.

        Parameters
        ----------
        as_of : int
            UTC microseconds.
        position : int
        """
        at = midnight(as_of)
        try:
            written = path_of(self.folder, at).stat().st_mtime_ns
        except FileNotFoundError:
            return None
        with self._reading:
            held = self._held.get(at)
            if held is None or held.written != written:
                held = self._held[at] = self._read(at, written)
                while len(self._held) > KEPT:
                    del self._held[next(iter(self._held))]
            return held.snapshot if self._is_sound(held, at, position) else None

    def _read(self, at: int, written: int) -> _Held:
        path = path_of(self.folder, at)
        edition = edition_of(path)
        fits = edition.record == self._identity and answers_all(path)
        return _Held(read(path) if fits else None, written, edition.position, edition.position)

    def _is_sound(self, held: _Held, at: int, position: int) -> bool:
        """Look only at what the record has gained since this was last asked."""
        if held.snapshot is None or held.first <= position <= held.last:
            return held.snapshot is not None
        if not sound(self.record, held.snapshot.edition, at, position):
            return False
        held.first, held.last = min(held.first, position), max(held.last, position)
        return True


def _of_warehouses(record: Record, midnights: Integers, edition: Edition) -> Iterator[Snapshot]:
    read, every = custody_in(record, edition.position), warehouses(record)
    for of in asked().of_warehouses:
        custody = read(every, of.window.kinds, of.window.before(midnights))
        yield snapshot_of_warehouses(custody, midnights, edition, of)


def _facts(record: Record, enterprises: list[int], edition: Edition) -> Facts:
    tables = {
        table: record.rows(table, "enterprise_id", enterprises, edition.position)
        for table in asked().tables
    }
    return Facts(tables, NO_PRICES, {})
