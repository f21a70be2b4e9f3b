"""A snapshot as a Parquet file: one row a party and midnight, one column a thing known."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.batch.replacement import replacing
from features.catalogue import ENGINE_VERSION
from features.facts import Flags
from features.nodes.balances import Balance
from features.recipe import Recipe, Values, as_data
from features.snapshots.asked import asked
from features.snapshots.snapshot import Edition, Links, Snapshot
from supervision.errors import CargoworthyError

_EDITION = b"cargoworthy.snapshot"
_MIDNIGHTS = b"cargoworthy.midnights"
_RECIPE = b"cargoworthy.recipe"
_ENGINE = b"cargoworthy.engine"


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a file, wholly or not at all."""
    width, height = len(snapshot.midnights), len(snapshot.parties)
    fields = [pa.field("party", pa.int64()), pa.field("midnight", pa.int64())]
    columns = [pa.array(np.repeat(snapshot.parties, width)), pa.array(snapshot.midnight)]
    for state, values in snapshot.states.items():
        columns.append(pa.array(values.numbers, mask=~values.known))
        fields.append(_field(state, columns[-1].type))
    for balance, links in snapshot.held.items():
        begins = np.searchsorted(links.row, np.arange(width * height + 1)).astype(np.int32)
        columns.append(pa.ListArray.from_arrays(pa.array(begins), pa.array(links.key)))
        fields.append(_field(balance, columns[-1].type))
    edition = snapshot.edition
    metadata = {
        _EDITION: json.dumps([edition.record, edition.position, edition.catalogue_hash]),
        _MIDNIGHTS: json.dumps(snapshot.midnights.tolist()),
        _ENGINE: str(ENGINE_VERSION),
    }
    table = pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata))
    with replacing(path) as unfinished:
        pq.write_table(table, unfinished, compression="zstd")


def edition_of(path: Path) -> Edition:
    """Read from what a file's snapshot was made.

    Raises
    ------
    CargoworthyError
        If the file is no snapshot.
    """
    try:
        said = pq.read_schema(path).metadata or {}
    except pa.ArrowInvalid:
        said = {}
    if _EDITION not in said:
        raise CargoworthyError(
            f"expected {path} to be a snapshot, found something else; "
            "remove it and run `cargoworthy features publish`"
        )
    return Edition(*json.loads(said[_EDITION]))


def answers_all(path: Path) -> bool:
    """Whether a file has all that this version asks of others, reckoned by the same engine.

    Whatever else has changed in the catalogue since: a replay finds what was published then.
    """
    schema, wanted = pq.read_schema(path), asked()
    recipes = (*wanted.states, *wanted.fellows, *wanted.rates)
    things: tuple[Recipe | Balance, ...] = (*recipes, *wanted.balances)
    engine = int((schema.metadata or {}).get(_ENGINE, b"1"))
    return engine == ENGINE_VERSION and {_name(one) for one in things} <= {*schema.names}


def read(path: Path) -> Snapshot:
    """Read those columns of a file for which the catalogue asks.

    Raises
    ------
    CargoworthyError
        If the file is no snapshot.
    """
    edition, wanted = edition_of(path), asked()
    with pq.ParquetFile(path) as file:
        table = file.read()
    midnights = np.array(json.loads(table.schema.metadata[_MIDNIGHTS]), np.int64)
    there = set(table.column_names)
    tallies = (tally for of in wanted.of_warehouses for tally in of.tallies)
    every = (*wanted.states, *wanted.fellows, *wanted.rates, *tallies)
    states = (state for state in every if _name(state) in there)
    balances = (b for b in wanted.balances if _name(b) in there)
    return Snapshot(
        edition,
        _numbers(table.column("party").combine_chunks())[:: max(len(midnights), 1)],
        midnights,
        {state: _values(table.column(_name(state))) for state in states},
        {balance: _links(table.column(_name(balance))) for balance in balances},
    )


def _values(column: pa.ChunkedArray) -> Values:
    whole = column.combine_chunks()
    known = _known(whole)
    return Values(np.where(known, _numbers(whole), 0), known)


def _links(column: pa.ChunkedArray) -> Links:
    keys = column.combine_chunks()
    if not len(keys):
        return Links(np.empty(0, np.int64), np.empty(0, np.int64))
    begins = np.frombuffer(keys.buffers()[1], np.int32, len(keys) + 1, keys.offset * 4)
    held = _numbers(keys.values)[begins[0] : begins[-1]]
    return Links(np.repeat(np.arange(len(keys)), np.diff(begins)), held)


# By its bytes: to_numpy, and whatever reckons with columns, loads pandas where it is installed, and
# a service has no room for it.
def _numbers(values: pa.Array) -> npt.NDArray[Any]:
    kind = np.dtype(str(values.type))
    written = values.buffers()[1]
    return np.frombuffer(written or b"", kind, len(values), values.offset * kind.itemsize)


def _known(values: pa.Array) -> Flags:
    """Which values are there: a bit each, or no bits at all where all are."""
    bits = values.buffers()[0]
    if bits is None:
        return np.ones(len(values), bool)
    every = np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")
    return every[values.offset : values.offset + len(values)].astype(bool)


def _field(thing: Recipe | Balance, kind: pa.DataType) -> pa.Field:
    return pa.field(_name(thing), kind, metadata={_RECIPE: json.dumps(as_data(thing))})


def _name(thing: Recipe | Balance) -> str:
    """Name of a column: what it is and a digest of its recipe."""
    digest = hashlib.sha256(json.dumps(as_data(thing)).encode()).hexdigest()
    return f"{type(thing).__name__}_{digest[:12]}".lower()
