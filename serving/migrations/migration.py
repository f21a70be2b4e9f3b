"""The migration: every step that a ledger's database still lacks, in one transaction."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from serving.errors import LedgerFailure
from supervision.database import engine_of, first_line, take_turn, writing

VERSION_TABLE = "ledger_version"
"""Where the newest step stands that was taken; a name of its own, so that another program may
keep its migrations in the same database."""
_KEY = 4_717_020
"""Of PostgreSQL's advisory lock under which migrations run, one after the other."""


@dataclass(frozen=True)
class Migrated:
    """A ledger's step before and after; None for a database that no migration has touched."""

    before: str | None
    after: str


def standing(url: str) -> tuple[str | None, str]:
    """The newest step that a ledger has taken, None for none, and the newest there is.

    Raises
    ------
    UsageError, DatabaseMissing
        If there is no such database.
    LedgerFailure
        If it cannot be read.
    """
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            return _current(connection), _newest()
    except SQLAlchemyError as error:
        raise LedgerFailure(
            f"ledger: expected a database that answers, found {first_line(error)}; check --ledger"
        ) from error
    finally:
        engine.dispose()


def migrate(url: str) -> Migrated:
    """Take every step that is missing; all of them or, where one fails, none.

    Parameters
    ----------
    url : str
        SQLAlchemy URL of the ledger; an SQLite file that is not there is made.

    Raises
    ------
    UsageError
        If the URL names no database that a ledger can live in.
    LedgerFailure
        If the database cannot be reached or written, or a later version of this program has
        migrated it.
    """
    engine: Engine | None = None
    try:
        engine = engine_of(url, create=True)
        with writing(engine).begin() as connection:
            take_turn(connection, _KEY)
            before = _current(connection)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise LedgerFailure(
            f"ledger: expected a step that this version knows, found that {first_line(error)}; "
            "a later version has migrated this ledger: run that one"
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise LedgerFailure(
            f"ledger: expected a database that can be migrated, found {first_line(error)}; "
            "nothing was changed; check --ledger and that its user may create tables"
        ) from error
    finally:
        if engine is not None:
            engine.dispose()
    return Migrated(before, _newest())


def _newest() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _current(connection: Connection) -> str | None:
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
