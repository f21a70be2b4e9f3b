"""Messages met before: found by a 60-bit hash of provider and id, confirmed on the full content.

A table of hashes kept in their own order is probed and filled in that order, so that each of its
pages is touched once a chunk; under random text ids an index of the ids themselves would touch a
page a row. The hash only narrows the search: two ids of one hash are told apart.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy.engine import Connection

from supervision.arrays import Integers
from supervision.database import among, bound, fetch, is_sqlite
from supervision.tables import STREAM_OF, stored_columns

REVERSAL_CONTENT = ("enterprise_id", "cargo_code", "occurred_at", "recorded_at", "reverses")
"""What two reversals of one id must agree in to be the same message."""

_LONGEST_ID = 64
_GOLDEN = 0x9E3779B97F4A7C15


def content_columns(stream: str) -> tuple[str, ...]:
    """What two facts of one provider and id must agree in to be the same message."""
    return tuple(
        name for name in stored_columns(stream) if name not in ("provider_id", "message_id")
    )


def hashes(providers: Integers, ids: pa.StringArray) -> Integers:
    """60-bit hashes of provider numbers and message ids (1 to 64 bytes each).

    Multilinear hashing over the bytes, modulo 2**64, of which the high bits are kept: two ids
    meet with a probability of about 2**-60 (Lemire and Kaser, "Strongly universal string hashing
    is fast", 2014). The weights are fixed, so that the table can be read by any later process.
    """
    if len(ids) == 0:
        return np.zeros(0, np.int64)
    offsets = np.frombuffer(ids.buffers()[1], np.int32)[ids.offset : ids.offset + len(ids) + 1]
    data = np.frombuffer(ids.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    starts = (offsets[:-1] - offsets[0]).astype(np.int64)
    within = np.arange(len(data)) - np.repeat(starts, np.diff(offsets))
    weights = _weights()
    sums = np.add.reduceat((data.astype(np.uint64) + np.uint64(1)) * weights[within], starts)
    mixed = _mixed(sums + providers.astype(np.uint64) * weights[_LONGEST_ID])
    return (mixed >> np.uint64(4)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Held:
    """An accepted message.

    Attributes
    ----------
    position : int
        Its position in the record; of a row of the chunk being judged, -1 - its index.
    content : tuple
        Its values in the order of its content columns.
    """

    stream: str
    position: int
    provider: int
    message_id: str
    is_reversal: bool
    content: tuple[object, ...]


@dataclass
class Accepted:
    """Accepted messages under some hashes, and which of them have been reversed."""

    by_hash: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    reversed: set[int] = field(default_factory=set)

    def find(self, key: int, provider: int, message_id: str) -> Held | None:
        """The message of exactly this provider and id."""
        for held in self.by_hash.get(key, ()):
            if held.provider == provider and held.message_id == message_id:
                return held
        return None

    def add(self, key: int, held: Held) -> None:
        """Take in a message that has just been accepted."""
        self.by_hash[key].append(held)

    @property
    def keys(self) -> Integers:
        """The hashes under which there is anything."""
        return np.fromiter(self.by_hash, np.int64, len(self.by_hash))


def accepted_under(connection: Connection, keys: Integers) -> Accepted:
    """Read the accepted messages under some hashes.

    Parameters
    ----------
    connection : Connection
    keys : int64 array
        Probed in their own order.
    """
    accepted = Accepted()
    found = _probe(connection, np.unique(keys).tolist())
    if not found:
        return accepted
    key_of = {position: key for key, position, _ in found}
    by_stream: dict[int, list[int]] = defaultdict(list)
    for _, position, stream in found:
        by_stream[stream].append(position)
    for number, positions in by_stream.items():
        for held in _held(connection, STREAM_OF[number], positions):
            accepted.add(key_of[held.position], held)
    target = among(connection, "target_position")
    sql = f"SELECT target_position FROM reversal WHERE {target}"  # noqa: S608
    rows = fetch(connection, sql, (bound(connection, list(key_of)),))
    accepted.reversed.update(position for (position,) in rows)
    return accepted


def _probe(connection: Connection, keys: list[int]) -> list[tuple[int, int, int]]:
    if not keys:
        return []
    source = "json_each(?) p" if is_sqlite(connection) else "unnest(%s::bigint[]) p(value)"
    sql = (
        "SELECT k.hash, k.position, k.stream "  # noqa: S608
        f"FROM {source} CROSS JOIN message_key k WHERE k.hash = p.value"
    )
    return [tuple(row) for row in fetch(connection, sql, (bound(connection, keys),))]


def _held(connection: Connection, stream: str, positions: Sequence[int]) -> list[Held]:
    """Messages at positions of one stream, facts and reversals."""
    held: list[Held] = []
    for table, content in ((stream, content_columns(stream)), ("reversal", REVERSAL_CONTENT)):
        names = ("position", "provider_id", "message_id", *content)
        selected = ", ".join(f'"{name}"' for name in names)
        where = among(connection, "position")
        sql = f'SELECT {selected} FROM "{table}" WHERE {where}'  # noqa: S608
        held.extend(
            Held(stream, row[0], row[1], row[2], table == "reversal", tuple(row[3:]))
            for row in fetch(connection, sql, (bound(connection, positions),))
        )
        if len(held) == len(positions):
            break
    return held


@cache
def _weights() -> npt.NDArray[np.uint64]:
    """Odd 64-bit weights, one for each byte of an id and one for the provider (SplitMix64)."""
    counter = np.arange(1, _LONGEST_ID + 2, dtype=np.uint64) * np.uint64(_GOLDEN)
    return _mixed(counter) | np.uint64(1)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finalizer (Steele, Lea and Flood, 2014): every bit depends on every bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
