"""Positions: one total order over the messages of all streams, from 1 on."""

from sqlalchemy.engine import Connection

from supervision.database import fetch
from supervision.tables import FACTS, REVERSAL


def newest_position(connection: Connection) -> int:
    """The newest position in the record, 0 when it is empty."""
    ((position,),) = fetch(connection, _NEWEST_OF_ALL)
    return int(position)


def newest_positions(connection: Connection) -> dict[str, int]:
    """The newest position of each stream and of ``reversal``, 0 where there is none."""
    return {table: int(position) for table, position in fetch(connection, _NEWEST)}


_NEWEST = " UNION ALL ".join(
    f"SELECT '{table}', COALESCE(MAX(position), 0) FROM \"{table}\""  # noqa: S608
    for table in (*FACTS, REVERSAL.name)
)
_EACH = " UNION ALL ".join(
    f'SELECT MAX(position) AS position FROM "{table}"'  # noqa: S608
    for table in (*FACTS, REVERSAL.name)
)
_NEWEST_OF_ALL = f"SELECT COALESCE(MAX(position), 0) FROM ({_EACH}) AS newest"  # noqa: S608
