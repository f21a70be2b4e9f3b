"""Build the feature table: all enterprises at all as-of points, range by range, in processes.

Each range of enterprises becomes a part file that names what it was made from, so a build that
was stopped goes on where it stood, and a part of another catalogue or record is never mixed in.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import astuple, dataclass, fields, is_dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from features.catalogue import CATALOGUE
from features.engine import evaluate
from features.facts import ENVELOPE, OF_OTHERS, Facts, table_names
from features.prices import Prices
from features.sweep import Spine
from features.table import FeatureTable
from supervision.arrays import Integers
from supervision.errors import CargoworthyError
from supervision.mirror import Mirror, Shown
from supervision.record import Record

RANGE = 100
"""Enterprises of one part: small enough that a worker stays within a few hundred megabytes."""

Progress = Callable[[int, int], None]
"""Told how many enterprises are done, of how many."""


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
    path : Path
        Where the part is written.
    """

    mirror: Path
    shown: Shown
    enterprises: tuple[tuple[int, str], ...]
    as_of: tuple[int, ...]
    path: Path


def build(
    record: Record, mirror: Mirror, out: Path, as_of: Integers, progress: Progress, workers: int = 2
) -> FeatureTable:
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
    workers : int
        Processes; 1 builds in this one.

    Raises
    ------
    CargoworthyError
        If the record holds no enterprise, or ``out`` was made with another catalogue.
    """
    _refuse_other_catalogue(out)
    shown = mirror.shows
    if shown is None:
        raise CargoworthyError(
            f"expected a mirror of the record at {mirror.folder}, found none; refresh it first"
        )
    numbers = mirror.enterprises()
    if not len(numbers):
        raise CargoworthyError(
            "expected a record with messages about enterprises, found none; "
            "run `cargoworthy ingest PATH` first"
        )
    codes = record.text_of(numbers.tolist())
    folder = out.with_name(out.name + ".parts")
    enterprises = [(int(n), codes[int(n)]) for n in numbers]
    parts = _parts(mirror.folder, shown, enterprises, as_of, folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    for part in _completed(parts, workers):
        done += len(part.enterprises)
        progress(done, len(numbers))
    tables = [FeatureTable.read(part.path) for part in parts]
    whole = FeatureTable(
        enterprise_id=np.concatenate([t.enterprise_id for t in tables]),
        as_of=np.concatenate([t.as_of for t in tables]),
        names=tables[0].names,
        values=np.concatenate([t.values for t in tables]),
        catalogue_hash=CATALOGUE.hash,
        record=shown.record,
        position=shown.position,
    )
    whole.write(out)
    shutil.rmtree(folder)
    return whole


def facts_between(mirror: Mirror, first: int, last: int) -> Facts:
    """Facts of the enterprises whose numbers lie between two, both included.

    The registry and the reports of lenders are read whole: a counterparty may be any enterprise.
    """
    tables = {}
    for table in table_names():
        between = None if table in OF_OTHERS else (first, last)
        tables[table] = mirror.read(table, _columns_read(mirror, table), between)
    market = mirror.read("market", _columns_read(mirror, "market"))
    return Facts(tables, Prices.of(market), mirror.read("lots"))


def _refuse_other_catalogue(out: Path) -> None:
    if out.exists():
        found = FeatureTable.read(out).catalogue_hash
        if found != CATALOGUE.hash:
            raise CargoworthyError(
                f"expected {out} to be of catalogue {CATALOGUE.hash[:12]}, found {found[:12]}: the "
                "recipes have changed since; write to another file, or remove this one"
            )


def _parts(
    mirror: Path, shown: Shown, enterprises: list[tuple[int, str]], as_of: Integers, folder: Path
) -> list[Part]:
    points = tuple(int(at) for at in as_of)
    made_from = json.dumps([CATALOGUE.hash, astuple(shown), points, RANGE, len(enterprises)])
    key = hashlib.sha256(made_from.encode()).hexdigest()[:16]
    return [
        Part(mirror, shown, tuple(some), points, folder / f"{key}-{start:08d}.parquet")
        for start in range(0, len(enterprises), RANGE)
        if (some := enterprises[start : start + RANGE])
    ]


def _completed(parts: list[Part], workers: int) -> Iterator[Part]:
    """Build the parts that are not there yet; yield each part once it is."""
    waiting = [part for part in parts if not part.path.exists()]
    yield from (part for part in parts if part not in waiting)
    if workers < 2 or len(waiting) < 2:
        for part in waiting:
            build_part(part)
            yield part
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        building = {pool.submit(build_part, part): part for part in waiting}
        for finished in as_completed(building):
            finished.result()
            yield building[finished]


def build_part(part: Part) -> None:
    """Evaluate one range of enterprises and write it."""
    mirror = Mirror(part.mirror)
    numbers = np.array([number for number, _ in part.enterprises], np.int64)
    facts = facts_between(mirror, int(numbers[0]), int(numbers[-1]))
    as_of = np.array(part.as_of, np.int64)
    matrix = evaluate(facts, Spine.grid(numbers, as_of))
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


def _columns_read(mirror: Mirror, table: str) -> tuple[str, ...]:
    """Columns of a mirror's table that any recipe names."""
    named = {*ENVELOPE, "unit_price", "hs_code"} | _DERIVED_FROM
    for feature in CATALOGUE.features:
        named |= _names(feature.recipe)
    there = pq.read_schema(mirror.folder / f"{table}.parquet").names
    return tuple(name for name in there if name in named)


_DERIVED_FROM = {
    "due_at",
    "days_past_due",
    "trading_party",
    "declared_value",
    "renewed_from",
    "lender",
}
"""What the engine's derived columns are reckoned from."""


def _names(node: object) -> set[str]:
    """All texts that stand in a recipe; column names are among them."""
    if isinstance(node, str):
        return {node}
    if isinstance(node, tuple):
        return set().union(*(_names(item) for item in node))
    if is_dataclass(node):
        return set().union(*(_names(getattr(node, field.name)) for field in fields(node)))
    return set()
