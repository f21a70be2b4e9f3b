"""One stage of the preparation, run in a child.

python -m benchmarks.features.stage split|record|mirror|database|postgresql FOLDER
python -m benchmarks.features.stage publish|publish-postgresql FOLDER
python -m benchmarks.features.stage large FOLDER TIMES
"""

import shutil
import sys
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.features.ground import POINTS, Ground, Store
from benchmarks.features.messages import write_messages
from benchmarks.features.replicas import replicate
from benchmarks.features.server import postgresql
from benchmarks.world.stages import run
from features.calendar import DAY
from features.snapshots.publishing import publish
from supervision.contract.messages import STREAMS
from supervision.mirror import Mirror
from supervision.packed.packing import pack
from supervision.record import Record

LAST_WEEK = int(max(POINTS["12 month ends"])) - 7 * DAY


def main(stage: str, ground: Ground, *arguments: str) -> None:
    """Do what the stage is named after."""
    if stage == "split":
        split(ground)
    elif stage == "record":
        for stale in ground.folder.glob("record.db*"):
            stale.unlink()
        fill(ground, ground.record, ground.on_sqlite)
    elif stage == "mirror":
        record = Record.open(ground.record)
        Mirror(ground.mirror).refresh(record)
        record.close()
    elif stage == "database":
        write_messages(ground.mirror, ground.database)
    elif stage == "postgresql":
        shutil.rmtree(ground.server, ignore_errors=True)
        with postgresql(ground.server) as url:
            fill(ground, url, ground.on_postgresql)
    elif stage == "publish":
        tell(ground.record, ground.on_sqlite)
    elif stage == "publish-postgresql":
        with postgresql(ground.server) as url:
            tell(url, ground.on_postgresql)
    elif stage == "large":
        # The folder is the large one, made of the one that it stands in.
        replicate(Ground(ground.folder.parent), ground, int(arguments[0]))


def split(ground: Ground) -> None:
    """Part the world's files into its last week and all before."""
    for folder in (ground.head, ground.tail):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for stream in STREAMS:
        with (
            pq.ParquetFile(ground.world / f"{stream}.parquet") as file,
            pq.ParquetWriter(ground.head / f"{stream}.parquet", file.schema_arrow) as head,
            pq.ParquetWriter(ground.tail / f"{stream}.parquet", file.schema_arrow) as tail,
        ):
            for number in range(file.num_row_groups):
                rows = file.read_row_group(number)
                late = pc.greater_equal(rows.column("recorded_at"), LAST_WEEK)
                head.write_table(rows.filter(pc.invert(late)))
                tail.write_table(rows.filter(late))


def fill(ground: Ground, url: str, store: Store) -> None:
    """Ingest all but the last week, pack, ingest the last week."""
    shutil.rmtree(store.folder, ignore_errors=True)
    store.folder.mkdir()
    _ingest(ground, ground.head, url)
    record = Record.open(url)
    pack(record, store.packed, Mirror(store.mirror), lambda *_: None)
    shutil.rmtree(store.mirror)
    _ingest(ground, ground.tail, url)
    record.close()


def tell(url: str, store: Store) -> None:
    """Publish what is known of others as of the last week's last midnight."""
    record = Record.open(url)
    publish(record, store.snapshots, LAST_WEEK + 7 * DAY)
    record.close()


def _ingest(ground: Ground, files: Path, url: str) -> None:
    archive = ground.folder / "archive"
    arguments = ["cargoworthy", "ingest", str(files), "--database", url]
    arguments += ["--archive", str(archive), "--port-key", str(ground.world / "port.key")]
    run([*arguments, "--backfill", "benchmark", "--by", "benchmark"])
    shutil.rmtree(archive)


if __name__ == "__main__":
    main(sys.argv[1], Ground(Path(sys.argv[2])), *sys.argv[3:])
