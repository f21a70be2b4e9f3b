"""Where the benchmark runs: one world, its record and mirror, and the databases made of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.world.stages import Site
from features.calendar import DAY, month_end, month_ends
from simulator.world import LAST_YEAR
from supervision.arrays import Integers

_LAST = month_end(f"{LAST_YEAR}-12")
POINTS: dict[str, Integers] = {
    "12 month ends": month_ends(f"{LAST_YEAR}-01", f"{LAST_YEAR}-12"),
    "24 month ends": month_ends(f"{LAST_YEAR - 1}-01", f"{LAST_YEAR}-12"),
    "52 weeks": _LAST - 7 * DAY * np.arange(51, -1, -1),
}
"""As-of points by name; all of them end with the last day of the world."""


@dataclass(frozen=True)
class Store:
    """What is made of a record so that the service need not read its rows."""

    folder: Path

    @property
    def packed(self) -> Path:
        """The enterprises, packed before the last week came in."""
        return self.folder / "packed.db"

    @property
    def snapshots(self) -> Path:
        """What was published of everyone at the last midnight."""
        return self.folder / "snapshots"

    @property
    def mirror(self) -> Path:
        """From which they were packed."""
        return self.folder / "mirror"


@dataclass(frozen=True)
class Ground(Site):
    """The folder of the benchmark and what stands in it."""

    @property
    def head(self) -> Path:
        """The world's files but for its last week."""
        return self.folder / "head"

    @property
    def tail(self) -> Path:
        """The world's last week."""
        return self.folder / "tail"

    @property
    def on_sqlite(self) -> "Store":
        """What the service needs beside the record."""
        return Store(self.folder / "service-sqlite")

    @property
    def on_postgresql(self) -> "Store":
        """The same of the record on PostgreSQL."""
        return Store(self.folder / "service-postgresql")

    @property
    def mirror(self) -> Path:
        """The record as sorted Parquet files, which all contestants start from."""
        return self.folder / "mirror"

    @property
    def database(self) -> Path:
        """The same messages as reported, as a DuckDB database."""
        return self.folder / "messages.duckdb"

    @property
    def server(self) -> Path:
        """The data of the PostgreSQL server that holds the same record."""
        return self.folder / "postgresql"

    @property
    def spill(self) -> Path:
        """Where DuckDB may put what its memory does not hold."""
        return self.folder / "spill"

    @property
    def large(self) -> "Ground":
        """Ten times as many messages."""
        return Ground(self.folder / "large")

    @property
    def messages(self) -> int:
        """Messages of the world, or of all its copies."""
        times = self.stages.get("large", {}).get("times")
        if times is None:
            return super().messages
        return int(times) * Ground(self.folder.parent).messages

    def answer(self, contestant: str, points: str) -> Path:
        """What a contestant found, a file or a folder of files."""
        return self.folder / "answers" / f"{contestant}-{points.replace(' ', '-')}.parquet"


@dataclass(frozen=True)
class Task:
    """One contestant's work.

    Attributes
    ----------
    ground : Ground
    as_of : Integers
    threads : int
        Threads of a database or a library, worker processes of the engine.
    out : Path
        Where the answer is written; nothing stands there.
    """

    ground: Ground
    as_of: Integers
    threads: int
    out: Path
