"""An ingestion killed at any moment and started again loses nothing and doubles nothing.

SIGKILL keeps what the operating system has taken over: these tests show what survives the end of
a process, not the loss of power.
"""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from supervision.arrays import NEVER
from supervision.batches import Counts
from supervision.record import Record
from supervision.tables import FACTS, MESSAGE_KEY, REVERSAL
from tests.supervision.facts import NOW, fact, lot, reversal, write

ROWS = 6_000
KILLS = 3

INGEST = """
import sys
from pathlib import Path
from supervision.archive import Archive
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
record = Record.open(sys.argv[1], create=True)
archive = Archive(Path(sys.argv[2]) / "archive")
path = Path(sys.argv[2]) / "custody.parquet"
print("ready", flush=True)
report = Ingestion(record.engine, archive, Terms(int(sys.argv[3])), chunk=150).run([path])
print(report.files[0].error or "done", flush=True)
"""


def ingest(url: str, folder: Path, seconds: float | None) -> str:
    """Ingest in a process of its own, killed after some time; what it said last."""
    command = [sys.executable, "-c", INGEST, url, str(folder), str(NOW)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if seconds is not None:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
        return process.stdout.read().strip()


def test_nothing_is_lost_and_nothing_doubled(url: str, tmp_path: Path):
    rows = [fact("custody", n, cargo_code=lot(n % 97)) for n in range(ROWS)]
    for n in range(50, ROWS, 100):
        rows[n]["unit"] = "t"  # quarantined
    rows += [fact("custody", n, cargo_code=lot(n % 97)) for n in range(1, 500, 4)]  # duplicates
    rows += [reversal(ROWS + n, f"m-{n}", cargo_code=lot(n % 97)) for n in range(1, 200, 2)]
    rows.insert(0, reversal(10 * ROWS, "m-7"))  # waits, then takes m-7 back; the later one fails
    write(tmp_path / "custody.parquet", rows)
    chance = random.Random(7)
    moments = [0.0, *(chance.uniform(0, 0.5) for _ in range(KILLS))]
    killed = sum(ingest(url, tmp_path, moment) == "" for moment in moments)
    assert killed > 0
    # PostgreSQL lets go of a killed ingester's lock when it notices that it has gone.
    while (said := ingest(url, tmp_path, None)).startswith("expected to be the only"):
        time.sleep(0.05)
    assert said == "done"
    check(url, rows)


def check(url: str, rows: list[dict[str, object]]) -> None:
    record = Record.open(url)
    status = record.status()
    held = next(s for s in status.streams if s.stream == "custody")
    with record.engine.connect() as connection:
        ids = list(connection.execute(sa.select(FACTS["custody"].c.message_id)).scalars())
        keys = list(connection.execute(sa.select(MESSAGE_KEY.c.position)).scalars())
        reversals = list(connection.execute(sa.select(REVERSAL.c.position)).scalars())
    chunks = list(record.scan("custody", chunk=1000))
    record.close()
    bad = sum(row.get("unit") == "t" for row in rows)
    facts = {f"m-{n}" for n in range(ROWS)} - {f"m-{n}" for n in range(50, ROWS, 100)}
    assert sorted(ids) == sorted(facts)
    positions = np.concatenate([chunk["position"] for chunk in chunks]).tolist()
    assert sorted(keys) == sorted([*positions, *reversals])
    assert len(set(keys)) == len(keys)
    taken_back = np.concatenate([chunk["reversed_at"] for chunk in chunks]) != NEVER
    assert int(taken_back.sum()) == len(reversals) == 100
    assert status.unfinished == ()
    # The first reversal waited while its rival was accepted; it can then only be refused.
    assert held.reasons == {"wrong_unit": bad, "reversal_repeated": 1}
    accepted = len(facts) + len(reversals)
    total = {"received": held.counts.received, "accepted": held.counts.accepted}
    assert total["accepted"] == accepted
    assert held.counts.received % len(rows) == 0
    first = Counts(len(rows), accepted, bad + 1, len(rows) - accepted - bad - 1)
    repeats = held.counts.received - len(rows)  # the file again after it was complete
    assert held.counts == Counts(
        first.received + repeats, accepted, first.quarantined, first.duplicate + repeats
    )
