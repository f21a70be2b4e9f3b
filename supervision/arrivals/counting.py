"""One count: the messages of one table after a position, by provider, batch and day."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from supervision.contract.columns import column
from supervision.tables import FACTS, REVERSAL, STREAM_OF

REVERSALS = REVERSAL.name
TABLES = (*FACTS, REVERSALS)
"""Tables of the record that are counted."""
DAY = 86_400_000_000
AHEAD = 8 * 3_600_000_000
"""How far the port's clock is ahead of UTC, microseconds; it knows no summer time."""
_DISAGREEING = ("count_mismatch", "document_mismatch")


@dataclass(frozen=True)
class Counted:
    """What a count found.

    Attributes
    ----------
    rows : tuple of dict
        One for each stream, provider, batch and day.
    messages : int
        How many were counted.
    up_to : int
        Position of the last of them.
    """

    rows: tuple[dict[str, Any], ...]
    messages: int
    up_to: int


def day_of(at: int) -> int:
    """The day at the port of a time, in days since 1970."""
    return (at + AHEAD) // DAY


def counted(engine: Engine, table: str, after: int, most: int) -> Counted:
    """Count the next messages of a table, in the database: only sums leave it.

    Parameters
    ----------
    engine : Engine
        Of the record.
    table : str
        One of :data:`TABLES`.
    after : int
        Position after which counting begins.
    most : int
        Greatest number of messages.
    """
    of = REVERSAL if table == REVERSALS else FACTS[table]
    picked = sa.select(of).where(of.c.position > after).order_by(of.c.position).limit(most)
    c = picked.subquery().c
    stream = c.stream if table == REVERSALS else sa.literal(0)
    checks, disagreements = _checks(table, c)
    keys = (stream.label("s"), c.provider_id, c.batch, ((c.known_at + AHEAD) // DAY).label("d"))
    query = sa.select(
        *keys,
        sa.func.count(),
        sa.func.max(c.known_at),
        sa.func.sum((c.known_at - c.occurred_at) // 1_000_000),
        checks,
        disagreements,
        sa.func.max(c.position),
    ).group_by(sa.text("1"), sa.text("2"), sa.text("3"), sa.text("4"))
    with engine.connect() as connection:
        found = [tuple(map(int, row)) for row in connection.execute(query)]
    rows = tuple(_row(table, row) for row in found)
    return Counted(
        rows, sum(row[4] for row in found), max((row[9] for row in found), default=after)
    )


def _row(table: str, found: tuple[int, ...]) -> dict[str, Any]:
    number, provider, batch, day, count, newest, delay, checks, disagreements, _ = found
    reversing = table == REVERSALS
    return {
        "stream": STREAM_OF[number] if reversing else table,
        "provider": provider,
        "batch": batch,
        "day": day,
        "messages": 0 if reversing else count,
        "reversals": count if reversing else 0,
        "newest": newest,
        "delay_seconds": 0 if reversing else delay,
        "checks": checks,
        "disagreements": disagreements,
    }


def _checks(table: str, c: Any) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """How often a warehouse compared goods with books or papers, and how often they disagreed."""
    if table != "custody":
        return sa.literal_column("0"), sa.literal_column("0")
    counts = column("custody", "kind").code("counted")
    exceptions = column("custody", "exception")
    codes = [exceptions.code(name) for name in _DISAGREEING]
    return (
        sa.func.sum(sa.case((c.kind == counts, 1), else_=0)),
        sa.func.sum(sa.case((c.exception.in_(codes), 1), else_=0)),
    )
