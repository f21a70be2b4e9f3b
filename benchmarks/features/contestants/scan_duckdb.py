"""A bare scan of the mirror's files by DuckDB: read every column that the engine reads."""

import duckdb

from benchmarks.features.columns import columns_read
from benchmarks.features.ground import Task


def ready(task: Task) -> None:
    """Find out what the engine reads, which is not part of the scan."""
    columns_read(task.ground.mirror)


def run(task: Task) -> None:
    """Add up one column by enterprise, table by table; of the others have the greatest value.

    A column that nothing is asked of would not be read.
    """
    with duckdb.connect(config={"threads": task.threads}) as connection:
        for table, names in columns_read(task.ground.mirror).items():
            others = ", ".join(f'max("{name}")' for name in names if name != "enterprise_id")
            path = task.ground.mirror / f"{table}.parquet"
            connection.execute(
                f"SELECT enterprise_id, sum(position), {others} FROM '{path}' GROUP BY ALL"
            ).fetchnumpy()
