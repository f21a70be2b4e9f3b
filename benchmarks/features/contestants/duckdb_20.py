"""The twenty features in one query of DuckDB, written for speed."""

from benchmarks.features.ground import Task
from benchmarks.features.messages import connect, everyone, lay_spine
from benchmarks.features.twenty import SQL


def run(task: Task) -> None:
    """Run the query and write its answer."""
    connection = connect(task.ground, task.threads)
    lay_spine(connection, task, everyone(connection))
    query = SQL.read_text(encoding="utf-8")
    connection.execute(f"COPY ({query}) TO '{task.out}' (FORMAT parquet, COMPRESSION zstd)")
    connection.close()
