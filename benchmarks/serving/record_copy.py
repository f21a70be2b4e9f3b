"""The same record on PostgreSQL, row for row, so that both services give the same answers."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from supervision.database import build_index, engine_of, insert, writing
from supervision.record import Record
from supervision.tables import FACTS, IDENTITY, METADATA, indexes

_CHUNK = 20_000
_UNREAD = frozenset({"message_key", "quarantine"})
"""Tables that only an ingestion reads."""


def copy_record(source: str, target: str) -> None:
    """Copy a record, where it is not there yet.

    Parameters
    ----------
    source, target : str
        URLs of databases.
    """
    there = engine_of(target)
    if sa.inspect(there).has_table(IDENTITY.name) and _finished(there):
        there.dispose()
        return
    record = Record.open(source)
    METADATA.drop_all(there)
    with writing(there).begin() as connection:
        METADATA.create_all(connection)
        for table in METADATA.sorted_tables:
            if table.name not in _UNREAD:
                names = [column.name for column in table.columns]
                insert(connection, table, names, _rows(record.engine, table))
    for stream in FACTS:
        for name, columns in indexes(stream):
            build_index(there, name, stream, columns)
    with there.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    record.close()
    there.dispose()


def _finished(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return connection.execute(sa.select(IDENTITY)).first() is not None


def _rows(engine: sa.Engine, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    with engine.connect() as connection:
        for rows in connection.execute(sa.select(table)).partitions(_CHUNK):
            yield from (tuple(row) for row in rows)
