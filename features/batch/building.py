"""Build the feature table: all enterprises at all as-of points, range by range.

Each range of enterprises becomes a part file that names what it was made from, so a build that
was stopped goes on where it stood, and a part of another catalogue or record is never mixed in.
Whoever makes the parts (this process, several, a cluster), the table is the same.
"""

import shutil
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from features.batch.execution import Executor, in_this_process
from features.batch.mirrored import facts_between
from features.batch.parts import Progress, Stage, complete, join, key_of
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.snapshots.building import build_snapshot
from features.snapshots.file import read
from features.snapshots.snapshot import Snapshot
from features.table import FeatureTable, Heading
from supervision.arrays import Integers
from supervision.errors import CargoworthyError
from supervision.mirror import Mirror, Shown
from supervision.record import Record

RANGE = 100
"""Enterprises of one part: small enough that a worker stays within a few hundred megabytes."""


@dataclass(frozen=True)
class Part:
    """One range of enterprises to build.

    Attributes
    ----------
    mirror : Path
    shown : Shown
        Record and position that the mirror shows.
    enterprises : tuple of (int, str)
        Numbers and credit codes, by number.
    as_of : tuple of int
    catalogue_hash : str
        Whose recipes are to be evaluated.
    snapshot : Path
        Where to read what is known of others.
    path : Path
        Where the part is written.
    """

    mirror: Path
    shown: Shown
    enterprises: tuple[tuple[int, str], ...]
    as_of: tuple[int, ...]
    catalogue_hash: str
    snapshot: Path
    path: Path

    def __len__(self) -> int:
        return len(self.enterprises)


def build(
    record: Record,
    mirror: Mirror,
    out: Path,
    as_of: Integers,
    progress: Progress,
    run: Executor = in_this_process,
) -> Heading:
    """Evaluate the whole catalogue for every enterprise and write the table.

    Parameters
    ----------
    record : Record
    mirror : Mirror
        Of that record, and up to date with it.
    out : Path
        The Parquet file to write.
    as_of : Integers
        As-of points.
    progress : callable
    run : Executor
        Who makes the parts; on other machines both ``mirror`` and ``out`` must be on a disk that
        they share.

    Raises
    ------
    CargoworthyError
        If the record holds no enterprise, or ``out`` was made with another catalogue.
    """
    out = out.resolve()
    _refuse_other_catalogue(out)
    parts = _parts(record, mirror, out, as_of)
    folder = parts[0].path.parent
    folder.mkdir(parents=True, exist_ok=True)
    build_snapshot(mirror, parts[0].as_of, parts[0].snapshot, run, progress)
    complete(Stage("enterprises", parts, build_part), run, progress)
    join([part.path for part in parts], out)
    shutil.rmtree(folder, ignore_errors=True)  # a worker given up for lost may still write
    return Heading.read(out)


def _refuse_other_catalogue(out: Path) -> None:
    if out.exists():
        found = Heading.read(out).catalogue_hash
        if found != CATALOGUE.hash:
            raise CargoworthyError(
                f"expected {out} to be of catalogue {CATALOGUE.hash[:12]}, found {found[:12]}: the "
                "recipes have changed since; write to another file, or remove this one"
            )


def _parts(record: Record, mirror: Mirror, out: Path, as_of: Integers) -> list[Part]:
    """Cut the enterprises into ranges; paths are absolute, for workers that stand elsewhere."""
    shown = mirror.stated()
    numbers = mirror.enterprises().tolist()
    if not numbers:
        raise CargoworthyError(
            "expected a record with messages about enterprises, found none; "
            "run `cargoworthy ingest PATH` first"
        )
    codes = record.text_of(numbers)
    points = tuple(int(at) for at in as_of)
    key = key_of(CATALOGUE.hash, astuple(shown), points, RANGE, len(numbers))
    folder = out.with_name(out.name + ".parts")
    return [
        Part(
            mirror.folder.resolve(),
            shown,
            tuple((number, codes[number]) for number in numbers[start : start + RANGE]),
            points,
            CATALOGUE.hash,
            folder / "snapshot" / f"{key}.parquet",
            folder / f"{key}-{start:08d}.parquet",
        )
        for start in range(0, len(numbers), RANGE)
    ]


def build_part(part: Part) -> None:
    """Evaluate one range of enterprises and write it.

    Raises
    ------
    CargoworthyError
        If the worker's catalogue is not the one that is to be evaluated, or the mirror was
        refreshed meanwhile.
    """
    if part.catalogue_hash != CATALOGUE.hash:
        raise CargoworthyError(
            f"expected a worker with catalogue {part.catalogue_hash[:12]}, found one with "
            f"{CATALOGUE.hash[:12]}; install the same version on all machines of the cluster"
        )
    mirror = Mirror(part.mirror)
    numbers = np.array([number for number, _ in part.enterprises], np.int64)
    facts = facts_between(mirror, int(numbers[0]), int(numbers[-1]))
    mirror.require(part.shown)
    as_of = np.array(part.as_of, np.int64)
    matrix = evaluate(replace(facts, others=_published(part.snapshot)), Spine.grid(numbers, as_of))
    codes = np.array([code for _, code in part.enterprises])
    FeatureTable(
        enterprise_id=np.repeat(codes, len(as_of)),
        as_of=matrix.spine.as_of,
        names=matrix.names,
        values=matrix.values,
        catalogue_hash=CATALOGUE.hash,
        record=part.shown.record,
        position=part.shown.position,
    ).write(part.path)


@lru_cache(maxsize=1)
def _published(path: Path) -> Snapshot:
    """Read the build's snapshot once a worker."""
    return read(path)
