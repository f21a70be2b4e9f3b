"""Row-level security of PostgreSQL: a second wall between tenants.

Whatever the service asks on behalf of a tenant, it asks in a role that sees that tenant's rows
alone. So a condition forgotten in a query shows nothing of others. SQLite has nothing like it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from serving.errors import LedgerFailure
from supervision.database import fetch, first_line, is_sqlite, take_turn

ROLE = "cargoworthy_tenant"
_TENANT = "current_setting('cargoworthy.tenant', true)"
_KEY = 4_717_012
"""Of the advisory lock under which those who begin at the same time do this one by one."""
_MAKE_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cargoworthy_tenant') THEN
    CREATE ROLE cargoworthy_tenant NOLOGIN;
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION
      'no role cargoworthy_tenant: let an administrator create it and grant it to this user';
END $$
"""
_TAKE_ROLE = """
DO $$ BEGIN
  IF NOT pg_has_role(current_user, 'cargoworthy_tenant', 'MEMBER') THEN
    GRANT cargoworthy_tenant TO CURRENT_USER;
  END IF;
END $$
"""


def protect(connection: Connection, table: sa.Table, mine: str, written: str | None = None) -> None:
    """Put a table behind the wall.

    Parameters
    ----------
    connection : Connection
        In a transaction; nothing is done on SQLite.
    table : sqlalchemy.Table
    mine : str
        SQL for the rows that a tenant sees, with ``{tenant}`` for its name.
    written : str or None
        SQL for the rows that a tenant may add, numbered by the column ``number``; None for none.
    """
    if is_sqlite(connection):
        return
    name = table.name
    take_turn(connection, _KEY)
    if connection.execute(_STANDS, {"name": f"{name}_seen"}).first():
        return  # to put it up again would hold up all who read at this moment
    statements = [
        _MAKE_ROLE,
        _TAKE_ROLE,
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"GRANT SELECT ON {name} TO {ROLE}",
        f"CREATE POLICY {name}_seen ON {name} FOR SELECT TO {ROLE} "
        f"USING ({mine.format(tenant=_TENANT)})",
    ]
    if written is not None:
        statements += [
            f"GRANT INSERT ON {name} TO {ROLE}",
            f"GRANT USAGE ON SEQUENCE {name}_number_seq TO {ROLE}",
            f"CREATE POLICY {name}_added ON {name} FOR INSERT TO {ROLE} "
            f"WITH CHECK ({written.format(tenant=_TENANT)})",
        ]
    for statement in statements:
        connection.exec_driver_sql(statement)


_STANDS = sa.text(
    "SELECT 1 FROM pg_policies WHERE policyname = :name AND schemaname = current_schema()"
)
_GO_BEHIND = (
    f"SELECT set_config('role', '{ROLE}', true), set_config('cargoworthy.tenant', {{}}, true)"
)
_ENTER = sa.text(_GO_BEHIND.format(":tenant"))
_LEAVE = sa.text("SELECT set_config('role', 'none', true)")


def as_tenant(connection: Connection, tenant: str | None) -> None:
    """Go behind the wall until the transaction ends; None stays before it."""
    if tenant is not None and not is_sqlite(connection):
        connection.execute(_ENTER, {"tenant": tenant})


def rows_as_tenant(
    connection: Connection, tenant: str | None, sql: str, values: tuple[object, ...]
) -> list[Any]:
    """Rows of a query in the driver's own SQL, asked from behind the wall; None asks before it.

    On PostgreSQL both statements travel together and are one transaction, so the connection stands
    before the wall again as soon as it has answered.

    Parameters
    ----------
    connection : Connection
        On PostgreSQL in no transaction: see ``Store.ask``.
    tenant : str or None
    sql : str
    values : tuple
        To be bound.
    """
    if tenant is None or is_sqlite(connection):
        return fetch(connection, sql, values)
    driver: Any = connection.connection.driver_connection
    with driver.pipeline():
        driver.execute(_GO_BEHIND.format("%s"), (tenant,))
        found = driver.execute(sql, values)
    return list(found.fetchall())


@contextmanager
def read_as_tenant(engine: Engine, tenant: str | None) -> Iterator[Connection]:
    """Read the ledger from behind the wall; None reads before it.

    Raises
    ------
    LedgerFailure
        If it does not answer.
    """
    try:
        with engine.connect() as connection:
            as_tenant(connection, tenant)
            yield connection
    except SQLAlchemyError as error:
        raise LedgerFailure.unreadable(first_line(error)) from error


def as_service(connection: Connection) -> None:
    """Come back from behind the wall, to write what is no tenant's."""
    if not is_sqlite(connection):
        connection.execute(_LEAVE)
