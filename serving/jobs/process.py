"""The process that does the jobs: beside those that answer, at low priority, and ending with them.

``serve`` starts one and keeps it running. It ends when the pipe to whoever started it ends, so it
is never left behind, however that one ends. The workers of several services on one ledger take
turns: only the one that holds the lock works.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from serving.jobs.tables import JOB, NOT_ENDED
from serving.settings import Settings
from supervision.database import engine_of
from supervision.errors import CargoworthyError

_MODULE = "serving.jobs.process"
_NICENESS = 10
_AGAIN = 2.0
_PAUSE = 0.5
_PATIENCE = 5.0


@contextmanager
def working() -> Iterator[None]:
    """Keep a process that does the jobs, by the settings in the environment; killed, it returns."""
    ended = threading.Event()
    held: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not ended.is_set():
            with subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", _MODULE], stdin=subprocess.PIPE, start_new_session=True
            ) as started:
                held[:] = [started]
                if ended.is_set():
                    _end(started)
                started.wait()
            ended.wait(_AGAIN)

    thread = threading.Thread(target=keep, name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        for started in held:
            _end(started)
        thread.join(_PATIENCE)


def _end(started: "subprocess.Popen[bytes]") -> None:
    """Let the pipe go, which ends the process at the next rows."""
    if started.stdin is not None:
        started.stdin.close()


def main() -> None:
    """Work until told to end."""
    os.nice(_NICENESS)
    stop = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threading.Thread(target=_follow, args=(stop,), daemon=True).start()
    settings = Settings.from_environment()
    _await_a_job(settings.ledger, stop)
    if stop.is_set():
        return
    # Only now what is heavy: most services are never handed a job.
    from serving.access.door import Door
    from serving.jobs.worker import Worker
    from serving.request_log import write_lines
    from serving.rooms import Rooms
    from serving.state import wall_clock

    write_lines()
    rooms = Rooms(settings)
    door = Door(settings.access, settings.tokens, settings.ledger, wall_clock)
    try:
        Worker(rooms, door, wall_clock).run(stop)
    finally:
        door.close()
        rooms.close()


def _await_a_job(ledger: str, stop: threading.Event) -> None:
    """Wait for the first job, with as little memory as that takes."""
    query, engine = sa.select(JOB.c.number).where(NOT_ENDED).limit(1), None
    while not stop.wait(_PAUSE):
        # A ledger that is not there yet, or away, has no job either.
        with suppress(SQLAlchemyError, CargoworthyError, OSError):
            engine = engine or engine_of(ledger)
            with engine.connect() as connection:
                if connection.execute(query).first() is not None:
                    break
    if engine is not None:
        engine.dispose()


def _follow(stop: threading.Event) -> None:
    """Wait for the end of whoever started this process; where that takes too long, end at once."""
    sys.stdin.buffer.read()
    stop.set()
    threading.Event().wait(_PATIENCE)
    os._exit(0)


if __name__ == "__main__":
    main()
