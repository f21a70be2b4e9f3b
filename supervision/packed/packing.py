"""Packing enterprises: all of them from the mirror, or only those of whom something new is known.

Whatever was packed stays when a run is interrupted; the next run goes on from there. Readers are
never held up: what they read is replaced enterprise by enterprise, and a base that is newer than
the others is as good as they are.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from supervision.arrays import MISSING, Columns, Integers
from supervision.errors import CargoworthyError
from supervision.holders import buyers, keepers, purchases
from supervision.mirror import Mirror
from supervision.packed.layout import OWN
from supervision.packed.reading import MOST, PackedReader
from supervision.packed.store import PackedMissing, PackedStore, Shared, remove
from supervision.packed.tail import Tail
from supervision.record import Record

RANGE = 100
"""Enterprises that are read from the mirror, and kept in the file, at a time."""

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""


@dataclass(frozen=True)
class Packing:
    """What a run did.

    Attributes
    ----------
    position : int
        Position up to which everyone is packed now.
    packed : int
        Enterprises that were packed.
    whole : bool
        Whether all enterprises were packed from the mirror, not only those with news.
    """

    position: int
    packed: int
    whole: bool


def pack(record: Record, path: Path, mirror: Mirror, progress: Progress) -> Packing:
    """Pack the enterprises of a record up to its newest message.

    Parameters
    ----------
    record : Record
    path : Path
        The file to write.
    mirror : Mirror
        From which all enterprises are read where there is no file yet, or one that is too old;
        refreshed for it.
    progress : callable

    Raises
    ------
    CargoworthyError
        If another process is packing into the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        try:
            reader = PackedReader.open(record, path)
        except PackedMissing:
            return _pack_all(record, path, mirror, progress)
        try:
            position = record.position()
            if position - reader.complete <= MOST:
                return _pack_new(record, path, reader, position, progress)
        except PackedMissing:
            remove(path)  # it is damaged
        finally:
            reader.close()
        return _pack_all(record, path, mirror, progress)


def _pack_all(record: Record, path: Path, mirror: Mirror, progress: Progress) -> Packing:
    """Pack everyone from the mirror, which shows one position of the record."""
    mirror.refresh(record, lambda table: progress(f"mirror: {table}", 0, 0))
    shown = mirror.stated()
    store = PackedStore.create(path, shown.record)
    try:
        numbers = _concerned_by_any(mirror)
        done = store.packed_at(shown.position)
        left = np.array([n for n in numbers.tolist() if n not in done], np.int64)
        progress("enterprises", len(numbers) - len(left), len(numbers))
        for start in range(0, len(left), RANGE):
            some = left[start : start + RANGE]
            store.put(list(_from_mirror(mirror, some)), shown.position)
            progress("enterprises", len(numbers) - len(left) + start + len(some), len(numbers))
        number = record.newest_number()
        store.finish(Shared(shown.position, number, mirror.read("market")))
    finally:
        store.close()
    return Packing(shown.position, len(left), whole=True)


def _pack_new(
    record: Record, path: Path, reader: PackedReader, position: int, progress: Progress
) -> Packing:
    """Pack those of whom something new is known, from what a reader reads of them."""
    tail = reader.tail(position)
    store = PackedStore.create(path, record.identity())
    try:
        done = store.packed_at(position)
        left = [n for n in concerned(record, tail) if n not in done]
        progress("enterprises", 0, len(left))
        for start in range(0, len(left), RANGE):
            some = left[start : start + RANGE]
            store.put([(n, _from_reader(reader, n, position)) for n in some], position)
            progress("enterprises", start + len(some), len(left))
        store.finish(Shared(position, record.newest_number(), tail.market(position)))
    finally:
        store.close()
    return Packing(position, len(left), whole=False)


def concerned(record: Record, tail: Tail) -> list[int]:
    """Enterprises whom any message of a tail concerns, in order."""
    found: set[int] = set()
    for by_table in (tail.rows, tail.reversals):
        for table, pieces in by_table.items():
            if table != "appraisal":
                found |= pieces.keys()
    lots = sorted(tail.rows["appraisal"].keys() | tail.reversals["appraisal"].keys())
    kept = keepers(record.rows("custody", "cargo_code", lots, tail.up_to))
    bought = buyers(purchases(record.rows("title", "cargo_code", lots, tail.up_to)))
    found.update(kept[1].tolist(), bought[1].tolist())
    return sorted(found - {MISSING})


def _concerned_by_any(mirror: Mirror) -> Integers:
    """Those about whom any message is, and those who bought without ever being reported on."""
    bought = mirror.read("purchase", ("enterprise_id",))["enterprise_id"]
    return np.union1d(mirror.enterprises(), bought)


def _from_mirror(mirror: Mirror, numbers: Integers) -> Iterator[tuple[int, bytes]]:
    """Each of a range of enterprises, packed."""
    between = int(numbers[0]), int(numbers[-1])
    rows = {name: mirror.read(name, None, between) for name, _ in OWN.tables}
    bounds = {
        name: (
            np.searchsorted(columns["enterprise_id"], numbers, side="left").tolist(),
            np.searchsorted(columns["enterprise_id"], numbers, side="right").tolist(),
        )
        for name, columns in rows.items()
    }
    for place, number in enumerate(numbers.tolist()):
        own = {
            name: {n: v[bounds[name][0][place] : bounds[name][1][place]] for n, v in c.items()}
            for name, c in rows.items()
        }
        yield number, OWN.encode({**own, "lots": with_held(own["lots"], own)})


def _from_reader(reader: PackedReader, number: int, position: int) -> bytes:
    own = reader.own(number, position)
    if own is None:
        raise CargoworthyError(
            f"expected enterprise {number} to be readable at position {position:,}, found its "
            "base newer; another process is packing: try again when it is done"
        )
    return OWN.encode({**own.tables, "lots": with_held(own.lots, own.tables)})


def with_held(lots: Columns, tables: dict[str, Columns]) -> Columns:
    """Lots, with whether the enterprise to whom the tables belong ever held them."""
    held = np.union1d(keepers(tables["custody"])[0], buyers(tables["purchase"])[0])
    return {**lots, "held": np.isin(lots["lot"], held).astype(np.int64)}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.with_name(path.name + ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CargoworthyError(
                f"expected to be the only process that packs into {path}, found another one; "
                "wait until it ends"
            ) from None
        yield
