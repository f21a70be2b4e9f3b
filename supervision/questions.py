"""Questions to a database, on connections that stay open from one question to the next.

To take a connection from SQLAlchemy's pool, try it, and give it back costs four times the answer
of an embedded database, and on PostgreSQL a round trip more for each transaction's beginning and
end.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from supervision.database import autocommitting, told_by

HELD = 4
"""Connections that are kept at most, so that the engine's pool has others to give."""

T = TypeVar("T")


class Questions:
    """Asks a database, each question on a connection of its own; shared by threads.

    Parameters
    ----------
    engine : Engine
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = autocommitting(engine)
        self._idle: deque[Connection] = deque()

    def ask(self, question: Callable[[Connection], T]) -> T:
        """Ask; on PostgreSQL no transaction goes round a question's statements.

        The connection is not tried before. Where it turns out to be lost, the question is asked
        once more on a new one.

        Parameters
        ----------
        question : callable
            Does no harm when asked twice.

        Raises
        ------
        DBAPIError
            If the database does not answer, also where the question is in the driver's own SQL.
        """
        try:
            return self._asked(question)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        self.close()
        self._engine.dispose()  # what was opened before is lost as well
        return self._asked(question)

    def close(self) -> None:
        """Give back the connections; one that is asked now comes back later."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _asked(self, question: Callable[[Connection], T]) -> T:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            found = question(connection)
        except (sqlite3.Error, psycopg.Error) as error:
            told = told_by(connection, error)
            connection.close()
            raise told from error
        except BaseException:
            connection.close()
            raise
        if connection.in_transaction():  # which SQLAlchemy's own statements begin
            connection.rollback()
        if len(self._idle) < HELD:
            self._idle.append(connection)
        else:
            connection.close()
        return found
