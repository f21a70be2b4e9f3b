"""Migrations against what the service itself makes, on both databases."""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from serving.access import consents
from serving.access.store import Store
from serving.cases.brief import month_of
from serving.errors import LedgerFailure
from serving.ledger import SCORE, Ledger
from serving.migrations import cli
from serving.migrations.migration import VERSION_TABLE, Migrated, migrate, standing
from serving.migrations.schema import schema
from supervision.database import engine_of
from supervision.errors import CargoworthyError
from tests.serving.test_ledger import ENTRY

ROOT = Path(__file__).parents[2]
NEWEST = "0010"
FIRST_COLUMNS = 12
"""Columns that the log of answers had when it was first released."""
_WALL = {
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies",
    "walled": "SELECT relname FROM pg_class WHERE relrowsecurity",
    "granted": (
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = 'cargoworthy_tenant'"
    ),
}
"""What PostgreSQL tells of row-level security."""


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """URLs of two empty databases."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/two.db"
        return
    server = str(request.getfixturevalue("postgresql"))
    names = [f"migrations_{uuid.uuid4().hex}" for _ in range(2)]
    engine = engine_of(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    one, two = (
        sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        for name in names
    )
    yield one, two
    with engine.connect() as connection:
        for name in names:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def make_by_service(url: str) -> None:
    Ledger.open(url).close()
    Store(url, (consents.prepare,)).close()


def shape(engine: Engine) -> dict[str, Any]:
    """A database's tables, keys, indexes and triggers, as the database itself tells them."""
    inspector = sa.inspect(engine)
    found: dict[str, Any] = {}
    for table in set(inspector.get_table_names()) - {VERSION_TABLE}:
        columns = inspector.get_columns(table)
        found[table] = {
            "columns": sorted(
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in columns
            ),
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted(
                (i["name"] or "", i["column_names"], bool(i["unique"]))
                for i in inspector.get_indexes(table)
            ),
            "unique": sorted(u["column_names"] for u in inspector.get_unique_constraints(table)),
        }
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            told = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            numbered = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
            found["numbered"] = set(connection.execute(sa.text(numbered)).scalars())
        else:
            told = (
                "SELECT t.tgname, pg_get_triggerdef(t.oid) || pg_get_functiondef(t.tgfoid) "
                "FROM pg_trigger t WHERE NOT t.tgisinternal"
            )
            for name, query in _WALL.items():
                found[name] = {tuple(row) for row in connection.execute(sa.text(query))}
        found["triggers"] = {tuple(row) for row in connection.execute(sa.text(told))}
    return found


def test_an_empty_database_becomes_exactly_what_the_service_makes(two: tuple[str, str]) -> None:
    by_service, by_migration = two
    make_by_service(by_service)
    assert migrate(by_migration) == Migrated(None, NEWEST)
    engines = [engine_of(url) for url in two]
    expected, found = (shape(engine) for engine in engines)
    assert len(expected["triggers"]) >= 12
    assert found == expected
    if engines[0].dialect.name == "postgresql":
        assert {name for (name,) in expected["walled"]} >= {
            "score", "consent_event", "case_standing",
        }  # fmt: skip
    for engine in engines:
        engine.dispose()


def test_nothing_is_left_for_autogenerate_to_add(two: tuple[str, str]) -> None:
    url, _ = two
    migrate(url)
    engine = engine_of(url)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema()) == []
        altered = schema()
        altered.tables["score"].append_column(sa.Column("forgotten", sa.Text))
        assert len(compare_metadata(context, altered)) == 1
    engine.dispose()


def test_the_schema_names_every_table_that_the_service_makes(two: tuple[str, str]) -> None:
    url, _ = two
    make_by_service(url)
    engine = engine_of(url)
    assert set(sa.inspect(engine).get_table_names()) == set(schema().tables)
    engine.dispose()


def test_a_database_that_a_service_has_used_is_taken_over_with_its_answers(
    two: tuple[str, str],
) -> None:
    url, _ = two
    make_by_service(url)
    with Ledger.open(url) as ledger:
        ledger.append(ENTRY)
    assert migrate(url) == Migrated(None, NEWEST)
    assert migrate(url) == Migrated(NEWEST, NEWEST)
    with Ledger.open(url) as ledger:
        assert ledger.entry(ENTRY.score_id) == ENTRY


def test_a_first_ledger_keeps_its_answers_and_gets_the_columns_it_lacks(
    two: tuple[str, str],
) -> None:
    url, _ = two
    engine = engine_of(url, create=True)
    columns = list(SCORE.columns)[:FIRST_COLUMNS]
    first = sa.Table(
        "score",
        sa.MetaData(),
        *(sa.Column(c.name, c.type, nullable=c.nullable, primary_key=c.primary_key)
          for c in columns),
    )  # fmt: skip
    with engine.begin() as connection:
        first.create(connection)
        stated = {c.name: ENTRY.row()[c.name] for c in columns if c.name != "number"}
        connection.execute(sa.insert(first), stated)
    migrate(url)
    with Ledger.open(url) as ledger:
        found = ledger.entry(ENTRY.score_id)
    assert found == ENTRY
    assert found.tenant == "open"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM score"))
    engine.dispose()


