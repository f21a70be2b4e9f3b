"""The tally of arrivals: a small file beside the record, which counts what the record only holds.

A record of millions of messages is not read to learn that a warehouse has fallen silent: what was
counted stays counted, and each count begins at the position where the last one ended. The file
says nothing that the record does not; without it, counting begins anew.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from supervision.arrivals.counting import REVERSALS, TABLES, Counted, counted
from supervision.database import engine_of, fetch, writing
from supervision.record import Record

_AT_ONCE = 200_000
_METADATA = sa.MetaData()
_OF = sa.Table("arrivals_of", _METADATA, sa.Column("identity", sa.Text, primary_key=True))
"""One row: the record that was counted."""
_DAY = sa.Table(
    "arrival",
    _METADATA,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("provider", sa.Integer, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),
    sa.Column("messages", sa.Integer, nullable=False),
    sa.Column("newest", sa.Integer, nullable=False),
    sa.Column("delay_seconds", sa.Integer, nullable=False),
    sa.Column("reversals", sa.Integer, nullable=False),
    sa.Column("checks", sa.Integer, nullable=False),
    sa.Column("disagreements", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
_SOURCE = sa.Table(
    "arrival_source",
    _METADATA,
    sa.Column("batch", sa.Integer, primary_key=True),
    sa.Column("provider", sa.Integer, primary_key=True),
    sa.Column("messages", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Whose messages each batch brought."""
_MARK = sa.Table(
    "arrivals_up_to",
    _METADATA,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
)
"""Up to which position each table of the record has been counted."""

_BY_SOLE_SOURCE = """
    SELECT provider, SUM(number) FROM (
        SELECT MIN(s.provider) AS provider, json_extract(told.value, '$[1]') AS number
        FROM json_each(?) AS told
        CROSS JOIN arrival_source AS s ON s.batch = json_extract(told.value, '$[0]')
        GROUP BY s.batch HAVING COUNT(*) = 1
    ) AS alone GROUP BY provider
"""


class Day(NamedTuple):
    """What came from one provider in one stream, known on one day.

    Attributes
    ----------
    stream : str
    provider : int
        Number of its name in the record.
    day : int
        Days at the port since 1970.
    messages, reversals : int
        Facts, and facts taken back.
    newest : int
        When the last of them was known, UTC microseconds.
    delay_seconds : int
        Sum over the messages of the time from when each occurred until it was known.
    checks, disagreements : int
        Of custody: counts made, and counts or papers that disagreed with the goods.
    """

    stream: str
    provider: int
    day: int
    messages: int
    newest: int
    delay_seconds: int
    reversals: int
    checks: int
    disagreements: int


class Total(NamedTuple):
    """All that came from one provider; see :class:`Day`."""

    provider: int
    messages: int
    delay_seconds: int
    reversals: int
    checks: int
    disagreements: int


