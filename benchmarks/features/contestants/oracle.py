"""All features in plain SQL: the tests' oracle, on a DuckDB database made beforehand."""

import duckdb

from benchmarks.features.ground import Task
from benchmarks.features.messages import connect, everyone, lay_spine
from benchmarks.world.stages import ROOT

FOLDER = ROOT / "tests" / "features" / "oracle"


def run(task: Task) -> None:
    """Run every file of the oracle; its last query is copied to a Parquet file."""
    connection = connect(task.ground, task.threads)
    lay_spine(connection, task, everyone(connection))
    task.out.mkdir(parents=True)
    base = FOLDER / "base.sql"
    connection.execute(base.read_text(encoding="utf-8"))
    for path in sorted(set(FOLDER.glob("*.sql")) - {base}):
        *before, last = duckdb.extract_statements(path.read_text(encoding="utf-8"))
        for statement in before:
            connection.execute(statement)
        out = task.out / f"{path.stem}.parquet"
        query = last.query.strip().rstrip(";")
        connection.execute(f"COPY ({query}\n) TO '{out}' (COMPRESSION zstd)")
    connection.close()
