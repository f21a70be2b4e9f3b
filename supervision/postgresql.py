"""An engine of PostgreSQL, whose connections are found lost without asking them."""

import select
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.numeric import Int8Dumper
from sqlalchemy.engine import URL, Engine


def postgresql(url: URL) -> Engine:
    """Open a database of PostgreSQL.

    A connection that was lost while nobody used it is not given out again.
    """
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: psycopg.Connection[Any], _: object) -> None:
        # A statement is planned once, not once for every mixture of small and large numbers; in
        # the driver's own SQL a function that takes no bigint wants a cast.
        connection.adapters.register_dumper(int, Int8Dumper)

    @sa.event.listens_for(engine, "checkout")
    def _try(connection: psycopg.Connection[Any], *_: object) -> None:
        # To ask each time would be a round trip more. A connection that was lost has something
        # to say, if only its end, while nobody asked it anything.
        if _has_something_to_say(connection) and not _answers(connection):
            raise sa.exc.InvalidatePoolError

    return engine


def _has_something_to_say(connection: psycopg.Connection[Any]) -> bool:
    if connection.closed:
        return True
    ready = select.poll()
    ready.register(connection.fileno(), select.POLLIN)
    return bool(ready.poll(0))


def _answers(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        return False
    return True
