"""A portfolio: a whole feature table scored with the champion, in chunks for any number of workers.

The same bits as the service's, row for row; but nothing is logged, no limit is suggested, and
every row is scored, also of an enterprise about which the service would say too little is known.
"""

import hashlib
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.batch.execution import Executor
from features.batch.parts import ROW_GROUP, Progress, Stage, complete, join, key_of
from features.batch.replacement import replacing
from features.table import KEYS, Heading
from serving.policy import Policy
from serving.scores.grading import IN_FORCE, Graded, graded
from supervision.errors import CargoworthyError
from training.model.bundle import Bundle
from training.model.points import rounded
from training.model.shelf import Champion, Shelf

PREFIX = "micro_points_"
"""Of the columns that tell a feature's contribution."""

_COLUMNS = {
    "enterprise_id": pa.string(),
    "as_of": pa.int64(),
    "score": pa.int64(),
    "score_micro_points": pa.int64(),
    "pd": pa.float64(),
    "pd_through_the_cycle": pa.float64(),
    "model_pd": pa.float64(),
    "pd_low": pa.float64(),
    "pd_high": pa.float64(),
    "grade": pa.string(),
    "default_in_force": pa.bool_(),
}


@dataclass(frozen=True)
class Chunk:
    """One row group of a feature table to score.

    Attributes
    ----------
    table : Path
    heading : Heading
        What the table said of itself when the work was cut.
    row_group, rows : int
    models : Path
        Folder of promoted models.
    champion : Champion
        Which of them to score with, whatever is promoted meanwhile.
    policy : Policy
        Whose grades are told.
    path : Path
        Where the scores are written.
    """

    table: Path
    heading: Heading
    row_group: int
    rows: int
    models: Path
    champion: Champion
    policy: Policy
    path: Path

    def __len__(self) -> int:
        return self.rows


def score_portfolio(
    table: Path, out: Path, shelf: Shelf, policy: Policy, progress: Progress, run: Executor
) -> Champion:
    """Score every row of a feature table and write the scores.

    Parameters
    ----------
    table : Path
        A file of ``cargoworthy features build``.
    out : Path
        The Parquet file to write: ``enterprise_id``, ``as_of``, ``score``,
        ``score_micro_points``, ``pd``, ``pd_through_the_cycle`` (null where the model knows
        none), ``model_pd``, ``pd_low`` and ``pd_high`` (of the 95 % interval; null in grade D, and
        where the model tells none), ``grade``, ``default_in_force`` and a column of micro-points
        for each feature of the model; its metadata name the model, the policy and the PD that it
        grades by, the catalogue and the record.
    shelf : Shelf
        Of the promoted models.
    policy : Policy
    progress : callable
    run : Executor
        Who scores; other machines must see all paths as this one does.

    Returns
    -------
    Champion
        The model by which was scored.

    Raises
    ------
    CargoworthyError
        If the table is of another catalogue than the model, or there is no model, or none that
        the shelf's key sealed.
    """
    out = out.resolve()
    if out == table.resolve():
        raise CargoworthyError(
            f"expected --out to be another file than the feature table {table}; name another"
        )
    champion = shelf.stated()
    chunks = _chunks(table, out, shelf.folder, champion, policy)
    folder = chunks[0].path.parent
    folder.mkdir(parents=True, exist_ok=True)
    complete(Stage("rows", chunks, score_chunk), run, progress)
    join([chunk.path for chunk in chunks], out)
    shutil.rmtree(folder, ignore_errors=True)  # a worker given up for lost may still write
    return champion


def score_chunk(chunk: Chunk) -> None:
    """Score one row group and write it.

    Raises
    ------
    CargoworthyError
        If the table was replaced meanwhile, or the model cannot be read.
    """
    bundle = _bundle(chunk.models, chunk.champion)
    with pq.ParquetFile(chunk.table) as file:
        if Heading.read(chunk.table) != chunk.heading:
            raise CargoworthyError(
                f"expected {chunk.table} to stay as it is while it is scored, found it replaced; "
                "score it again"
            )
        names = list(dict.fromkeys((*KEYS, *bundle.features, IN_FORCE)))
        batches = file.iter_batches(ROW_GROUP, row_groups=[chunk.row_group], columns=names)
        schema = _schema(chunk, bundle)
        with (
            replacing(chunk.path) as unfinished,
            pq.ParquetWriter(unfinished, schema, compression="zstd") as writer,
        ):
            for batch in batches:
                writer.write_table(_scored(batch, bundle, chunk.policy).cast(schema))


