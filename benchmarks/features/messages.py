"""The messages as reported, as a DuckDB database: what the SQL contestants read."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.features.ground import Ground, Task
from supervision.arrays import MISSING, NEVER, Integers
from supervision.contract.columns import columns
from supervision.contract.messages import STREAMS

MEMORY = "8GB"


def write_messages(mirror: Path, out: Path) -> None:
    """Make the database of a mirror: enumerated fields as ENUM, fields left out as NULL.

    The rows keep the mirror's order, by enterprise and time, so that DuckDB can skip by it.
    """
    partial = out.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with duckdb.connect(str(partial), config={"threads": 1}) as connection:
        for stream in STREAMS:
            files = _VALUATIONS if stream == "valuation" else (stream,)
            parts = [_as_reported(mirror / f"{name}.parquet", stream) for name in files]
            rows = " UNION ALL ".join(parts)
            if stream == "valuation":
                # The mirror keeps an appraisal under everyone who ever held the lot.
                rows = f"SELECT DISTINCT ON (position) * FROM ({rows})"
                rows += " ORDER BY cargo_code, occurred_at"
            connection.execute(f'CREATE TABLE "{stream}" AS {rows}')
        lots = f"SELECT DISTINCT lot, commodity FROM '{mirror / 'lots.parquet'}'"
        connection.execute(f"CREATE TABLE lots AS {lots}")
    partial.replace(out)


_VALUATIONS = ("appraisal", "market")


def _as_reported(path: Path, stream: str) -> str:
    choices = {c.name: c.choices for c in columns(stream) if c.kind == "enumerated"}
    shown = []
    for name in pq.read_schema(path).names:
        # The literal of the smallest integer is read as the negative of one that is too large.
        absent = str(NEVER) if name == "reversed_at" else f"({MISSING + 1} - 1)"
        value = f'nullif("{name}", {absent})'
        if name in choices:
            listed = ", ".join(f"'{choice}'" for choice in choices[name])
            value = f"([{listed}])[{value} + 1]::ENUM ({listed})"
        shown.append(f'{value} AS "{name}"')
    return f"SELECT {', '.join(shown)} FROM '{path}'"


def connect(ground: Ground, threads: int) -> duckdb.DuckDBPyConnection:
    """Open the messages for reading, with room for temporary tables beside them."""
    config: dict[str, Any] = {"threads": threads, "memory_limit": MEMORY}
    config["temp_directory"] = str(ground.spill)
    connection = duckdb.connect(config=config)
    connection.execute(f"ATTACH '{ground.database}' AS messages (READ_ONLY)")
    for table in (*STREAMS, "lots"):
        connection.execute(f'CREATE VIEW "{table}" AS FROM messages."{table}"')
    return connection


def lay_spine(connection: duckdb.DuckDBPyConnection, task: Task, enterprises: Integers) -> None:
    """Give a connection the points at which to answer."""
    enterprise, as_of = (a.ravel() for a in np.meshgrid(enterprises, task.as_of, indexing="ij"))
    rows = {"row": np.arange(len(as_of)), "enterprise": enterprise, "as_of": as_of}
    connection.register("given", pa.table(rows))
    connection.execute("CREATE TEMP TABLE spine AS FROM given")


def everyone(connection: duckdb.DuckDBPyConnection) -> Integers:
    """Numbers of all enterprises that any message names."""
    each = " UNION ".join(
        f'SELECT enterprise_id FROM "{stream}"' for stream in STREAMS if stream != "valuation"
    )
    found = connection.execute(f"FROM ({each}) ORDER BY ALL").fetchnumpy()["enterprise_id"]
    return np.asarray(found, np.int64)
