"""The floor of a compiled SQL engine: a query of DuckDB that asks for nothing."""

import duckdb

from benchmarks.features.ground import Task


def run(task: Task) -> None:
    """Open a database in memory and select a number."""
    with duckdb.connect(config={"threads": task.threads}) as connection:
        connection.execute("SELECT 1").fetchall()
