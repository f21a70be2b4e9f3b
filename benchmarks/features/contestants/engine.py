"""The engine: all features of everyone, from the mirror to the written table."""

from benchmarks.features.ground import Task
from features.batch.building import build
from features.batch.execution import executor
from supervision.mirror import Mirror
from supervision.record import Record


def run(task: Task) -> None:
    """Build the table with as many processes as threads are allowed."""
    record = Record.open(task.ground.record)
    with executor(task.threads) as execute:
        build(record, Mirror(task.ground.mirror), task.out, task.as_of, lambda *_: None, execute)
    record.close()
