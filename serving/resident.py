"""Resident memory: what of libraries' files only the start needed is let go.

Compiling the features' loops, or loading them compiled, runs through most of LLVM's code; reading
a snapshot through much of Arrow's. A hundred megabytes of it stay resident in a worker that never
needs them again. Such pages hold nothing of the process's own: what is needed once more is mapped
again from the library's file at its first use.
"""

import ctypes
import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_MAPS = Path("/proc/self/smaps")
_MAPPING = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ +/.*$((?:\n[A-Z]\w+:.*)*)", re.MULTILINE
)
"""A mapping of a file: where, its rights, and what the system tells of it."""
_OWN = re.compile(r"^(?:Anonymous|Swap): +[1-9]", re.MULTILINE)
"""Some of it is the process's own, in memory or swapped out."""
_DONTNEED = 4
"""``MADV_DONTNEED`` of Linux."""


def let_go_of_start() -> None:
    """Let go of what is mapped from files just as it stands there; what is used on comes back.

    And of what was allocated and given back. Does nothing where the system is not Linux.
    """
    if sys.platform != "linux" or not _MAPS.exists():
        return
    system = ctypes.CDLL(None)
    system.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, end in _unchanged(_MAPS.read_text(encoding="utf-8", errors="replace")):
        system.madvise(start, end - start, _DONTNEED)
    if hasattr(system, "malloc_trim"):  # of glibc
        system.malloc_trim(0)


def keep_all() -> None:
    """Let the garbage collector look no more at what stands now.

    A full collection would walk all of it, in the middle of some request.
    """
    gc.collect()
    gc.freeze()


def _unchanged(maps: str) -> Iterator[tuple[int, int]]:
    """Where files are mapped that nobody can write to, and of which nothing was changed."""
    for start, end, rights, told in _MAPPING.findall(maps):
        if rights in ("r-xp", "r--p") and "\nAnonymous:" in told and not _OWN.search(told):
            yield int(start, 16), int(end, 16)
