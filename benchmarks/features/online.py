"""One enterprise at a time: read from the record and evaluated, as the service does it.

    python -m benchmarks.features.online FOLDER ROUNDS [no-postgresql]

Prints as JSON the milliseconds of every question. Contestants take turns, round after round.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.features.ground import POINTS, Ground, Store
from benchmarks.features.messages import connect
from benchmarks.features.server import postgresql
from benchmarks.features.twenty import sql_at
from features.engine.evaluation import evaluate, settle
from features.engine.sweep import Spine
from features.facts import Facts, table_names
from features.online import FactsReader
from features.snapshots.publishing import Shelf
from supervision.arrays import Integers
from supervision.mirror import Mirror
from supervision.packed.reading import PackedReader
from supervision.record import Record

MESSAGES = 1_000
ENTERPRISES = 30

Read = Callable[[int, int], Facts]
"""Reads what concerns an enterprise, by its number, for features as of a time."""


def as_the_service(record: Record, store: Store) -> Read:
    """Read the packed base and the week since; of others what was published at midnight."""
    shelf = Shelf(record, store.snapshots)
    return _with(FactsReader(record, PackedReader.open(record, store.packed), shelf))


def from_packed(record: Record, store: Store) -> Read:
    """Read the packed base and the week since; of others their rows."""
    return _with(FactsReader(record, PackedReader.open(record, store.packed)))


def from_tables(record: Record, _: Store) -> Read:
    """Read the rows of the record's tables."""
    return _with(FactsReader(record))


def _with(reader: FactsReader) -> Read:
    position = reader.record.position()
    return lambda number, as_of: reader.facts_of(number, position, as_of)


READERS: dict[str, Callable[[Record, Store], Read]] = {
    "as the service reads": as_the_service,
    "packed, of others their rows": from_packed,
    "from the record's tables": from_tables,
}
"""Ways to read an enterprise, by what the report calls them."""


@dataclass
class Asked:
    """Milliseconds of every question that a contestant answered: reading, then evaluating."""

    read: list[float] = field(default_factory=list)
    evaluate: list[float] = field(default_factory=list)


Ask = Callable[[int, int], tuple[float, float]]
"""Answers about an enterprise as of a time, and says what reading and evaluating took, in ms."""


def engine(read: Read) -> Ask:
    """All features by the engine."""

    def ask(number: int, as_of: int) -> tuple[float, float]:
        begun = time.perf_counter()
        facts = read(number, as_of)
        has_read = time.perf_counter()
        evaluate(facts, Spine(np.array([number]), np.array([as_of])))
        return 1e3 * (has_read - begun), 1e3 * (time.perf_counter() - has_read)

    return ask


def twenty_in_sql(connection: duckdb.DuckDBPyConnection) -> Ask:
    """Twenty features by DuckDB, its planning included."""

    def ask(number: int, as_of: int) -> tuple[float, float]:
        begun = time.perf_counter()
        connection.execute(sql_at(number, as_of)).fetchall()
        return 1e3 * (time.perf_counter() - begun), 0.0

    return ask


def subjects(mirror: Mirror) -> tuple[Integers, Integers]:
    """The enterprises with the most nearly 1,000 messages, and how many these are."""
    numbers = mirror.enterprises()
    counts = np.zeros(len(numbers), np.int64)
    for table in table_names():
        named, found = np.unique(
            mirror.read(table, ("enterprise_id",))["enterprise_id"], return_counts=True
        )
        place = np.minimum(np.searchsorted(numbers, named), len(numbers) - 1)
        known = numbers[place] == named
        counts[place[known]] += found[known]
    nearest = np.argsort(np.abs(counts - MESSAGES), kind="stable")[:ENTERPRISES]
    return numbers[nearest], counts[nearest]


def measure(contestants: dict[str, Ask], enterprises: Integers, rounds: int) -> dict[str, Asked]:
    """Let each contestant in turn answer about all enterprises, round after round.

    A service answers one question after another; with other contestants' in between it would find
    the processor's caches full of theirs. The first round is not counted.
    """
    as_of = int(max(POINTS["12 month ends"]))
    found = {name: Asked() for name in contestants}
    for number in range(rounds + 1):
        for name, ask in contestants.items():
            for enterprise in enterprises.tolist():
                read, evaluated = ask(enterprise, as_of)
                if number:
                    found[name].read.append(read)
                    found[name].evaluate.append(evaluated)
    return found


def main(ground: Ground, rounds: int, with_postgresql: bool) -> None:
    """Open the databases, measure and print."""
    enterprises, counts = subjects(Mirror(ground.mirror))
    with ExitStack() as stack:
        stores = {"SQLite": (ground.record, ground.on_sqlite)}
        if with_postgresql:
            url = stack.enter_context(postgresql(ground.server))
            stores["PostgreSQL"] = (url, ground.on_postgresql)
        contestants: dict[str, Ask] = {}
        for name, (url, store) in stores.items():
            record = Record.open(url)
            stack.callback(record.close)
            for way, reader in READERS.items():
                ask = engine(reader(record, store))
                contestants[f"engine, all features, {name}, {way}"] = ask
        connection = stack.enter_context(connect(ground, 1))
        contestants["DuckDB, SQL for speed, 20 features"] = twenty_in_sql(connection)
        settle()
        found = measure(contestants, enterprises, rounds)
    said = {name: {"read": one.read, "evaluate": one.evaluate} for name, one in found.items()}
    print(json.dumps({"messages": counts.tolist(), "milliseconds": said}))


if __name__ == "__main__":
    main(Ground(Path(sys.argv[1])), int(sys.argv[2]), "no-postgresql" not in sys.argv[3:])
