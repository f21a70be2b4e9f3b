"""A written world's streams, read a batch at a time: what is counted over all their messages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.clock import HOUR
from simulator.table import Floats, Ints
from supervision.contract.messages import STREAMS

_MINUTE = HOUR // 60
_MINUTES = 100 * 24 * 60
"""Lateness is counted by the minute up to a hundred days."""
_BATCH = 1 << 18
_MONTHLY = {"declaration": "declared", "custody": None}
"""Streams counted for each enterprise and month, and the kind counted: None for every kind."""


@dataclass
class Tally:
    """Counts over all messages of a world.

    Attributes
    ----------
    kinds : dict of str to dict of str to int
        Messages of each stream by kind.
    exceptions : dict of str to int
        Custody's exceptions by their own kind.
    monthly : dict of str to int64 array [enterprises x months]
        Declarations and custody messages.
    agents : int
        Declarations that another party traded.
    lateness : int64 array [kinds of lateness x minutes]
        Messages by the minutes from what happened to its record.
    """

    monthly: dict[str, Ints]
    lateness: Ints
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    exceptions: dict[str, int] = field(default_factory=dict)
    agents: int = 0

    def late(self, kind: int, share: float) -> float | None:
        """Hours within which a share of the messages of a kind of lateness are recorded."""
        counts = np.cumsum(self.lateness[kind])
        if counts[-1] < 20:
            return None
        return float(np.searchsorted(counts, share * counts[-1]) + 0.5) / 60.0


def batches(folder: Path, stream: str, *names: str) -> Iterator[dict[str, pa.Array]]:
    """Some columns of a stream; texts come as dictionaries."""
    path = folder / f"{stream}.parquet"
    texts = [name for name in names if pa.types.is_string(pq.read_schema(path).field(name).type)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(names), use_threads=False):
            yield {name: batch.column(name) for name in names}


def facts(folder: Path, stream: str, kind: str, *names: str) -> pa.Table:
    """Some columns of the messages of one kind; small, so only for the rarer kinds."""
    written = pq.read_schema(folder / f"{stream}.parquet")
    schema = pa.schema([written.field(name) for name in names])
    parts = [schema.empty_table()]
    for batch in batches(folder, stream, "kind", *names):
        table = pa.table({name: batch[name] for name in names})
        parts.append(table.filter(pc.equal(batch["kind"], kind)).cast(schema))
    return pa.concat_tables(parts)


def coded(texts: pa.Array | pa.ChunkedArray, vocabulary: pa.Array) -> Ints:
    """Places of texts in a vocabulary, -1 where it has them not."""
    if isinstance(texts, pa.DictionaryArray):
        known = pc.index_in(texts.dictionary, value_set=vocabulary).fill_null(-1).to_numpy()
        known = np.append(np.asarray(known, np.int64), -1)
        return np.asarray(known[texts.indices.fill_null(len(known) - 1).to_numpy()], np.int64)
    return np.asarray(pc.index_in(texts, value_set=vocabulary).fill_null(-1).to_numpy(), np.int64)


def tally(folder: Path, enterprises: pa.Array, ends: Ints, providers: pa.Table) -> Tally:
    """Count over all streams.

    Parameters
    ----------
    ends : int64 array
        The midnights that end the world's months.
    providers : pyarrow.Table
        The truth's ``provider_id`` and place of its ``lateness``.
    """
    count = len(enterprises) * len(ends)
    late_kind = providers["lateness"].to_numpy()
    rows = int(late_kind.max(initial=0)) + 1
    monthly = {stream: np.zeros(count, np.int64) for stream in _MONTHLY}
    found = Tally(monthly, np.zeros((rows, _MINUTES), np.int64))
    names = providers["provider_id"].combine_chunks()
    for stream in STREAMS:
        extra = [*(["enterprise_id"] if stream in _MONTHLY else [])]
        extra += {"declaration": ["trading_party"], "custody": ["exception"]}.get(stream, [])
        kinds: dict[str, int] = {}
        for batch in batches(
            folder, stream, "kind", "provider_id", "occurred_at", "recorded_at", *extra
        ):
            _add(kinds, batch["kind"])
            _note_lateness(found, batch, late_kind, names)
            if stream in _MONTHLY:
                _note_monthly(found, stream, batch, enterprises, ends)
        found.kinds[stream] = kinds
    shape = (len(enterprises), len(ends))
    found.monthly = {stream: counts.reshape(shape) for stream, counts in monthly.items()}
    return found


def numbers(values: pa.Array | pa.ChunkedArray) -> Ints:
    """Integers, 0 where there is none."""
    return np.asarray(values.fill_null(0).to_numpy(), np.int64)


def median(values: Floats | Ints) -> float | None:
    """None of no values."""
    return float(np.median(values)) if len(values) else None


def _add(counts: dict[str, int], texts: pa.Array) -> None:
    for row in pc.value_counts(texts).to_pylist():
        if row["values"] is not None:
            counts[row["values"]] = counts.get(row["values"], 0) + row["counts"]


def _note_lateness(
    found: Tally, batch: dict[str, pa.Array], late_kind: Ints, names: pa.Array
) -> None:
    provider = coded(batch["provider_id"], names)
    minutes = (numbers(batch["recorded_at"]) - numbers(batch["occurred_at"])) // _MINUTE
    # A fact told in the wrong unit of time seems to be decades late.
    known = (provider >= 0) & (minutes >= 0) & (minutes < _MINUTES)
    cells = late_kind[provider[known]] * _MINUTES + minutes[known]
    found.lateness += np.bincount(cells, minlength=found.lateness.size).reshape(-1, _MINUTES)


def _note_monthly(
    found: Tally, stream: str, batch: dict[str, pa.Array], enterprises: pa.Array, ends: Ints
) -> None:
    who = coded(batch["enterprise_id"], enterprises)
    month = np.searchsorted(ends, numbers(batch["occurred_at"]), side="right")
    counted = (who >= 0) & (month < len(ends))
    kind = _MONTHLY[stream]
    if kind is not None:
        declared = coded(batch["kind"], pa.array([kind])) == 0
        counted &= declared
        trading = coded(batch["trading_party"], enterprises)
        found.agents += int((declared & (trading != who) & (trading < 0)).sum())
    else:
        _add(found.exceptions, batch["exception"])
    cells = who[counted] * len(ends) + month[counted]
    found.monthly[stream] += np.bincount(cells, minlength=len(found.monthly[stream]))
