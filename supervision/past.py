"""Messages that came in as news although they happened long ago."""

import sqlalchemy as sa

from supervision.record import Record
from supervision.tables import FACTS

LONG = 30 * 86_400_000_000
"""Thirty days in microseconds: later than that no ordinary provider reports."""


def long_past(record: Record, after: int, now: int) -> dict[str, int]:
    """Messages after a position that occurred more than thirty days before now, by stream."""
    found: dict[str, int] = {}
    with record.engine.connect() as connection:
        for stream, table in FACTS.items():
            wanted = sa.select(sa.func.count()).where(
                table.c.position > after,
                table.c.received_at.is_not(None),
                table.c.occurred_at < now - LONG,
            )
            if count := connection.execute(wanted).scalar_one():
                found[stream] = count
    return found
