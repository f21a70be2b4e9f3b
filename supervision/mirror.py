"""The mirror: the record as sorted Parquet files, for reading many enterprises at once.

One file a table, sorted by enterprise and time, rebuilt from the record whenever its position
has moved. The record stays the truth; the mirror can be deleted at any time. Besides the
streams it holds ``purchase`` (title messages under their buyers), ``appraisal`` (valuations of
a lot under everyone who ever held it), the market's prices, and the lots under every enterprise
whose messages name them.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from supervision.arrays import Columns, Integers
from supervision.contract.messages import VERSION
from supervision.errors import CargoworthyError
from supervision.mirror_files import MirrorFiles, Progress
from supervision.record import Record

FORMAT = 3


@dataclass(frozen=True)
class Shown:
    """What a mirror shows: a record, by its identity, up to a position."""

    record: str
    position: int


class Mirror:
    """Sorted Parquet files of a record, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def shows(self) -> Shown | None:
        """Which record the files show, up to where; None where none can be used."""
        try:
            said = json.loads((self.folder / "mirror.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        if (said.get("format"), said.get("contract")) != (FORMAT, VERSION):
            return None
        return Shown(said["record"], said["position"])

    def stated(self) -> Shown:
        """Which record the files show, where that must be known.

        Raises
        ------
        CargoworthyError
            If none can be used.
        """
        shown = self.shows
        if shown is None:
            raise CargoworthyError(
                f"expected a mirror of the record at {self.folder}, found none; refresh it first"
            )
        return shown

    def require(self, shown: Shown) -> None:
        """Go on only while the files still show what a job began with.

        Raises
        ------
        CargoworthyError
            If they were refreshed meanwhile.
        """
        if self.shows != shown:
            raise CargoworthyError(
                f"expected {self.folder} to show the record at position {shown.position:,} "
                "until the build ends, found it refreshed meanwhile; run the build again"
            )

    def refresh(self, record: Record, progress: Progress = lambda _: None) -> None:
        """Rebuild the files if the record has moved since they were written.

        Parameters
        ----------
        record : Record
        progress : callable
            Told the name of each table before it is written.
        """
        now = Shown(record.identity(), record.position())
        if self.shows == now:
            return
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        MirrorFiles(record, now.position, fresh, progress).write()
        said = {"format": FORMAT, "contract": VERSION, **asdict(now)}
        (fresh / "mirror.json").write_text(json.dumps(said))
        old = self.folder.with_name(self.folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(old)
        fresh.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    def enterprises(self) -> Integers:
        """Numbers of all enterprises that any message is about, in order."""
        return self.read("enterprises")["enterprise_id"]

    def read(
        self,
        table: str,
        names: tuple[str, ...] | None = None,
        between: tuple[int, int] | None = None,
    ) -> Columns:
        """Read columns of a table.

        Parameters
        ----------
        table : str
        names : tuple of str or None
            Columns wanted; all if None.
        between : (int, int) or None
            Only rows of enterprises from the first number to the last, both included.

        Raises
        ------
        CargoworthyError
            If the mirror has no such file.
        """
        path = self.folder / f"{table}.parquet"
        if not path.exists():
            raise CargoworthyError(
                f"expected the mirror's table {path}, found none; run `cargoworthy features build`"
            )
        with pq.ParquetFile(path) as file:
            if between is None:
                found = file.read(columns=names)
            else:
                wanted = None if names is None else [*names, "enterprise_id"]
                found = file.read_row_groups(_groups(file, *between), wanted, use_threads=False)
                number = found.column("enterprise_id").to_numpy()
                low, after = np.searchsorted(number, [between[0], between[1] + 1])
                found = found.slice(low, after - low)
        return {name: found.column(name).to_numpy() for name in names or found.column_names}


def _groups(file: pq.ParquetFile, first: int, last: int) -> list[int]:
    """Row groups that hold rows of enterprises from the first number to the last."""
    place = file.schema_arrow.get_field_index("enterprise_id")
    found = []
    for group in range(file.num_row_groups):
        range_ = file.metadata.row_group(group).column(place).statistics
        if range_.min <= last and range_.max >= first:
            found.append(group)
    return found
