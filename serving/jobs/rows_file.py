"""The rows of a job on disk: one JSON value a line, as they wait for their turn."""

import hashlib
import os
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool

from serving.access.errors import TooMuch
from serving.jobs.errors import NoRoom, RowsGone

ROWS = "rows.ndjson"
INCOMING = "incoming"
_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Received:
    """A file as it came: where it lies, its SHA-256 and its bytes."""

    path: Path
    sha256: str
    size: int


async def receive(stream: AsyncIterator[bytes], path: Path, most: int) -> Received:
    """Write a body to disk as it comes, never the whole of it in memory.

    Raises
    ------
    TooMuch
        If it is larger than ``most`` bytes.
    NoRoom
        If it cannot be written.
    """
    told, size, waiting = hashlib.sha256(), 0, bytearray()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            async for part in stream:
                size += len(part)
                if size > most:
                    raise TooMuch(
                        f"a file of at most {most} bytes",
                        "a larger one",
                        "hand in several",
                        {"Connection": "close"},
                    )
                told.update(part)
                waiting += part
                if len(waiting) >= _AT_ONCE:
                    await run_in_threadpool(file.write, bytes(waiting))
                    waiting.clear()
            await run_in_threadpool(file.write, bytes(waiting))
    except OSError as error:
        raise _no_room(path, error) from error
    return Received(path, told.hexdigest(), size)


def write_rows(folder: Path, rows: Iterable[Any], most: int) -> int:
    """Write a job's rows, on disk when this returns; how many they are.

    Raises
    ------
    TooMuch
        If they are more than ``most``.
    NoRoom
        If they cannot be written.
    """
    number = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ROWS).open("wb") as file:
            for row in rows:
                number += 1
                if number > most:
                    raise TooMuch(f"at most {most} rows", "more", "hand in several files")
                file.write(orjson.dumps(row) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _no_room(folder, error) from error
    return number


class RowsFile:
    """Reads a job's rows, a run of them after the other; holds no file open.

    Parameters
    ----------
    folder : Path
        The job's.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ROWS
        self._next = self._place = 0

    def take(self, first: int, count: int) -> list[Any]:
        """Read a run of rows; fewer where the file ends.

        Raises
        ------
        RowsGone
            If the file is not there, or is none that was written here.
        """
        if first < self._next:
            self._next = self._place = 0
        try:
            with self._path.open("rb") as file:
                file.seek(self._place)
                for _ in range(first - self._next):
                    file.readline()
                found = [orjson.loads(line) for line in islice(iter(file.readline, b""), count)]
                self._next, self._place = first + len(found), file.tell()
        except (OSError, orjson.JSONDecodeError) as error:
            raise RowsGone(
                f"expected the rows of the job at {self._path}, found: {error!s:.120}; "
                "hand the file in again"
            ) from error
        return found


def _no_room(path: Path, error: OSError) -> NoRoom:
    return NoRoom(
        f"expected to write {path.name} under {path.parent}, found: {error.strerror}; "
        "make room there, or name another folder with --jobs"
    )
