"""Messages a second into the record, beside a plain ``executemany`` of the same rows.

    python -m benchmarks.ingest --rows 5000000

One Parquet file of custody messages with random ids goes into a new SQLite record: archived,
judged, its names numbered, its duplicates searched, written, and indexed at the end. After every
chunk the same rows go by ``executemany`` into two plain SQLite tables under the same pragmas, one
commit a chunk: one table without any key or index, one with a unique index on the message id and
another on the enterprise. So all three share whatever else the machine is doing.
"""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.table import Table

from supervision.archive import Archive
from supervision.cargo_code import CargoCode
from supervision.credit_code import with_check_character
from supervision.ingestion import CHUNK, Ingestion, Progress, Terms
from supervision.record import Record

NOW = 1_700_000_000_000_000
START = 1_577_836_800_000_000
ENTERPRISES = 20_000
MESSAGES_PER_LOT = 25
LOTS_AT_ONCE = 20_000
KINDS = pa.array(["received", "counted", "counted", "released"])
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-262144")


def batches(rows: int, seed: int = 1) -> Iterator[pa.RecordBatch]:
    """Custody messages in order of time: random ids, lots that come and go."""
    rng = np.random.default_rng(seed)
    owners = [with_check_character(f"91350200{n:09d}") for n in range(ENTERPRISES)]
    warehouses = pa.array([f"WH-{n:03d}" for n in range(200)])
    lots: list[str] = []
    for start in range(0, rows, CHUNK):
        size = min(CHUNK, rows - start)
        born = (start + size) // MESSAGES_PER_LOT + LOTS_AT_ONCE
        lots += [_lot(owners, number) for number in range(len(lots), born)]
        newest = np.arange(start, start + size) // MESSAGES_PER_LOT + LOTS_AT_ONCE - 1
        lot = newest - rng.integers(0, LOTS_AT_ONCE, size)
        occurred = START + np.arange(start, start + size) * 20_000_000
        columns = {
            "message_id": pa.array([rng.bytes(12).hex() for _ in range(size)]),
            "provider_id": pa.array(["WAREHOUSES-XM"]).take(pa.array(np.zeros(size, np.int64))),
            "enterprise_id": pa.array(owners).take(pa.array(lot % ENTERPRISES)),
            "cargo_code": pa.array(lots).take(pa.array(lot)),
            "occurred_at": pa.array(occurred),
            "recorded_at": pa.array(occurred + 60_000_000),
            "kind": KINDS.take(pa.array(rng.integers(0, len(KINDS), size))),
            "warehouse": warehouses.take(pa.array(rng.integers(0, len(warehouses), size))),
            "quantity": pa.array(rng.integers(1, 1_000_000, size)),
            "unit": pa.array(["kg"]).take(pa.array(np.zeros(size, np.int64))),
        }
        yield pa.RecordBatch.from_pydict(columns)


def _lot(owners: list[str], number: int) -> str:
    owner, batch = owners[number % ENTERPRISES], np.base_repr(number, 36).rjust(6, "0")
    return str(CargoCode.issue(owner, "0306170000", batch, "ECGYE", "CNXMN", b"benchmark"))


@dataclass
class Plain:
    """A plain SQLite table, filled by ``executemany``."""

    path: Path
    indexed: bool
    seconds: float = 0.0
    _connection: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = sqlite3.connect(self.path)
        for pragma in PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        names = next(batches(1)).schema.names
        self._connection.execute(f"CREATE TABLE custody ({', '.join(names)})")
        if self.indexed:
            self._connection.execute("CREATE UNIQUE INDEX a ON custody (provider_id, message_id)")
            self._connection.execute("CREATE INDEX b ON custody (enterprise_id)")
        self._insert = f"INSERT INTO custody VALUES ({', '.join('?' * len(names))})"

    def add(self, batch: pa.RecordBatch) -> None:
        """Insert a batch and commit it."""
        start = time.perf_counter()
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        self._connection.executemany(self._insert, rows)
        self._connection.commit()
        self.seconds += time.perf_counter() - start

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def compare(rows: int, folder: Path) -> tuple[float, float, float]:
    """Seconds that the record and the two plain tables took for the same rows."""
    path = folder / "custody.parquet"
    schema = next(batches(1)).schema
    with pq.ParquetWriter(path, schema) as writer:
        for batch in batches(rows):
            writer.write_batch(batch)
    tables = (Plain(folder / "plain.db", False), Plain(folder / "indexed.db", True))
    same = pq.ParquetFile(path).iter_batches(CHUNK)
    aside = 0.0

    def interleave(_: Progress) -> None:
        nonlocal aside
        start = time.perf_counter()
        batch = next(same)
        for table in tables:
            table.add(batch)
        aside += time.perf_counter() - start

    record = Record.open(f"sqlite:///{folder / 'record.db'}", create=True)
    ingestion = Ingestion(record.engine, Archive(folder / "archive"), Terms(NOW), interleave)
    start = time.perf_counter()
    report = ingestion.run([path])
    seconds = time.perf_counter() - start - aside
    record.close()
    for table in tables:
        table.close()
    if report.files[0].counts.accepted != rows:
        raise SystemExit(f"expected {rows} accepted rows, found {report.files[0]}")
    return seconds, tables[0].seconds, tables[1].seconds


def main(
    rows: Annotated[int, typer.Option(min=1, help="Messages to ingest.")] = 1_000_000,
) -> None:
    """Measure ingestion into SQLite beside a plain executemany of the same rows."""
    with tempfile.TemporaryDirectory(prefix="cargoworthy-bench-") as folder:
        ours, plain, indexed = compare(rows, Path(folder))
    table = Table(title=f"{rows:,} custody messages from Parquet into SQLite, random ids")
    table.add_column("")
    table.add_column("messages/s", justify="right")
    table.add_column("record is", justify="right")
    for name, seconds in (
        ("the record: archived, judged, deduplicated, indexed", ours),
        ("plain executemany, no key, no index", plain),
        ("plain executemany under two indexes", indexed),
    ):
        table.add_row(name, f"{rows / seconds:,.0f}", f"{seconds / ours:.2f} x as fast")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