OLD_UPSERT = sa.text(
    "INSERT INTO case_standing (tenant, enterprise_id, score_id, as_of, answered_at, month, "
    "status, score) SELECT tenant, enterprise_id, score_id, as_of, answered_at, :month, status, "
    "NULL FROM score WHERE score_id = :score_id ON CONFLICT (tenant, enterprise_id) DO UPDATE SET "
    "score_id = excluded.score_id, as_of = excluded.as_of"
)
"""What a service wrote of a case before step 0010."""


def test_an_upgrade_loses_no_case_though_an_old_service_answers_after_the_migration(
    two: tuple[str, str],
) -> None:
    url, _ = two
    make_by_service(url)
    engine, cases = engine_of(url), sa.text("SELECT * FROM case_standing ORDER BY enterprise_id")
    entries = [replace(ENTRY, score_id=f"s{n}", enterprise_id=f"E{n}") for n in range(4)]
    with Ledger.open(url) as ledger:
        ledger.append(*entries)
    added = ("exposure_fen", "loss_fen", "goods_fen", "pledged_fen", "stock")
    with engine.begin() as connection:
        expected = connection.execute(cases).mappings().all()
        for name in added:
            connection.execute(sa.text(f"ALTER TABLE case_standing DROP COLUMN {name}"))
        connection.execute(sa.text("DELETE FROM case_standing WHERE enterprise_id = 'E3'"))
    migrate(url)
    with engine.begin() as connection:
        for late in ("s2", "s3"):  # a case that is there and one that is not
            connection.execute(OLD_UPSERT, {"score_id": late, "month": month_of(ENTRY.as_of)})
        assert len(connection.execute(cases).all()) == 4, "the migration takes no case away"
    Ledger.open(url).close()
    with engine.connect() as connection:
        assert connection.execute(cases).mappings().all() == expected
    engine.dispose()


def test_a_step_that_fails_leaves_everything_as_it_was(two: tuple[str, str]) -> None:
    url, _ = two
    engine = engine_of(url, create=True)
    with engine.begin() as connection:
        # The last step makes an index of this name.
        connection.execute(sa.text("CREATE TABLE taken (place INTEGER)"))
        connection.execute(sa.text("CREATE INDEX consent_of ON taken (place)"))
    with pytest.raises(LedgerFailure, match="nothing was changed"):
        migrate(url)
    assert sa.inspect(engine).get_table_names() == ["taken"]
    engine.dispose()


def test_a_ledger_of_a_later_version_is_refused(two: tuple[str, str]) -> None:
    url, _ = two
    migrate(url)
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(LedgerFailure, match="later version"):
        migrate(url)


def call(*words: str) -> tuple[int, str, BaseException | None]:
    found = CliRunner().invoke(cli.app, list(words))
    return found.exit_code, found.output, found.exception


def test_the_command_tells_what_it_did_and_checks_without_a_change(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    Ledger.open(url).close()
    status, told, error = call("migrate", "--check", "--ledger", url)
    assert status == 1
    assert isinstance(error, CargoworthyError)
    assert "none" in told
    assert standing(url) == (None, NEWEST)
    assert call("migrate", "--ledger", url)[1] == f"ledger at step {NEWEST}, before: none\n"
    assert call("migrate", "--ledger", url)[1] == f"ledger at step {NEWEST}\n"
    assert call("migrate", "--check", "--ledger", url)[0] == 0


def test_steps_stand_in_one_line_and_none_imports_what_may_change() -> None:
    folder = Path(cli.__file__).parent / "versions"
    steps = sorted(folder.glob("step_*.py"))
    assert len(steps) == int(NEWEST)
    for step in steps:
        imported = re.findall(r"^(?:from|import) (\S+)", step.read_text(), re.MULTILINE)
        assert set(imported) <= {
            "sqlalchemy",
            "alembic",
            "supervision.append_only",
            "serving.access.row_security",
        }


def test_no_two_tables_share_an_advisory_lock() -> None:
    for place in (ROOT / "serving", ROOT / "serving" / "migrations" / "versions"):
        found = Counter(
            key
            for file in sorted(place.rglob("*.py"))
            if ("versions" in file.parts) == (place.name == "versions")
            for key in re.findall(r"\b4_717_\d{3}\b", file.read_text())
        )
        assert len(found) > 5
        assert [key for key, times in found.items() if times > 1] == []
