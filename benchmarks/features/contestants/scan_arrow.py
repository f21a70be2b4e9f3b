"""A bare scan of the mirror's files by pyarrow: read every column that the engine reads."""

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.features.columns import columns_read
from benchmarks.features.ground import Task


def ready(task: Task) -> None:
    """Find out what the engine reads, which is not part of the scan."""
    columns_read(task.ground.mirror)


def run(task: Task) -> None:
    """Read each table and add up one column by enterprise."""
    pa.set_cpu_count(task.threads)
    for table, names in columns_read(task.ground.mirror).items():
        rows = pq.read_table(task.ground.mirror / f"{table}.parquet", columns=list(names))
        rows.group_by("enterprise_id").aggregate([("position", "sum")])
