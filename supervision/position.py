"""Positions: one total order over the messages of all streams, from 1 on."""

from sqlalchemy.engine import Connection

from supervision.database import fetch
from supervision.tables import FACTS, REVERSAL


def newest_position(connection: Connection) -> int:
    """The newest position in the record, 0 when it is empty."""
    tables = (*FACTS, REVERSAL.name)
    newest = " UNION ALL ".join(f'SELECT MAX(position) AS p FROM "{table}"' for table in tables)  # noqa: S608
    ((position,),) = fetch(connection, f"SELECT COALESCE(MAX(p), 0) FROM ({newest}) AS newest")  # noqa: S608
    return int(position)
