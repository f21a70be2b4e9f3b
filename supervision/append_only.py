"""Append-only tables: triggers refuse every change, on SQLite and on PostgreSQL alike.

So a mistake in a program or at a terminal cannot alter what was written.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supervision.database import is_sqlite, take_turn


def number_column() -> sa.Column[int]:
    """The column that counts a table's rows in the order in which they were written."""
    return sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    )


@dataclass(frozen=True)
class AppendOnly:
    """How one table is kept.

    Attributes
    ----------
    table : sqlalchemy.Table
    called : str
        What a refusal calls it, as ``the score log``.
    unique : tuple of str
        Columns in which no value stands twice.
    key : int
        Of the advisory lock of PostgreSQL under which those who begin at the same time make the
        table one after the other.
    """

    table: sa.Table
    called: str
    unique: tuple[str, ...]
    key: int

    def create(self, connection: Connection) -> None:
        """Create the table and its triggers where they are missing."""
        self.lock(connection)
        self.table.create(connection, checkfirst=True)
        for statement in self._on_sqlite() if is_sqlite(connection) else self._on_postgresql():
            connection.exec_driver_sql(statement)

    def lock(self, connection: Connection) -> None:
        """Wait for others that write; on SQLite the transaction itself does."""
        take_turn(connection, self.key)

    def _on_sqlite(self) -> tuple[str, ...]:
        name, refuse = self.table.name, f"BEGIN SELECT RAISE(ABORT, '{self._refusal}'); END"
        there = " OR ".join(f"{column} = NEW.{column}" for column in self.unique)
        made = "CREATE TRIGGER IF NOT EXISTS"
        # SQLite runs no delete trigger for the row that INSERT OR REPLACE removes: the third
        # trigger refuses that insert itself.
        return (
            f"{made} {name}_no_update BEFORE UPDATE ON {name} {refuse}",
            f"{made} {name}_no_delete BEFORE DELETE ON {name} {refuse}",
            f"{made} {name}_no_replace BEFORE INSERT ON {name} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {there}) {refuse}",
        )

    def _on_postgresql(self) -> tuple[str, ...]:
        name, refuse = self.table.name, f"{self.table.name}_is_append_only()"
        return (
            f"CREATE OR REPLACE FUNCTION {refuse} RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{self._refusal}'; END $$",
            f"CREATE OR REPLACE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION {refuse}",
            f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {refuse}",
        )

    @property
    def _refusal(self) -> str:
        return f"{self.called} is append-only"
