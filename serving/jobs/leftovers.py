"""What jobs leave on the disk that nobody needs any more."""

from collections.abc import Callable, Iterator
from pathlib import Path

from serving.jobs.result import RESULT
from serving.jobs.rows_file import INCOMING, ROWS

RESULT_DAYS = 30
"""After so many days a result is removed; whoever asks for it later has it made anew."""
_DAY = 86_400


def tidy(folder: Path, known: Callable[[str], bool], now: int) -> None:
    """Remove what broken calls left, a day later, and results of which the ledger has it all.

    Parameters
    ----------
    folder : Path
        Of all jobs.
    known : callable
        Whether there is a job of an id.
    now : int
        UTC microseconds.
    """
    for path, days in _leftovers(folder):
        is_old = now / 1e6 - path.stat().st_mtime > days * _DAY
        if is_old and (path.name != ROWS or not known(path.parent.name)):
            path.unlink(missing_ok=True)


def _leftovers(folder: Path) -> Iterator[tuple[Path, int]]:
    """Files that may be removed, and after how many days."""
    for pattern, days in (
        (f"{INCOMING}/*", 1),
        (f"*/{ROWS}", 1),
        ("*/*.new", 1),
        (f"*/{RESULT}", RESULT_DAYS),
    ):
        yield from ((path, days) for path in [*folder.glob(pattern)])
