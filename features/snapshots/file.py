"""A snapshot as a Parquet file: one row a party and midnight, one column a thing known."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.batch.replacement import replacing
from features.nodes.balances import Balance
from features.recipe import Recipe, Values, as_data
from features.snapshots.asked import asked
from features.snapshots.snapshot import Edition, Links, Snapshot
from supervision.errors import CargoworthyError

_EDITION = b"cargoworthy.snapshot"
_MIDNIGHTS = b"cargoworthy.midnights"
_RECIPE = b"cargoworthy.recipe"


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


def read(path: Path) -> Snapshot:
    """Read those columns of a file for which the catalogue asks.

    Raises
    ------
    CargoworthyError
        If the file is no snapshot.
    """
    edition, wanted = edition_of(path), asked()
    table = pq.read_table(path)
    midnights = np.array(json.loads(table.schema.metadata[_MIDNIGHTS]), np.int64)
    there = set(table.column_names)
    tallies = (tally for of in wanted.of_warehouses for tally in of.tallies)
    every = (*wanted.states, *wanted.fellows, *wanted.rates, *tallies)
    states = (state for state in every if _name(state) in there)
    balances = (b for b in wanted.balances if _name(b) in there)
    return Snapshot(
        edition,
        table.column("party").to_numpy()[:: max(len(midnights), 1)],
        midnights,
        {state: _values(table.column(_name(state))) for state in states},
        {balance: _links(table.column(_name(balance))) for balance in balances},
    )


def _values(column: pa.ChunkedArray) -> Values:
    return Values(column.fill_null(0).to_numpy(), column.is_valid().to_numpy())


def _links(column: pa.ChunkedArray) -> Links:
    keys = column.combine_chunks()
    lengths = keys.value_lengths().to_numpy()
    return Links(np.repeat(np.arange(len(lengths)), lengths), keys.flatten().to_numpy())


def _field(thing: Recipe | Balance, kind: pa.DataType) -> pa.Field:
    return pa.field(_name(thing), kind, metadata={_RECIPE: json.dumps(as_data(thing))})


def _name(thing: Recipe | Balance) -> str:
    """Name of a column: what it is and a digest of its recipe."""
    digest = hashlib.sha256(json.dumps(as_data(thing)).encode()).hexdigest()
    return f"{type(thing).__name__}_{digest[:12]}".lower()