class Tally:
    """The tally of one record.

    Parameters
    ----------
    engine : Engine
        Of the tally's own file.
    record : Record
    """

    def __init__(self, engine: Engine, record: Record) -> None:
        self._engine = engine
        self._record = record

    @classmethod
    def open(cls, path: Path, record: Record) -> Self:
        """Open the file, or make it; one of another record is begun anew."""
        engine = engine_of(f"sqlite:///{path}", create=True)
        identity = record.identity()
        with writing(engine).begin() as connection:
            _METADATA.create_all(connection)
            if connection.execute(sa.select(_OF.c.identity)).scalar() != identity:
                for table in _METADATA.tables.values():
                    connection.execute(sa.delete(table))
                connection.execute(sa.insert(_OF).values(identity=identity))
        return cls(engine, record)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def advance(self, most: int) -> int:
        """Count what came since the last count.

        Parameters
        ----------
        most : int
            Greatest number of messages that are read of each stream.

        Returns
        -------
        int
            How many were counted; 0 when there is nothing more.
        """
        return sum(self._advance(table, most) for table in TABLES)

    def count(self) -> int:
        """Count all that came since the last count, a stretch at a time."""
        number = 0
        while found := self.advance(_AT_ONCE):
            number += found
        return number

    def _advance(self, table: str, most: int) -> int:
        with writing(self._engine).begin() as connection:
            query = sa.select(_MARK.c.position).where(_MARK.c.stream == table)
            mark = connection.execute(query).scalar()
            found = counted(self._record.engine, table, mark or 0, most)
            if not found.rows:
                return 0
            _add(connection, table, found)
            connection.execute(sa.delete(_MARK).where(_MARK.c.stream == table))
            connection.execute(sa.insert(_MARK).values(stream=table, position=found.up_to))
        return found.messages

    def days(self, first: int, last: int, feed: tuple[str, int] | None = None) -> list[Day]:
        """What came on some days, the first and the last included, by stream, provider and day.

        Parameters
        ----------
        first, last : int
        feed : tuple of str and int, optional
            Only of this stream and provider.
        """
        names = ", ".join(Day._fields)
        only = "" if feed is None else "AND stream = ? AND provider = ? "
        sql = (
            f"SELECT {names} FROM arrival WHERE day BETWEEN ? AND ? {only}"  # noqa: S608
            "ORDER BY stream, provider, day"
        )
        with self._engine.connect() as connection:
            return [Day._make(row) for row in fetch(connection, sql, (first, last, *(feed or ())))]

    def newest(self, last: int) -> dict[tuple[str, int], int]:
        """When each provider's newest message of each stream was known, none after a day."""
        query = sa.select(_DAY.c.stream, _DAY.c.provider, sa.func.max(_DAY.c.newest))
        grouped = query.where(_DAY.c.day <= last).group_by(_DAY.c.stream, _DAY.c.provider)
        with self._engine.connect() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(grouped)}

    def totals(self, last: int) -> list[Total]:
        """All that came from each provider, none after a day."""
        sums = [sa.func.sum(_DAY.c[name]) for name in Total._fields[1:]]
        query = sa.select(_DAY.c.provider, *sums).where(_DAY.c.day <= last)
        with self._engine.connect() as connection:
            grouped = connection.execute(query.group_by(_DAY.c.provider))
            return [Total._make(row) for row in grouped]

    def by_sole_source(self, numbers: Mapping[int, int]) -> dict[int, int]:
        """Sum numbers of batches by provider, where all of a batch's messages are one provider's.

        Only accepted messages tell whose a batch is. So a batch of which no message was accepted
        is nobody's, and one of several providers counts as the only one's that had any accepted.

        Parameters
        ----------
        numbers : mapping of int to int
            By batch.
        """
        with self._engine.connect() as connection:
            told = orjson.dumps(list(numbers.items())).decode()
            return dict(fetch(connection, _BY_SOLE_SOURCE, (told,)))

    def mixed_sources(self) -> frozenset[int]:
        """Providers that had messages in a batch together with others."""
        together = sa.select(_SOURCE.c.batch).group_by(_SOURCE.c.batch).having(sa.func.count() > 1)
        query = sa.select(_SOURCE.c.provider).where(_SOURCE.c.batch.in_(together)).distinct()
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())


def _add(connection: Connection, table: str, found: Counted) -> None:
    added = ("messages", "delay_seconds", "reversals", "checks", "disagreements")
    sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in added)
    names = ("stream", "provider", "day", "newest", *added)
    marks = ", ".join(f":{name}" for name in names)
    connection.execute(
        sa.text(
            f"INSERT INTO arrival ({', '.join(names)}) VALUES ({marks}) "  # noqa: S608
            f"ON CONFLICT (stream, provider, day) DO UPDATE SET {sums}, "
            "newest = max(newest, excluded.newest)"
        ),
        [{name: row[name] for name in names} for row in found.rows],
    )
    if table != REVERSALS:
        connection.execute(
            sa.text(
                "INSERT INTO arrival_source (batch, provider, messages) "
                "VALUES (:batch, :provider, :messages) ON CONFLICT (batch, provider) "
                "DO UPDATE SET messages = messages + excluded.messages"
            ),
            [{name: row[name] for name in ("batch", "provider", "messages")} for row in found.rows],
        )
