"""One ingester at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from supervision.lock import Occupied, only_ingester
from supervision.record import Record
from tests.supervision.conftest import Ingest
from tests.supervision.facts import fact, write


def test_a_second_ingestion_is_refused_while_one_runs(
    record: Record, ingest: Ingest, tmp_path: Path
):
    path = write(tmp_path / "custody.parquet", [fact("custody", 1)])
    with only_ingester(record.engine), pytest.raises(Occupied, match="wait until it ends"):
        ingest(path)
    assert record.position() == 0
    assert ingest(path).files[0].counts.accepted == 1


def test_readers_are_not_held_up(record: Record):
    with only_ingester(record.engine):
        assert record.position() == 0


HOLDER = """
import sys, time
from supervision.lock import only_ingester
from supervision.record import Record
with only_ingester(Record.open(sys.argv[1]).engine):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_ends_with_its_process(record: Record, url: str):
    with subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(Occupied), only_ingester(record.engine):
                pass
        finally:
            holder.kill()
    # PostgreSQL notices the end of the connection a moment later.
    for _ in range(100):
        try:
            with only_ingester(record.engine):
                return
        except Occupied:
            subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("the lock outlived its process")
