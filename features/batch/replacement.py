"""Writing a file so that nobody ever sees half of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def replacing(path: Path, within: Path | None = None) -> Iterator[Path]:
    """Give a name to write under; what is written takes the path's place, wholly or not at all.

    Parameters
    ----------
    path : Path
    within : Path or None
        Folder of the same disk for the unfinished file; beside the path if None. No two writers
        ever share an unfinished file.
    """
    folder = within or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{path.name}.{uuid4().hex}.partial"
    try:
        yield unfinished
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())  # or a power cut could leave the name without the rows
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