def _chunks(
    table: Path, out: Path, models: Path, champion: Champion, policy: Policy
) -> list[Chunk]:
    """Cut a table into its row groups, once table and model are found to fit each other."""
    heading = Heading.read(table)
    _refuse_misfit(table, heading, _bundle(models, champion))
    with table.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    key = key_of(content, champion.hash, champion.version, policy.hash, list(_COLUMNS))
    folder = out.with_name(out.name + ".parts")
    groups = pq.read_metadata(table)
    return [
        Chunk(
            table.resolve(),
            heading,
            place,
            groups.row_group(place).num_rows,
            models.resolve(),
            champion,
            policy,
            folder / f"{key}-{place:08d}.parquet",
        )
        for place in range(groups.num_row_groups)
    ]


def _refuse_misfit(table: Path, heading: Heading, bundle: Bundle) -> None:
    if not heading.rows:
        raise CargoworthyError(f"expected rows to score in {table}, found none; build it again")
    if heading.catalogue_hash != bundle.catalogue_hash:
        raise CargoworthyError(
            f"model {bundle.name} {bundle.version} expects features of catalogue "
            f"{bundle.catalogue_hash[:12] or '(none: trained on a table of its own)'}, found "
            f"{heading.catalogue_hash[:12]} in {table}; build the table again, or promote a model "
            "that was trained on its catalogue"
        )
    absent = sorted({*bundle.features, IN_FORCE} - set(heading.names))
    if absent:
        raise CargoworthyError(
            f"expected {table} to hold all features of model {bundle.name}, found {len(absent)} "
            f"missing: {', '.join(absent)[:200]}; build it again"
        )


@lru_cache(maxsize=1)
def _bundle(models: Path, champion: Champion) -> Bundle:
    """Read a model once a process; its golden rows are scored, since processors differ."""
    return Bundle.load(models / champion.folder, version=champion.version, expected=champion.hash)


def _scored(batch: pa.RecordBatch, bundle: Bundle, policy: Policy) -> pa.Table:
    values = np.column_stack([batch.column(name).to_numpy() for name in bundle.features])
    scores = bundle.score(values)
    grades = graded(scores, batch.column(IN_FORCE).to_numpy() > 0, policy)
    long_run = grades.pd_through_the_cycle
    low, high = _interval(grades)
    told = {
        "score": rounded(scores.score_micro),
        "score_micro_points": scores.score_micro,
        "pd": grades.pd,
        "pd_through_the_cycle": pa.nulls(len(values)) if long_run is None else long_run,
        "model_pd": grades.model_pd,
        "pd_low": low,
        "pd_high": high,
        "grade": list(grades.grade),
        "default_in_force": grades.in_force,
    }
    told |= {PREFIX + name: scores.micro_points[:, i] for i, name in enumerate(bundle.features)}
    return pa.table({name: batch.column(name) for name in KEYS} | told)


def _interval(grades: Graded) -> tuple[pa.Array, pa.Array]:
    """Ends of the interval of each PD, which is no estimate any more once a default is in force."""
    if grades.pd_interval is None:
        return pa.nulls(len(grades.pd)), pa.nulls(len(grades.pd))
    low, high = (pa.array(end, mask=grades.in_force) for end in grades.pd_interval)
    return low, high


def _schema(chunk: Chunk, bundle: Bundle) -> pa.Schema:
    columns = dict(_COLUMNS)
    columns |= {PREFIX + name: pa.int64() for name in bundle.features}
    said = {
        "model_name": bundle.name,
        "model_version": bundle.version,
        "model_hash": bundle.hash,
        "base_micro_points": str(bundle.base_micro_points),
        "policy_name": chunk.policy.name,
        "policy_hash": chunk.policy.hash,
        "graded_by": chunk.policy.graded_by(through_the_cycle=bundle.cycle is not None),
        "catalogue_hash": chunk.heading.catalogue_hash,
        "record": chunk.heading.record,
        "position": str(chunk.heading.position),
    }
    return pa.schema(columns, {f"cargoworthy.{name}": text for name, text in said.items()})
