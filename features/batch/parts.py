"""A large table made in parts: each a file of its own, made once, then joined.

A part's file has its final name only when it is whole, and its name says what it was made from.
So a job that was stopped goes on where it stood, and two workers at the same part do no harm.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from features.batch.execution import Executor
from features.batch.replacement import replacing
from supervision.errors import CargoworthyError

ROW_GROUP = 16_384
"""Rows that a reader of a joined table holds at a time."""

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


class Part(Protocol):
    """What becomes one file."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    def __len__(self) -> int:
        """How much of the stage it is, in what the stage counts."""
        ...


P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class Stage(Generic[P]):
    """What is to be made; who makes it is an executor's matter.

    Attributes
    ----------
    name : str
        What its parts are counted in.
    parts : sequence of Part
    make : callable
        Makes one part; a function that other processes can import.
    """

    name: str
    parts: Sequence[P]
    make: Callable[[P], object]


def complete(stage: Stage[P], run: Executor, progress: Progress) -> None:
    """Make all parts of a stage that are not there yet.

    Parameters
    ----------
    stage : Stage
    run : Executor
    progress : callable

    Raises
    ------
    CargoworthyError
        If a part that was made elsewhere does not appear here.
    """
    waiting = [part for part in stage.parts if not part.path.exists()]
    total = sum(len(part) for part in stage.parts)
    done = total - sum(len(part) for part in waiting)
    progress(stage.name, done, total)
    for part in run(partial(_unless_there, stage.make), waiting):
        done += len(part)
        progress(stage.name, done, total)
    for part in waiting:
        if not part.path.exists():
            raise CargoworthyError(
                f"expected {part.path}, which a worker has written, found nothing; all machines "
                "of a cluster must see the folder under the same path: put it on a shared disk"
            )


def key_of(*made_from: object) -> str:
    """Name of all parts that are made from the same, as data of JSON."""
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:16]


def join(parts: Sequence[Path], out: Path) -> None:
    """Join Parquet files of one schema, in order, into one, a row group at a time.

    The result depends on the rows alone, not on how they were split.

    Parameters
    ----------
    parts : sequence of Path
        At least one, all in one folder on the disk of ``out``.
    out : Path

    Raises
    ------
    CargoworthyError
        If a part has another schema, or says in its metadata that it is of something else.
    """
    schema = pq.read_schema(parts[0])
    with (
        replacing(out, parts[0].parent) as unfinished,
        pq.ParquetWriter(unfinished, schema, compression="zstd") as writer,
    ):
        for group in _row_groups(parts, schema):
            writer.write_table(group)


def _row_groups(parts: Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    held = schema.empty_table()
    for path in parts:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(schema, check_metadata=True):
                raise CargoworthyError(
                    f"expected {path} to be of the same table as {parts[0].name}, found another; "
                    f"remove the folder {path.parent} and run the same again"
                )
            for batch in file.iter_batches(ROW_GROUP):
                held = pa.concat_tables([held, pa.table(batch).cast(schema)])
                while len(held) >= ROW_GROUP:
                    yield held.slice(0, ROW_GROUP).combine_chunks()
                    held = held.slice(ROW_GROUP)
    if len(held):
        yield held.combine_chunks()


def _unless_there(make: Callable[[P], object], part: P) -> None:
    """Make a part, unless another worker, since given up for lost, has made it."""
    if not part.path.exists():
        make(part)
