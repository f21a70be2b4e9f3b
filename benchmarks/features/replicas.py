"""A mirror many times over: the same messages again, about other enterprises and other lots."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from benchmarks.features.ground import Ground
from supervision.arrays import MISSING
from supervision.contract.columns import columns
from supervision.contract.messages import STREAMS
from supervision.mirror import Mirror
from supervision.record import Record
from supervision.tables import NAME

SHARED = ("hs_code", "commodity", "provider_id")
"""Names that all replicas have in common: goods, whose prices are one market's."""


def replicate(ground: Ground, into: Ground, times: int) -> None:
    """Write a mirror with so many replicas of each enterprise, and a record of their names.

    Every name (enterprise, lot, buyer, number of a sale, receipt, facility, ...) of a replica has
    a number of its own, above all those of the replica before; so the files stay sorted. They are
    written row group by row group, whatever their size.
    """
    into.mirror.mkdir(parents=True, exist_ok=True)
    named = 1 + max(_greatest(path) for path in _files(ground.mirror))
    positions = 1 + json.loads((ground.mirror / "mirror.json").read_text())["position"]
    for path in _files(ground.mirror):
        _replicate_file(path, into.mirror / path.name, (named, positions), times)
    _write_names(ground, into, named, times)
    said = json.loads((ground.mirror / "mirror.json").read_text())
    said |= {"record": f"{said['record']} x {times}", "position": positions * times}
    (into.mirror / "mirror.json").write_text(json.dumps(said))


def _files(mirror: Path) -> list[Path]:
    return sorted(mirror.glob("*.parquet"))


def _name_columns(path: Path) -> tuple[str, ...]:
    """Columns of a file that hold numbers of names which a replica does not share."""
    names = {c.name for s in STREAMS for c in columns(s) if c.kind == "name"} | {"lot", "owner"}
    return tuple(n for n in pq.read_schema(path).names if n in names and n not in SHARED)


def _greatest(path: Path) -> int:
    names = _name_columns(path)
    parts = pq.ParquetFile(path).iter_batches(columns=list(names))
    return max((pc.max(c).as_py() or 0 for part in parts for c in part.columns), default=0)


def _replicate_file(path: Path, out: Path, steps: tuple[int, int], times: int) -> None:
    file = pq.ParquetFile(path)
    copies = 1 if path.stem == "market" else times
    with pq.ParquetWriter(out, file.schema_arrow, **_form(file)) as writer:
        for copy, rows in _row_groups(file, copies):
            writer.write_table(_moved(rows, copy, _name_columns(path), steps))


def _form(file: pq.ParquetFile) -> dict[str, Any]:
    """How the mirror writes its files, as far as its first column tells."""
    if not file.num_row_groups:
        return {}
    first = file.metadata.row_group(0).column(0)
    form: dict[str, Any] = {"compression": first.compression.lower()}
    if "BYTE_STREAM_SPLIT" in first.encodings:
        form |= {"use_dictionary": False, "column_encoding": "BYTE_STREAM_SPLIT"}
    return form


def _row_groups(file: pq.ParquetFile, copies: int) -> Iterator[tuple[int, pa.Table]]:
    for copy in range(copies):
        for group in range(file.num_row_groups):
            yield copy, file.read_row_group(group)


def _moved(rows: pa.Table, copy: int, names: tuple[str, ...], steps: tuple[int, int]) -> pa.Table:
    for place, name in enumerate(rows.column_names):
        step = steps[1] if name == "position" else steps[0] if name in names else 0
        if step and copy:
            values = rows.column(name).to_numpy()
            moved = np.where(values == MISSING, MISSING, values + copy * step)
            rows = rows.set_column(place, name, pa.array(moved))
    return rows


def _write_names(ground: Ground, into: Ground, named: int, times: int) -> None:
    """A record that knows the replicas' names and nothing else."""
    known = Record.open(ground.record)
    codes = known.text_of(Mirror(ground.mirror).enterprises().tolist())
    known.close()
    path = into.folder / "record.db"
    path.unlink(missing_ok=True)
    record = Record.open(into.record, create=True)
    rows = [
        {"number": number + copy * named, "text": f"{code}-{copy}"}
        for copy in range(times)
        for number, code in codes.items()
    ]
    with record.engine.begin() as connection:
        connection.execute(sa.insert(NAME), rows)
    record.close()
