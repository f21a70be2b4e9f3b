"""The record's tables, generated from the contract: one typed table a stream, integers and codes.

A name (party, lot, warehouse, goods) is a number of the table ``name``; an enumerated field is
its place in the contract's list; a left-out field is NULL. Rows are only ever added. What takes a
fact back is a row of ``reversal``, what was not accepted a row of ``quarantine``.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from supervision.contract.columns import columns
from supervision.contract.messages import STREAMS

METADATA = MetaData()
_BIG = BigInteger().with_variant(Integer(), "sqlite")

IDENTITY = Table("identity", METADATA, Column("identity", Text(), primary_key=True))
"""One row, drawn at random when the record is created: it tells one record from another."""

STREAM_NUMBERS = {stream: number for number, stream in enumerate(STREAMS)}
"""The number under which a stream is stored; streams are only ever added at the end."""
STREAM_OF = tuple(STREAMS)

_NOT_NULL = frozenset(("message_id", "provider_id", "occurred_at", "recorded_at", "kind"))

INDEXED: dict[str, tuple[str, ...]] = {
    stream: (
        "enterprise_id",
        *{
            "enterprise": ("party",),
            "valuation": ("cargo_code", "hs_code"),
            "custody": ("cargo_code",),
            "title": ("cargo_code", "buyer"),
        }.get(stream, ()),
    )
    for stream in STREAMS
}
"""The columns of each stream by which rows are looked up."""


def _placed() -> list[Column[int]]:
    return [
        Column("position", _BIG, primary_key=True, autoincrement=False),
        Column("batch", _BIG, nullable=False),
        Column("row", _BIG, nullable=False),
    ]


def _received() -> list[Column[int]]:
    return [
        Column("received_at", _BIG),
        Column("known_at", _BIG, nullable=False),
    ]


def stored_columns(stream: str) -> tuple[str, ...]:
    """Names of the contract's columns that a stream's table holds."""
    return tuple(c.name for c in columns(stream) if c.name != "reverses")


def _stream_table(stream: str) -> Table:
    contract = [
        Column(
            c.name,
            Text() if c.kind == "text" else SmallInteger() if c.kind == "enumerated" else _BIG,
            nullable=c.name not in _NOT_NULL,
        )
        for c in columns(stream)
        if c.name != "reverses"
    ]
    return Table(stream, METADATA, *_placed(), *contract, *_received())


FACTS: dict[str, Table] = {stream: _stream_table(stream) for stream in STREAMS}
"""The table of each stream."""

REVERSAL = Table(
    "reversal",
    METADATA,
    *_placed(),
    Column("stream", SmallInteger(), nullable=False),
    Column("message_id", Text(), nullable=False),
    Column("provider_id", _BIG, nullable=False),
    Column("enterprise_id", _BIG),
    Column("cargo_code", _BIG),
    Column("occurred_at", _BIG, nullable=False),
    Column("recorded_at", _BIG, nullable=False),
    Column("reverses", Text(), nullable=False),
    *_received(),
    Column("target_position", _BIG, nullable=False, unique=True),
)

NAME = Table(
    "name",
    METADATA,
    Column("number", _BIG, primary_key=True, autoincrement=False),
    Column("text", Text(), nullable=False, unique=True),
)

LOT = Table(
    "lot",
    METADATA,
    Column("lot", _BIG, primary_key=True, autoincrement=False),
    Column("owner", _BIG, nullable=False),
    Column("commodity", _BIG, nullable=False),
)

MESSAGE_KEY = Table(
    "message_key",
    METADATA,
    Column("hash", _BIG, nullable=False),
    Column("position", _BIG, nullable=False),
    Column("stream", SmallInteger(), nullable=False),
    PrimaryKeyConstraint("hash", "position"),
    sqlite_with_rowid=False,
)
"""Every accepted message by a 60-bit hash of its provider and id, kept in the hash's order."""

BATCH = Table(
    "batch",
    METADATA,
    Column("batch", _BIG, primary_key=True, autoincrement=False),
    Column("digest", Text(), nullable=False),
    Column("stream", Text(), nullable=False),
    Column("format", Text(), nullable=False),
    Column("file", Text(), nullable=False),
    Column("begun_at", _BIG, nullable=False),
    Column("finished_at", _BIG),
    Column("backfill_reason", Text()),
    Column("backfill_by", Text()),
    Column("repeats", _BIG),
    Column("error", Text()),
    Column("read_up_to", _BIG, nullable=False),
    Column("received", _BIG, nullable=False),
    Column("accepted", _BIG, nullable=False),
    Column("quarantined", _BIG, nullable=False),
    Column("duplicate", _BIG, nullable=False),
    Column("newest_known_at", _BIG),
    Index("batch_by_digest", "digest", "stream"),
)
"""One archived file: how far it has been read, and what became of its rows, to the row.

A batch with an ``error`` is finished as well: its file is damaged after what has been read."""

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("batch", _BIG, nullable=False),
    Column("row", _BIG, nullable=False),
    Column("stream", Text(), nullable=False),
    Column("reason", Text(), nullable=False),
    Column("detail", Text(), nullable=False),
    Column("content", Text(), nullable=False),
    Column("settled_at", _BIG),
    PrimaryKeyConstraint("batch", "row"),
    Index("quarantine_by_reason", "reason", "settled_at"),
)
"""Rows that were not accepted. ``settled_at`` is set when a waiting reversal was taken in later,
or turned out to be a duplicate; such a row no longer counts as quarantined."""


_IN_ORDER = {"custody": (("warehouse", "occurred_at"),)}
"""Columns by which rows of a stream are read in order, a stretch at a time."""


def indexes(stream: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Name and columns of each index of a stream, to be built after a first bulk ingestion."""
    wanted = (*((name,) for name in INDEXED[stream]), *_IN_ORDER.get(stream, ()))
    return tuple((f"{stream}_by_{names[0]}", names) for names in wanted)
