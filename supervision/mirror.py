"""The mirror: the record as sorted Parquet files, for reading many enterprises at once.

One file a table, sorted by enterprise and time, rebuilt from the record whenever its position
has moved. The record stays the truth; the mirror can be deleted at any time. Besides the
streams it holds ``purchase`` (title messages under their buyers), ``appraisal`` (valuations of
a lot under everyone who ever held it), the market's prices and the lots.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.contract.messages import STREAMS, VERSION
from supervision.errors import CargoworthyError
from supervision.holders import holders, purchases, take, under_holders
from supervision.record import Record, row_columns

FORMAT = 1
_ROW_GROUP = 65_536

Progress = Callable[[str], None]


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
        for name, table in _tables(record, now.position):
            progress(name)
            _write(fresh / f"{name}.parquet", table)
        said = {"format": FORMAT, "contract": VERSION, **asdict(now)}
        (fresh / "mirror.json").write_text(json.dumps(said))
        shutil.rmtree(self.folder, ignore_errors=True)
        fresh.rename(self.folder)

    def enterprises(self) -> Integers:
        """Numbers of all enterprises that any message names, in order."""
        found = [
            np.unique(self.read(stream, ("enterprise_id",))["enterprise_id"])
            for stream in STREAMS
            if stream != "valuation"
        ]
        return np.unique(np.concatenate(found))

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
        filters = None
        if between is not None:
            filters = [("enterprise_id", ">=", between[0]), ("enterprise_id", "<=", between[1])]
        found = pq.read_table(path, columns=list(names) if names else None, filters=filters)
        return {name: found.column(name).to_numpy() for name in found.column_names}


def _tables(record: Record, position: int) -> Iterator[tuple[str, Columns]]:
    whole: dict[str, Columns] = {}
    for stream in STREAMS:
        rows = _whole(record, stream, position)
        if stream == "valuation":
            is_market = rows["kind"] == column("valuation", "kind").code("market_price")
            yield "market", _sorted(take(rows, is_market), "hs_code")
            whole[stream] = take(rows, ~is_market)
            continue
        yield stream, _sorted(rows, "enterprise_id")
        if stream in ("custody", "title"):
            whole[stream] = rows
    bought = purchases(whole["title"])
    yield "purchase", _sorted(bought, "enterprise_id")
    pairs = holders(whole["custody"], bought)
    yield "appraisal", _sorted(under_holders(whole["valuation"], pairs), "enterprise_id")
    yield "lots", record.lots()


def _whole(record: Record, stream: str, position: int) -> Columns:
    chunks = list(record.scan(stream, up_to=position))
    if chunks:
        return {name: np.concatenate([c[name] for c in chunks]) for name in chunks[0]}
    return {name: np.empty(0, np.int64) for name in row_columns(stream)}


def _sorted(rows: Columns, by: str) -> Columns:
    named = rows[by] != MISSING
    rows = take(rows, named)
    return take(rows, np.lexsort((rows["position"], rows["occurred_at"], rows[by])))


def _write(path: Path, rows: Columns) -> None:
    table = pa.table({name: pa.array(values) for name, values in rows.items()})
    pq.write_table(table, path, row_group_size=_ROW_GROUP, compression="zstd", compression_level=1)
