"""Build the features of a record at some as-of points: a stage, run in a child.

python -m benchmarks.world.build_features DATABASE MIRROR OUT AS_OF...
"""

import sys
from pathlib import Path

import numpy as np

from features.batch.building import build
from features.batch.execution import executor
from supervision.mirror import Mirror
from supervision.record import Record


def main(database: str, mirror: Path, out: Path, as_of: list[int]) -> None:
    """Refresh the mirror and build the table."""
    record, mirrored = Record.open(database), Mirror(mirror)
    mirrored.refresh(record)
    with executor(workers=2) as run:
        build(record, mirrored, out, np.array(as_of, np.int64), lambda *_: None, run)
    record.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), [int(at) for at in sys.argv[4:]])
