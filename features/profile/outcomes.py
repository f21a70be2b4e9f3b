"""Outcomes: what became of rows of a feature table, as a Parquet file.

Features know nothing of labels. Whoever makes them (``cargoworthy labels``) writes this file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.table import FeatureTable
from supervision.arrays import Integers
from supervision.errors import CargoworthyError

_RECORD = b"cargoworthy.record"
_COLUMNS = ("enterprise_id", "as_of", "default")


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Rows whose outcome is known.

    Attributes
    ----------
    enterprise_id : ndarray of str
        Credit codes, shape (n,).
    as_of : Integers
        UTC microseconds, shape (n,).
    default : ndarray of bool
        Whether a default followed, shape (n,).
    record : str
        Identity of the record that says so.
    """

    enterprise_id: npt.NDArray[np.str_]
    as_of: Integers
    default: npt.NDArray[np.bool_]
    record: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file.

        Raises
        ------
        CargoworthyError
            If there is no such file, or it does not hold outcomes.
        """
        if not path.exists():
            raise CargoworthyError(
                f"expected outcomes at {path}, found nothing; make them with "
                "`cargoworthy labels --out FILE`"
            )
        try:
            found = pq.read_table(path)
        except pa.ArrowInvalid as error:
            raise CargoworthyError(
                f"expected {path} to be a Parquet file, found something else ({error!s:.80}); "
                "write it again with `cargoworthy labels --out FILE`"
            ) from error
        said = found.schema.metadata or {}
        if tuple(found.column_names) != _COLUMNS or _RECORD not in said:
            raise CargoworthyError(
                f"expected {path} to hold {', '.join(_COLUMNS)} and to name its record, found "
                f"{', '.join(found.column_names)!s:.80}; write it with `cargoworthy labels`"
            )
        return cls(
            enterprise_id=np.asarray(found.column("enterprise_id").to_pylist(), np.str_),
            as_of=found.column("as_of").to_numpy(),
            default=found.column("default").to_numpy(zero_copy_only=False),
            record=said[_RECORD].decode(),
        )

    def write(self, path: Path) -> None:
        """Write a file, wholly or not at all."""
        table = pa.table(
            {
                "enterprise_id": pa.array(self.enterprise_id.tolist(), pa.string()),
                "as_of": pa.array(self.as_of, pa.int64()),
                "default": pa.array(self.default, pa.bool_()),
            }
        ).replace_schema_metadata({_RECORD: self.record.encode()})
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        pq.write_table(table, partial, compression="zstd")
        partial.replace(path)

    def of(self, table: FeatureTable) -> npt.NDArray[np.int8]:
        """Outcome of each row of a table: 1 default, 0 none, -1 not known.

        Raises
        ------
        CargoworthyError
            If the outcomes are of another record, or of none of the table's rows.
        """
        if self.record != table.record:
            raise CargoworthyError(
                f"expected outcomes of record {table.record:.12}, found those of "
                f"{self.record:.12}; write them again with `cargoworthy labels`"
            )
        keys = zip(self.enterprise_id.tolist(), self.as_of.tolist(), strict=True)
        known = dict(zip(keys, self.default.tolist(), strict=True))
        rows = zip(table.enterprise_id.tolist(), table.as_of.tolist(), strict=True)
        found = np.array([known.get(row, -1) for row in rows], np.int8)
        if not (found >= 0).any():
            raise CargoworthyError(
                "expected outcomes of some of the table's rows, found none; write them with "
                "`cargoworthy labels` from the configuration that names this table"
            )
        return found
