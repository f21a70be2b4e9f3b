"""Facts that came late: known by a time, but only in the record after a position."""

from collections.abc import Iterable

import sqlalchemy as sa

from supervision.record import Record
from supervision.tables import FACTS, REVERSAL, STREAM_NUMBERS


def came_late(
    record: Record, streams: Iterable[str], between: tuple[int, int], known_by: int
) -> bool:
    """Whether any message or reversal between two positions was known by a time.

    Only rows between the positions are looked at, so it costs little near the record's end.

    Parameters
    ----------
    record : Record
    streams : iterable of str
    between : (int, int)
        Positions; the first is not looked at, the last is.
    known_by : int
        UTC microseconds.
    """
    after, up_to = between
    if up_to <= after:
        return False
    wanted = tuple(streams)
    numbers = [STREAM_NUMBERS[stream] for stream in wanted]
    late = [_late(FACTS[stream], after, up_to, known_by) for stream in wanted]
    late.append(_late(REVERSAL, after, up_to, known_by).where(REVERSAL.c.stream.in_(numbers)))
    with record.engine.connect() as connection:
        return any(connection.execute(each.limit(1)).first() is not None for each in late)


def _late(table: sa.Table, after: int, up_to: int, known_by: int) -> sa.Select[tuple[int]]:
    within = sa.and_(table.c.position > after, table.c.position <= up_to)
    return sa.select(table.c.position).where(within, table.c.known_at <= known_by)
