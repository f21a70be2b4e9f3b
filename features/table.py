"""The feature table: features of many enterprises at many as-of points, as a Parquet file."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.batch.replacement import replacing
from supervision.arrays import Integers
from supervision.errors import CargoworthyError

_HASH = b"cargoworthy.catalogue_hash"
_RECORD = b"cargoworthy.record"
_POSITION = b"cargoworthy.position"
_AS_OF = b"cargoworthy.as_of"


KEYS = ("enterprise_id", "as_of")
"""Columns that are no features."""


@dataclass(frozen=True)
class Heading:
    """What the file of a feature table says of it, without its values.

    Attributes
    ----------
    names : tuple of str
        Features, in the order of the columns.
    rows : int
    catalogue_hash : str
    record : str
    position : int
    """

    names: tuple[str, ...]
    rows: int
    catalogue_hash: str
    record: str
    position: int

    @classmethod
    def read(cls, path: Path) -> "Heading":
        """Read what a file says.

        Raises
        ------
        CargoworthyError
            If there is no such file, or it is not a feature table.
        """
        if not path.exists():
            raise CargoworthyError(
                f"expected a feature table at {path}, found nothing; "
                "make one with `cargoworthy features build --out FILE --from MONTH --to MONTH`"
            )
        try:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
        except pa.ArrowInvalid as error:
            raise CargoworthyError(
                f"expected {path} to be a Parquet file, found something else ({error!s:.80}); "
                "build it again"
            ) from error
        said = schema.metadata or {}
        if _HASH not in said:
            raise CargoworthyError(
                f"expected {path} to name its catalogue in its metadata, found none; "
                "only files of `cargoworthy features build` are feature tables"
            )
        return cls(
            names=tuple(name for name in schema.names if name not in KEYS),
            rows=rows,
            catalogue_hash=said[_HASH].decode(),
            record=said[_RECORD].decode(),
            position=int(said[_POSITION]),
        )


@dataclass(frozen=True)
class FeatureTable:
    """Features of enterprises at as-of points.

    Attributes
    ----------
    enterprise_id : ndarray of str
        Credit codes, shape (n,).
    as_of : Integers
        UTC microseconds, shape (n,).
    names : tuple of str
    values : ndarray
        float64, shape (n, features); NaN is missing.
    catalogue_hash : str
        The catalogue whose recipes were evaluated.
    record : str
        Identity of the record whose messages were read.
    position : int
        The record's position when they were.
    """

    enterprise_id: npt.NDArray[np.str_]
    as_of: Integers
    names: tuple[str, ...]
    values: npt.NDArray[np.float64]
    catalogue_hash: str
    record: str
    position: int

    @classmethod
    def read(cls, path: Path) -> "FeatureTable":
        """Read a file.

        Raises
        ------
        CargoworthyError
            If there is no such file, or it is not a feature table.
        """
        heading = Heading.read(path)
        found = pq.read_table(path)
        columns = [found.column(name).to_numpy() for name in heading.names]
        values = np.column_stack(columns) if columns else np.empty((found.num_rows, 0))
        return cls(
            enterprise_id=np.asarray(found.column("enterprise_id").to_pylist(), np.str_),
            as_of=found.column("as_of").to_numpy(),
            names=heading.names,
            values=values,
            catalogue_hash=heading.catalogue_hash,
            record=heading.record,
            position=heading.position,
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what the table says, whichever record and file it came through."""
        digest = hashlib.sha256()
        said = [self.catalogue_hash, list(self.names), self.enterprise_id.tolist()]
        digest.update(json.dumps(said).encode())
        digest.update(np.ascontiguousarray(self.as_of, "<i8").tobytes())
        digest.update(np.ascontiguousarray(self.values, "<f8").tobytes())
        return digest.hexdigest()

    def write(self, path: Path) -> None:
        """Write a file, wholly or not at all."""
        columns: dict[str, pa.Array] = {
            "enterprise_id": pa.array(self.enterprise_id.tolist(), pa.string()),
            "as_of": pa.array(self.as_of),
        }
        columns |= {n: pa.array(self.values[:, i]) for i, n in enumerate(self.names)}
        as_of = [int(at) for at in np.unique(self.as_of)]
        table = pa.table(columns).replace_schema_metadata(
            {
                _HASH: self.catalogue_hash.encode(),
                _RECORD: self.record.encode(),
                _POSITION: str(self.position).encode(),
                _AS_OF: json.dumps(as_of).encode(),
            }
        )
        with replacing(path) as unfinished:
            pq.write_table(table, unfinished, compression="zstd")

    def __len__(self) -> int:
        return len(self.as_of)
