"""Acts of officers, each in its place: who looked at an older state comes too late."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from serving.access.row_security import read_as_tenant
from serving.audit.log import Event, append
from serving.errors import Conflict, LedgerFailure
from supervision.database import first_line, writing


class Overtaken(Conflict):
    """Another officer acted first."""


def append_in_turn(
    engine: Engine,
    table: sa.Table,
    row: Mapping[str, Any],
    event: Event,
    late: Overtaken,
    what: str,
) -> None:
    """Write an act and its audit row; when this returns, they are on disk.

    Parameters
    ----------
    engine : Engine
    table : sqlalchemy.Table
        With a unique column ``event``, which names what is acted on and the act's place there.
    row : mapping
    event : Event
    late : Overtaken
        What is told where the place is taken.
    what : str
        What could not be logged where something else went wrong.

    Raises
    ------
    Overtaken
        If its place is taken: somebody acted since it was looked at.
    LedgerFailure
        If it was not committed.
    """
    try:
        with writing(engine).begin() as connection:
            append(connection, table, row, event.tenant, event)
    except SQLAlchemyError as error:
        if _is_taken(engine, table, row, event.tenant):
            raise late from error
        raise LedgerFailure(
            f"ledger: {what} could not be logged, so it does not hold: "
            f"{first_line(error)}; try again, and look at the ledger's disk if it persists"
        ) from error


def _is_taken(engine: Engine, table: sa.Table, row: Mapping[str, Any], tenant: str) -> bool:
    query = sa.select(table.c.event).where(table.c.event == row["event"])
    with read_as_tenant(engine, tenant) as connection:
        return connection.execute(query).first() is not None
