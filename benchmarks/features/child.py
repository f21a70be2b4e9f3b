"""A module of this house in a process of its own, with its threads pinned, and what it says."""

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.world.stages import ROOT
from supervision.errors import CargoworthyError

PINNED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}
"""One thread a process for every library; DuckDB and pyarrow's scan are told theirs."""


def ask(*arguments: str) -> dict[str, Any]:
    """Run a module with arguments; give back the JSON of its last line.

    This process must stay small: Linux counts a parent's greatest memory as its children's.

    Raises
    ------
    CargoworthyError
        If it fails; the end of what it said is told.
    """
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, **PINNED},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CargoworthyError(
            f"expected `python -m {' '.join(arguments)[:200]}` to succeed, it ended with "
            f"{done.returncode}: {(done.stdout + done.stderr)[-3000:]}"
        )
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said
