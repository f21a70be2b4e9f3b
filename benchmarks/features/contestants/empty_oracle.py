"""The oracle's SQL asked about nobody: what DuckDB spends on planning alone."""

import duckdb

from benchmarks.features.contestants.oracle import FOLDER
from benchmarks.features.ground import Task
from supervision.contract.messages import STREAMS


def run(task: Task) -> None:
    """Run every file of the oracle over empty tables."""
    base = FOLDER / "base.sql"
    with duckdb.connect(config={"threads": task.threads}) as connection:
        connection.execute(f"ATTACH '{task.ground.database}' AS messages (READ_ONLY)")
        for table in (*STREAMS, "lots"):
            connection.execute(f'CREATE TABLE "{table}" AS FROM messages."{table}" LIMIT 0')
        connection.execute('CREATE TABLE spine ("row" BIGINT, enterprise BIGINT, as_of BIGINT)')
        for path in (base, *sorted(set(FOLDER.glob("*.sql")) - {base})):
            connection.execute(path.read_text(encoding="utf-8")).fetchall()
